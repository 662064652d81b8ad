"""/mute, /unmute, /mutes, /quiet, /maintenance, and their buttons."""

import re
from collections.abc import Callable, Sequence

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.mutes import Mutes, Window, WindowKind, read_clock_time
from lines_bot.people import Action
from lines_bot.queries.alert_subjects import AlertSubjectQueries
from lines_bot.references import EVERYONE, References
from lines_bot.telegram.alerts.actions import AlertActions
from lines_bot.telegram.callbacks import EndMute, EndWindow
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import UserError
from lines_bot.telegram.views.alert_subjects import name_alert_subject
from lines_bot.telegram.views.mutes import (
    MAINTENANCE_LENGTHS,
    QUIET_HOURS,
    render_muted,
    render_mutes,
    render_unmuted,
    render_window,
    render_window_choice,
    render_window_ended,
)
from lines_bot_handlers.alert_subject_picker import choose_alert_subject
from lines_bot_handlers.arguments import read_length


async def mute(
    message: Message, alert_subjects: AlertSubjectQueries, alert_actions: AlertActions, request: Request
) -> None:
    words = request.words.split()
    length = read_length(words[-1]) if words else None
    name, rest = (words[:-1], words[-1]) if length else (words, "")
    if meant := await choose_alert_subject("mute", " ".join(name), rest, alert_subjects, request):
        until = request.clock.now() + length if length else None
        await alert_actions.mute_key(meant.key, until, request.person)
        await request.reply.answer(render_muted(meant.name, until))


async def unmute(
    message: Message,
    alert_subjects: AlertSubjectQueries,
    alert_actions: AlertActions,
    mutes: Mutes,
    request: Request,
) -> None:
    if not request.words and not message.reply_to_message:
        await list_mutes(message, alert_subjects, mutes, request)
    elif meant := await choose_alert_subject("unmute", request.words, "", alert_subjects, request):
        await request.reply.answer(render_unmuted(meant.name, await alert_actions.unmute_key(meant.key)))


async def list_mutes(
    message: Message, alert_subjects: AlertSubjectQueries, mutes: Mutes, request: Request
) -> None:
    held = await mutes.list(request.clock.now())
    windows = [each for each in await mutes.list_windows() if each.chat == request.context.chat]
    subjects = await alert_subjects.summarize(held)
    shown = {each.ref: (name_alert_subject(each), held[each.key]) for each in subjects}
    await request.reply.answer(render_mutes(shown, windows))


async def press_end_mute(
    query: CallbackQuery,
    callback_data: EndMute,
    alert_subjects: AlertSubjectQueries,
    alert_actions: AlertActions,
    request: Request,
) -> None:
    meant = await alert_subjects.open(callback_data.key)
    ended = await alert_actions.unmute_key(meant.key)
    await request.reply.answer(render_unmuted(name_alert_subject(meant), ended))


async def set_quiet(message: Message, mutes: Mutes, references: References, request: Request) -> None:
    if not request.words:
        refs = await references.refs_of_texts(QUIET_HOURS, EVERYONE)
        return await request.reply.answer(render_window_choice(WindowKind.QUIET, refs))
    hours = read_hours(request.words)
    if hours is None:
        raise UserError(_("Write the hours like this: /quiet 22:00-8:00. Nothing was changed."))
    window = Window(request.context.chat, WindowKind.QUIET, request.person.name, *hours)
    await mutes.set_window(window)
    return await request.reply.answer(render_window(window))


async def set_maintenance(message: Message, mutes: Mutes, references: References, request: Request) -> None:
    if not request.words:
        refs = await references.refs_of_texts(MAINTENANCE_LENGTHS, EVERYONE)
        return await request.reply.answer(render_window_choice(WindowKind.MAINTENANCE, refs))
    length = read_length(request.words)
    if length is None:
        raise UserError(_("Write how long, like this: /maintenance 2h. Nothing was changed."))
    window = Window(
        request.context.chat, WindowKind.MAINTENANCE, request.person.name, until=request.clock.now() + length
    )
    await mutes.set_window(window)
    return await request.reply.answer(render_window(window))


async def press_end_window(
    query: CallbackQuery, callback_data: EndWindow, mutes: Mutes, request: Request
) -> None:
    kind = WindowKind(callback_data.kind)
    await mutes.end_window(request.context.chat, kind)
    await request.reply.answer(render_window_ended(kind))


def read_hours(text: str) -> tuple[int, int] | None:
    """The minutes of the day in `22:00-8:00`; None if it is not like that."""
    parts = re.split(r"\s*[-–]\s*", text.strip())
    try:
        begin, end = (read_clock_time(part) for part in parts)
    except ValueError:
        return None
    return (begin, end) if begin != end else None


def make_router() -> Router:
    router = Router(name="mutes")
    flags = {"action": Action.MUTE}
    handlers: Sequence[tuple[str, Callable[..., object]]] = (
        ("mute", mute),
        ("unmute", unmute),
        ("quiet", set_quiet),
        ("maintenance", set_maintenance),
    )
    for name, handler in handlers:
        router.message.register(handler, Command(name), flags=flags)
    router.message.register(list_mutes, Command("mutes"), flags={"action": Action.SEE})
    router.callback_query.register(press_end_mute, EndMute.filter(), flags=flags)
    router.callback_query.register(press_end_window, EndWindow.filter(), flags=flags)
    return router
