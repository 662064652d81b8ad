"""Who is asking, where, and whether it is a person at all: before any handler sees anything."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

from aiogram import BaseMiddleware
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.dispatcher.flags import get_flag
from aiogram.enums import ChatType
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.types import CallbackQuery, Chat, ChatMemberUpdated, Message, TelegramObject, User
from aiogram.utils.formatting import Text

from lines_bot.clock import Clock
from lines_bot.people import READING, Action, ChatContext, NotAllowed, People, Person, Role, may
from lines_bot.telegram.callbacks import (
    AskWhy,
    ChooseMute,
    ChooseTaker,
    FilterCard,
    HandOverCard,
    MuteCard,
    ReconnectCard,
    ReleaseCard,
    ShowCard,
    ShowDetails,
    TakeCard,
    TurnCard,
)
from lines_bot.telegram.chats import ChatRegistry
from lines_bot.telegram.incoming.absence import Absence
from lines_bot.telegram.incoming.flood_control import FloodControl, Verdict
from lines_bot.telegram.incoming.intake import Attempt
from lines_bot.telegram.incoming.request import Handler, Request
from lines_bot.telegram.outgoing.errors import Refusal, classify
from lines_bot.telegram.outgoing.expiring_buttons import ExpiringButtons
from lines_bot.telegram.outgoing.reply import Reply
from lines_bot.telegram.user_errors import LateRequest
from lines_bot.telegram.views.errors import describe_error
from lines_bot.telegram.views.people import (
    render_anonymous,
    render_closed_chat,
    render_group_asks_too_much,
    render_stranger,
    render_too_many,
)
from lines_bot.telegram.views.privacy import render_answered_in_private, render_start_first
from lines_bot.telegram.views.view import clip

_LATE = timedelta(minutes=2)
_ALERT_PREFIXES = {
    each.__prefix__
    for each in (
        ReconnectCard,
        TakeCard,
        ReleaseCard,
        HandOverCard,
        MuteCard,
        ShowCard,
        ChooseMute,
        ChooseTaker,
        TurnCard,
        FilterCard,
        ShowDetails,
        AskWhy,
    )
}
_log = logging.getLogger(__name__)


class AccessMiddleware(BaseMiddleware):
    """Names the person and the context, turns strangers away, and gives the handler its reply."""

    def __init__(
        self,
        people: People,
        chats: ChatRegistry,
        flood_control: FloodControl,
        expiring_buttons: ExpiringButtons,
        absence: Absence,
        clock: Clock,
    ) -> None:
        self._people = people
        self._chats = chats
        self._flood_control = flood_control
        self._expiring_buttons = expiring_buttons
        self._absence = absence
        self._clock = clock

    async def __call__(self, handler: Handler, asked: TelegramObject, data: dict[str, Any]) -> Any:
        if isinstance(asked, ChatMemberUpdated):
            heard = self._flood_control.judge(asked.from_user.id) is Verdict.ALLOWED
            return await handler(asked, data) if heard else None
        assert isinstance(asked, Message | CallbackQuery), "registered for these"
        if asked.from_user is None or _is_not_obeyed(asked):
            return UNHANDLED
        attempt: Attempt = data["attempt"]
        chat = _find_chat(asked)
        reply = Reply(data["bot"], asked, self._expiring_buttons)
        ends_trouble = _is_alert_tap(asked)
        if _is_request(asked, chat):
            judge = self._flood_control.judge_alert_tap if ends_trouble else self._flood_control.judge
            verdict = judge(asked.from_user.id)
            if verdict is not Verdict.ALLOWED:
                return await self._hold_off(asked, chat, reply, verdict)
        if isinstance(asked, Message) and asked.sender_chat is not None:
            return await self._refuse_anonymous(asked, chat, reply)
        person = await self._people.find(asked.from_user.id, _name(asked.from_user))
        # Ephemeral messages all have the number 0, which tells none of them from another.
        written = (asked.message_id or None) if isinstance(asked, Message) else None
        context = ChatContext(chat.id, chat.type == ChatType.PRIVATE, await self._is_open(chat), written)
        if _is_request(asked, chat) and not context.is_private and not ends_trouble:
            verdict = self._flood_control.judge_group(chat.id, are_strangers=person.role is None)
            if verdict is not Verdict.ALLOWED:
                return await self._hold_off_group(asked, context, reply, verdict)
        if person.role is None or not context.is_open:
            return await _turn_away(asked, person, context, reply)
        data["request"] = Request(
            person,
            context,
            reply,
            self._clock,
            waited=attempt.waited,
            tap=asked if isinstance(asked, CallbackQuery) else None,
            message=asked if isinstance(asked, Message) else None,
        )
        if attempt.trouble is not None:
            raise attempt.trouble
        if attempt.is_put_off:
            return self._absence.note(data["request"])
        return await handler(asked, data)

    async def _is_open(self, chat: Chat) -> bool:
        return chat.type == ChatType.PRIVATE or await self._chats.is_open(chat.id)

    async def _hold_off(
        self, event: Message | CallbackQuery, chat: Chat, reply: Reply, verdict: Verdict
    ) -> None:
        view = render_too_many(self._flood_control.limits)
        if isinstance(event, CallbackQuery):
            await answer(event, view.text if verdict is Verdict.WARNED else None)
        elif verdict is Verdict.WARNED and await self._is_open(chat):
            await reply.send(view)

    async def _hold_off_group(
        self, event: Message | CallbackQuery, context: ChatContext, reply: Reply, verdict: Verdict
    ) -> None:
        """The group is told once; whoever taps is told each time, for nobody else sees that."""
        view = render_group_asks_too_much(self._flood_control.limits)
        if isinstance(event, CallbackQuery):
            await answer(event, view.text)
        if verdict is Verdict.WARNED and context.is_open:
            await reply.send(view)

    async def _refuse_anonymous(self, event: Message, chat: Chat, reply: Reply) -> None:
        if await self._is_open(chat) and _is_command(event):
            await reply.send(render_anonymous())


class PermissionMiddleware(BaseMiddleware):
    """Checks a handler's action, answers taps at once, and lets one person do one thing at a time.

    A handler that is flagged `discreet` quotes a client: in a discreet chat the asker alone sees it.
    """

    def __init__(self, chats: ChatRegistry, expiring_buttons: ExpiringButtons) -> None:
        self._chats = chats
        self._expiring_buttons = expiring_buttons
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        action: Action | Role = get_flag(data, "action")
        request: Request = data["request"]
        if not may(request.person, action, request.context):
            refusal = describe_error(NotAllowed(request.person, action))
            if request.tap is not None:
                return await answer(request.tap, refusal)
            return await request.reply.answer_error(refusal)
        if request.tap is not None:
            await answer(request.tap)
        if request.waited > _LATE and action not in READING:
            raise LateRequest(request.waited, is_tap=request.tap is not None)
        async with self._turns.setdefault(request.person.id, asyncio.Lock()):
            if get_flag(data, "discreet") and await self._is_discreet(request.chat):
                return await _answer_hidden(handler, event, data, request, self._expiring_buttons)
            return await handler(event, data)

    async def _is_discreet(self, chat: ChatContext) -> bool:
        return not chat.is_private and await self._chats.is_discreet(chat.chat)


async def _answer_hidden(
    handler: Handler,
    event: TelegramObject,
    data: dict[str, Any],
    request: Request,
    expiring_buttons: ExpiringButtons,
) -> None:
    """What goes wrong is said in the group: it quotes nobody, and the asker may have no other context."""
    assert isinstance(event, Message | CallbackQuery), "registered for these"
    reply = Reply(data["bot"], request.tap or event, expiring_buttons, hidden=True)
    try:
        await handler(event, data | {"request": replace(request, reply=reply)})
    except TelegramAPIError as error:
        if classify(error) is not Refusal.CHAT_GONE:
            raise
        await request.reply.send(render_start_first((await data["bot"].me()).username))
    else:
        if reply.is_in_private:
            await request.reply.send(render_answered_in_private())


async def answer(query: CallbackQuery, words: Text | None = None) -> None:
    """Answer a tap, once and at once; one that Telegram gave up waiting for is still worked on."""
    try:
        if words is None:
            await query.answer()
        else:
            await query.answer(clip(words.render()[0], 190), show_alert=True)
    except TelegramBadRequest as error:
        if classify(error) is not Refusal.QUERY_TOO_OLD:
            raise


async def _turn_away(
    event: Message | CallbackQuery, person: Person, context: ChatContext, reply: Reply
) -> None:
    _log.info("turned away %s in chat %s", person.id, context.chat)
    view = render_stranger(person) if person.role is None else render_closed_chat(context)
    if isinstance(event, CallbackQuery):
        await answer(event, view.text)
    elif context.is_private or (_is_command(event) and (context.is_open or person.role is not None)):
        await reply.send(view)


def _is_not_obeyed(event: Message | CallbackQuery) -> bool:
    """Other bots, and what somebody else wrote: forwards and posts through inline bots."""
    if isinstance(event, CallbackQuery):
        return event.message is None
    is_bot = event.from_user is not None and event.from_user.is_bot and event.sender_chat is None
    return (
        is_bot
        or event.forward_origin is not None
        or event.via_bot is not None
        or bool(event.is_automatic_forward)
    )


def _is_request(event: Message | CallbackQuery, chat: Chat) -> bool:
    """What people say to each other in a group costs nobody anything."""
    return isinstance(event, CallbackQuery) or chat.type == ChatType.PRIVATE or _is_command(event)


def _is_alert_tap(event: Message | CallbackQuery) -> bool:
    """Whether it presses a button of an alert's card."""
    data = event.data or "" if isinstance(event, CallbackQuery) else ""
    return data.partition(":")[0] in _ALERT_PREFIXES


def _is_command(event: Message) -> bool:
    return (event.text or event.caption or "").startswith("/")


def _find_chat(event: Message | CallbackQuery) -> Chat:
    message = event.message if isinstance(event, CallbackQuery) else event
    assert message is not None, "a tap without a message is not obeyed"
    return message.chat


def _name(user: User) -> str:
    return clip(user.full_name) or str(user.id)
