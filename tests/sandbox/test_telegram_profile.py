"""What the bot publishes and asks about chats."""

from dataclasses import replace

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatMember,
    BotCommandScopeDefault,
    BotCommandScopeUnion,
    BufferedInputFile,
)

from lines_bot.sandbox.telegram.profile import commands_for
from tests.sandbox.telegram import LEAD, OPERATOR, STRANGER, TEAM, open_bot, open_telegram

# From the widest to the narrowest for the lead in the team's chat.
SCOPES: list[BotCommandScopeUnion] = [
    BotCommandScopeDefault(),
    BotCommandScopeAllGroupChats(),
    BotCommandScopeAllChatAdministrators(),
    BotCommandScopeChat(chat_id=TEAM),
    BotCommandScopeChatMember(chat_id=TEAM, user_id=LEAD.id),
]


def command(name: str) -> BotCommand:
    return BotCommand(command=name, description="What it does")


async def test_the_menu_shows_the_narrowest_scope_that_has_commands() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        team = server.chats.chats[TEAM]
        for scope in SCOPES:
            await bot.set_my_commands([command(scope.type)], scope=scope)
            assert commands_for(server.chats, LEAD, team) == [command(scope.type)]
        assert commands_for(server.chats, OPERATOR, team) == [command("chat")]
        for wider, narrower in zip(reversed(SCOPES[:-1]), reversed(SCOPES[1:]), strict=True):
            await bot.delete_my_commands(scope=narrower)
            assert commands_for(server.chats, LEAD, team) == [command(wider.type)]


async def test_a_persons_language_comes_before_no_language() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        private = server.chats.chats[LEAD.id]
        scope = BotCommandScopeAllPrivateChats()
        await bot.set_my_commands([command("any")], scope=scope)
        await bot.set_my_commands([command("russian")], scope=scope, language_code="ru")
        english = replace(LEAD, language="en")
        assert commands_for(server.chats, english, private) == [command("any")]
        await bot.set_my_commands([command("english")], scope=scope, language_code="en")
        assert commands_for(server.chats, english, private) == [command("english")]
        (russian,) = await bot.get_my_commands(scope=scope, language_code="ru")
        assert russian.command == "russian"


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ([command("Not-lower")], "BOT_COMMAND_INVALID"),
        ([BotCommand(command="x", description="")], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([command(f"c{number}") for number in range(101)], "BOT_COMMANDS_TOO_MUCH"),
    ],
)
async def test_commands_that_telegram_refuses_are_not_published(
    commands: list[BotCommand], words: str
) -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        with pytest.raises(TelegramBadRequest, match=words):
            await bot.set_my_commands(commands)
        assert await bot.get_my_commands() == []


async def test_the_bot_learns_its_place_and_the_members_of_a_chat() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        assert (await bot.get_chat(TEAM)).title == "Support team"
        assert (await bot.get_chat_member(TEAM, bot.id)).status == "member"
        assert (await bot.get_chat_member(TEAM, STRANGER.id)).status == "left"
        administrators = await bot.get_chat_administrators(TEAM)
        assert [member.user.id for member in administrators] == [LEAD.id]
        with pytest.raises(TelegramBadRequest, match="user not found"):
            await bot.get_chat_member(TEAM, 999)
        with pytest.raises(TelegramBadRequest, match="there are no administrators in the private chat"):
            await bot.get_chat_administrators(LEAD.id)


async def test_pinning_needs_the_right_and_the_newest_pin_shows_first() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        first, second = [(await bot.send_message(TEAM, text)).message_id for text in ("One", "Two")]
        with pytest.raises(TelegramBadRequest, match="not enough rights to manage pinned messages"):
            await bot.pin_chat_message(TEAM, first)
        server.people.promote_bot(server.chats.chats[TEAM], LEAD)
        for message_id in (first, second):
            await bot.pin_chat_message(TEAM, message_id)
        pinned = (await bot.get_chat(TEAM)).pinned_message
        assert pinned is not None
        assert pinned.message_id == second
        await bot.unpin_chat_message(TEAM)
        assert server.chats.chats[TEAM].pinned == [first]
        with pytest.raises(TelegramBadRequest, match="message to unpin not found"):
            await bot.unpin_chat_message(TEAM, message_id=second)


async def test_an_upload_is_kept_and_can_be_sent_again_by_its_id() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        sent = await bot.send_document(TEAM, BufferedInputFile(b"a;b\n", "report.csv"), caption="Report")
        assert sent.document is not None
        assert (sent.document.file_name, sent.document.file_size, sent.caption) == ("report.csv", 4, "Report")
        again = await bot.send_document(TEAM, sent.document.file_id)
        assert again.document == sent.document
        photo = await bot.send_photo(TEAM, BufferedInputFile(b"png", "chart.png"))
        assert photo.photo is not None
        assert server.chats.uploads[photo.photo[0].file_id].content == b"png"


async def test_the_bots_texts_are_kept_by_language() -> None:
    async with open_telegram(bot_name="Lines") as server, open_bot(server) as bot:
        assert (await bot.get_my_name()).name == "Lines"
        await bot.set_my_name("Линии", language_code="ru")
        assert [(await bot.get_my_name(language_code=code)).name for code in ("ru", "en")] == [
            "Линии",
            "Lines",
        ]
        await bot.set_my_description("Runs live chats")
        assert (await bot.get_my_description(language_code="en")).description == "Runs live chats"
        with pytest.raises(TelegramBadRequest, match="bot short description is too long"):
            await bot.set_my_short_description("x" * 121)
