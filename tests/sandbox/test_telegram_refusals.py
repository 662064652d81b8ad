"""What Telegram refuses is refused, in Telegram's words, and changes nothing."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from aiogram import Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.types import (
    BufferedInputFile,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    ReplyKeyboardRemove,
    ReplyParameters,
)

from lines_bot.sandbox.telegram.chats import CALLBACK_LIFETIME
from tests.sandbox.telegram import LEAD, OPERATOR, OTHER_BOT, TEAM, TOKEN, open_bot, open_telegram

EMOJI = "\N{GRINNING FACE}"


def keyboard(*rows: Sequence[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[list(row) for row in rows])


def button(text: str = "Go", **kind: Any) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, **(kind or {"callback_data": "go"}))


def bold(offset: int, length: int) -> MessageEntity:
    return MessageEntity(type="bold", offset=offset, length=length)


async def words_of(call: Any) -> str:
    with pytest.raises(TelegramAPIError) as refusal:
        await call
    return refusal.value.message.rpartition("Original description: ")[2]


REFUSED_MESSAGES: dict[str, dict[str, Any]] = {
    "message text is empty": {"text": ""},
    "text must be non-empty": {"text": " \n "},
    "message is too long": {"text": EMOJI * 2049},
    "receive an entity with incorrect offset -1": {"entities": [bold(-1, 2)]},
    "entity begins after the end of the text at UTF-16 offset 5": {"entities": [bold(5, 1)]},
    "entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 6": {
        "entities": [bold(1, 5)]
    },
    "entity begins in a middle of a UTF-16 symbol at byte offset 1": {
        "text": f"a{EMOJI}b",
        "entities": [bold(2, 2)],
    },
    "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 1": {
        "text": f"a{EMOJI}b",
        "entities": [bold(0, 2)],
    },
    "can't parse entities: the entities at UTF-16 offsets 0 and 1 cross": {
        "entities": [bold(0, 2), bold(1, 3)]
    },
    "can't parse entities: the sandbox takes entities, not parse_mode HTML": {"parse_mode": "HTML"},
    "BUTTON_DATA_INVALID": {"reply_markup": keyboard([button(callback_data="я" * 33)])},
    "BUTTON_COPY_TEXT_INVALID": {
        "reply_markup": keyboard([button(copy_text=CopyTextButton(text="x" * 257))])
    },
    "inline keyboard button text must be non-empty": {"reply_markup": keyboard([button(" ")])},
    "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard": {
        "reply_markup": keyboard([InlineKeyboardButton(text="Nothing")])
    },
    "can't parse inline keyboard button: invalid button style specified": {
        "reply_markup": keyboard([button(style="loud", callback_data="go")])
    },
    "inline keyboard button URL 'javascript:1' is invalid: Unsupported URL protocol": {
        "reply_markup": keyboard([button(url="javascript:1")])
    },
    "message to be replied not found": {"reply_parameters": ReplyParameters(message_id=77)},
    "message thread not found": {"message_thread_id": 77},
    "the sandbox does not simulate reply keyboards": {"reply_markup": ReplyKeyboardRemove()},
    "the sandbox does not simulate business_connection_id": {"business_connection_id": "b"},
}


@pytest.mark.parametrize("words", REFUSED_MESSAGES)
async def test_a_message_that_telegram_refuses_is_not_posted(words: str) -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        sent = {"text": "Text"} | REFUSED_MESSAGES[words]
        assert await words_of(bot.send_message(TEAM, **sent)) == f"Bad Request: {words}"
        assert server.chats.chats[TEAM].messages == {}


@pytest.mark.parametrize("rows", [[9], [8] * 12 + [5]])
async def test_too_many_buttons_are_refused(rows: list[int]) -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        markup = keyboard(*([button()] * count for count in rows))
        call = bot.send_message(TEAM, "Text", reply_markup=markup)
        assert await words_of(call) == "Bad Request: reply markup is too long"


async def test_the_largest_allowed_message_is_posted() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        markup = keyboard(*([button(callback_data="x" * 64)] * count for count in [8] * 12 + [4]))
        text = EMOJI * 2048
        message = await bot.send_message(TEAM, text, entities=[bold(0, 4096)], reply_markup=markup)
        assert message.text == text
        assert message.reply_markup is not None
        assert message.reply_markup.model_dump() == markup.model_dump()


async def test_a_reply_to_a_missing_message_may_go_without_it() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        reply = ReplyParameters(message_id=77, allow_sending_without_reply=True)
        assert (await bot.send_message(TEAM, "Text", reply_parameters=reply)).reply_to_message is None


async def test_an_edit_is_refused_when_nothing_changes_or_the_message_is_not_the_bots() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        card = await bot.send_message(TEAM, "Same", entities=[bold(0, 4)], reply_markup=keyboard([button()]))
        foreign = server.people.say(LEAD, server.chats.chats[TEAM], "Mine")

        async def edit(message_id: int, text: str, **more: Any) -> str:
            return await words_of(bot.edit_message_text(text, chat_id=TEAM, message_id=message_id, **more))

        same = {"entities": [bold(0, 4)], "reply_markup": card.reply_markup}
        unchanged = (
            "Bad Request: message is not modified: specified new message content and reply markup "
            "are exactly the same as a current content and reply markup of the message"
        )
        assert await edit(card.message_id, "Same \n", **same) == unchanged
        assert await edit(card.message_id, "x" * 4097) == "Bad Request: message is too long"
        assert await edit(77, "New") == "Bad Request: message to edit not found"
        assert await edit(foreign.message_id, "New") == "Bad Request: message can't be edited"
        markup = bot.edit_message_reply_markup(
            chat_id=TEAM, message_id=card.message_id, reply_markup=card.reply_markup
        )
        assert await words_of(markup) == unchanged


async def test_an_edit_of_text_marks_the_message_as_edited_and_a_new_keyboard_does_not() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        card = await bot.send_message(TEAM, "One", reply_markup=keyboard([button()]))
        bare = await bot.edit_message_reply_markup(chat_id=TEAM, message_id=card.message_id)
        assert isinstance(bare, type(card))
        assert (bare.reply_markup, bare.edit_date) == (None, None)
        edited = await bot.edit_message_text("Two", chat_id=TEAM, message_id=card.message_id)
        assert isinstance(edited, type(card))
        assert edited.edit_date is not None


async def test_only_one_answer_to_a_tap_is_accepted_and_only_in_time() -> None:
    now = [1_000_000.0]
    async with open_telegram(clock=lambda: now[0]) as server, open_bot(server) as bot:
        card = await bot.send_message(TEAM, "Card", reply_markup=keyboard([button()]))
        chat = server.chats.chats[TEAM]
        tap, late = (server.people.press(LEAD, chat, card.message_id, "go").id for _ in range(2))
        stale = "Bad Request: query is too old and response timeout expired or query ID is invalid"
        assert await words_of(bot.answer_callback_query(tap, "x" * 201)) == "Bad Request: MESSAGE_TOO_LONG"
        assert await bot.answer_callback_query(tap, "x" * 200)
        assert await words_of(bot.answer_callback_query(tap)) == stale
        assert await words_of(bot.answer_callback_query("1")) == stale
        now[0] += CALLBACK_LIFETIME + 1
        assert await words_of(bot.answer_callback_query(late)) == stale


async def test_where_the_bot_may_not_write_it_is_told_why() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        people, chats = server.people, server.chats
        operator = chats.chats[OPERATOR.id]

        async def send(chat_id: int) -> str:
            return await words_of(bot.send_message(chat_id, "Text"))

        assert await send(999) == "Bad Request: chat not found"
        assert await send(OPERATOR.id) == "Forbidden: bot can't initiate conversation with a user"
        assert await send(OTHER_BOT.id) == "Forbidden: bot can't send messages to bots"
        people.say(OPERATOR, operator, "/start")
        people.block(OPERATOR)
        assert await send(OPERATOR.id) == "Forbidden: bot was blocked by the user"
        people.kick_bot(chats.chats[TEAM], LEAD)
        assert await send(TEAM) == "Forbidden: bot was kicked from the supergroup chat"
        with pytest.raises(TelegramForbiddenError):
            await bot.get_chat(TEAM)


async def test_a_bot_that_left_is_not_a_member() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        assert await bot.leave_chat(TEAM)
        refused = "Forbidden: bot is not a member of the supergroup chat"
        assert await words_of(bot.send_message(TEAM, "Text")) == refused


async def test_a_group_that_became_a_supergroup_tells_its_new_id() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        group = server.chats.add_group(-5, "Small group", [LEAD], kind="group")
        server.people.upgrade(group, -1005)
        with pytest.raises(TelegramMigrateToChat) as refusal:
            await bot.send_message(-5, "Text")
        assert refusal.value.migrate_to_chat_id == -1005
        assert (await bot.send_message(-1005, "Text")).chat.type == "supergroup"


async def send_typing(bot: Bot, topic: int) -> bool:
    return await bot.send_chat_action(-1002, ChatAction.TYPING, message_thread_id=topic)


async def test_a_closed_topic_refuses_a_bot_that_is_no_administrator() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        forum = server.chats.add_group(-1002, "Forum", [LEAD], is_forum=True)
        topic = server.chats.add_topic(forum, "Alerts")
        message = await bot.send_message(-1002, "Text", message_thread_id=topic)
        assert (message.message_thread_id, message.is_topic_message) == (topic, True)
        server.people.close_topic(forum, topic)
        assert (
            await words_of(bot.send_message(-1002, "Text", message_thread_id=topic))
            == "Bad Request: TOPIC_CLOSED"
        )
        assert await words_of(send_typing(bot, topic)) == "Bad Request: TOPIC_CLOSED"
        server.people.promote_bot(forum, LEAD)
        assert await bot.send_message(-1002, "Text", message_thread_id=topic)
        assert await send_typing(bot, topic)
        assert await words_of(send_typing(bot, 77)) == "Bad Request: message thread not found"


async def test_messages_are_deleted_only_by_right_and_within_two_days() -> None:
    now = [1_000_000.0]
    async with open_telegram(clock=lambda: now[0]) as server, open_bot(server) as bot:
        team = server.chats.chats[TEAM]
        foreign = server.people.say(LEAD, team, "Mine").message_id
        old = (await bot.send_message(TEAM, "Old")).message_id
        assert await words_of(bot.delete_message(TEAM, 77)) == "Bad Request: message to delete not found"
        assert await words_of(bot.delete_message(TEAM, foreign)) == "Bad Request: message can't be deleted"
        now[0] += 49 * 3600
        too_late = "Bad Request: message can't be deleted for everyone"
        assert await words_of(bot.delete_message(TEAM, old)) == too_late
        young = (await bot.send_message(TEAM, "Young")).message_id
        assert await bot.delete_message(TEAM, young)
        assert list(team.messages) == [foreign, old]


async def test_an_upload_must_have_content() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        empty = bot.send_document(TEAM, BufferedInputFile(b"", "empty.csv"))
        assert await words_of(empty) == "Bad Request: file must be non-empty"
        unknown = bot.send_document(TEAM, "no-such-file")
        assert await words_of(unknown) == "Bad Request: wrong file identifier/HTTP URL specified"
        long = bot.send_document(TEAM, BufferedInputFile(b"1", "a.csv"), caption="x" * 1025)
        assert await words_of(long) == "Bad Request: message caption is too long"
        assert server.chats.uploads == {}


async def test_a_foreign_token_is_unauthorized() -> None:
    async with open_telegram() as server, open_bot(server, "43:WRONG") as stranger:
        assert await words_of(stranger.get_me()) == "Unauthorized"
        assert list(server.requests) == []


@pytest.mark.parametrize(
    ("method", "status", "words"),
    [
        ("sendNothing", 404, "Not Found"),
        ("getFile?file_id=1", 400, "Bad Request: the sandbox does not simulate getFile"),
        ("sendMessage?text=hi", 400, "Bad Request: chat_id is empty"),
        (
            f"sendMessage?chat_id={TEAM}&text=hi&reply_markup=%7B",
            400,
            "Bad Request: can't parse reply markup JSON object",
        ),
        (
            "setWebhook?url=https://a.example",
            400,
            "Bad Request: the sandbox does not simulate webhooks: fetch the updates with getUpdates",
        ),
    ],
)
async def test_a_request_that_cannot_be_served_says_what_is_wrong(
    method: str, status: int, words: str
) -> None:
    async with open_telegram() as server, httpx.AsyncClient() as http:
        response = await http.get(f"{server.url}/bot{TOKEN}/{method}")
        assert response.status_code == status
        assert response.json() == {"ok": False, "error_code": status, "description": words}


@pytest.mark.parametrize("send_as", ["params", "data", "json"])
async def test_a_request_is_read_from_a_query_a_form_and_json(send_as: str) -> None:
    fields: dict[str, Any] = {"chat_id": TEAM, "text": "007", "disable_notification": True}
    async with open_telegram() as server, httpx.AsyncClient() as http:
        body: Any = {send_as: fields}
        response = await http.post(f"{server.url}/bot{TOKEN}/SENDMESSAGE", **body)
        assert response.json()["result"]["text"] == "007"


@pytest.mark.parametrize("value", ["²", "9" * 5000, "-", "[" * 5000, "attach://nothing"])
@pytest.mark.parametrize("method", ["sendMessage", "getChat", "editMessageText", "sendPhoto", "getUpdates"])
async def test_fields_that_cannot_be_read_are_refused(method: str, value: str) -> None:
    async with open_telegram() as server, httpx.AsyncClient(base_url=server.url) as http:
        fields = dict.fromkeys(("chat_id", "message_id", "entities", "offset", "photo"), value)
        answer = await http.post(f"/bot{TOKEN}/{method}", data=fields)
        assert (answer.status_code, answer.json()["ok"]) == (400, False)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/json; charset=nonsense", b"{}"),
        ("application/json", b"[" * 100_000),
        ("application/json", b"\xff"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--\r\n"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"chat_id=1"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(kind: str, content: bytes) -> None:
    async with open_telegram() as server, httpx.AsyncClient(base_url=server.url) as http:
        headers = {"Content-Type": kind}
        answer = await http.post(f"/bot{TOKEN}/sendMessage", content=content, headers=headers)
        assert (answer.status_code, answer.json()["ok"]) == (400, False)
