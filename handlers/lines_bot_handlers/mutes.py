"""/mute, /unmute, /mutes, /quiet, /maintenance, and their buttons."""

from collections.abc import Callable, Sequence

from aiogram import Router
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.mutes import Mutes, Window, WindowKind
from lines_bot.people import Action
from lines_bot.queries.queries import Queries
from lines_bot.references import EVERYONE, References
from lines_bot.telegram.alerts.actions import AlertActions
from lines_bot.telegram.callbacks import EndMute, EndWindow
from lines_bot.telegram.incoming.commands import command
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
from lines_bot.telegram.views.view import clip, fill
from lines_bot.vocabulary import read_hours, read_length
from lines_bot_handlers.alert_subject_picker import choose_alert_subject
from lines_bot_handlers.arguments import describe_lengths, read_name_and_length


async def mute(request: Request, queries: Queries, alert_actions: AlertActions) -> None:
    query, length = await read_name_and_length(
        request.words, queries.alert_subjects.find, lambda each: each.name
    )
    rest = request.words[len(query) :].strip() if length else ""
    if meant := await choose_alert_subject(request, "mute", query, rest, queries):
        until = request.asked_at + length if length else None
        await alert_actions.mute_key(meant.key, until, request.person)
        await request.reply.answer(render_muted(meant.name, until))


async def unmute(request: Request, queries: Queries, alert_actions: AlertActions, mutes: Mutes) -> None:
    if not request.words and request.reply_to is None:
        await list_mutes(request, queries, mutes)
    elif meant := await choose_alert_subject(request, "unmute", request.words, "", queries):
        await request.reply.answer(render_unmuted(meant.name, await alert_actions.unmute_key(meant.key)))


async def list_mutes(request: Request, queries: Queries, mutes: Mutes) -> None:
    held = await mutes.list(request.clock.now())
    windows = [each for each in await mutes.list_windows() if each.chat == request.context.chat]
    subjects = await queries.alert_subjects.summarize(held)
    shown = {each.ref: (name_alert_subject(each), held[each.key]) for each in subjects}
    await request.reply.answer(render_mutes(shown, windows))


async def press_end_mute(
    request: Request, callback_data: EndMute, queries: Queries, alert_actions: AlertActions
) -> None:
    meant = await queries.alert_subjects.open(callback_data.key)
    ended = await alert_actions.unmute_key(meant.key)
    await request.reply.answer(render_unmuted(name_alert_subject(meant), ended))


async def set_quiet(request: Request, mutes: Mutes, references: References) -> None:
    if not request.words:
        refs = await references.refs_of_texts(QUIET_HOURS, EVERYONE)
        return await request.reply.answer(render_window_choice(WindowKind.QUIET, refs))
    hours = read_hours(request.words)
    if hours is None:
        raise UserError(
            fill(
                _("“{words}” are no hours. Write them like 22:00-8:00. Nothing was changed."),
                words=clip(request.words),
            )
        )
    window = Window(request.context.chat, WindowKind.QUIET, request.person.name, *hours)
    await mutes.set_window(window)
    return await request.reply.answer(render_window(window))


async def set_maintenance(request: Request, mutes: Mutes, references: References) -> None:
    if not request.words:
        refs = await references.refs_of_texts(MAINTENANCE_LENGTHS, EVERYONE)
        return await request.reply.answer(render_window_choice(WindowKind.MAINTENANCE, refs))
    length = read_length(request.words)
    if length is None:
        raise UserError(
            fill(
                _("“{words}” is no length of time. {hint}"),
                words=clip(request.words),
                hint=describe_lengths(),
            )
        )
    window = Window(
        request.context.chat, WindowKind.MAINTENANCE, request.person.name, until=request.asked_at + length
    )
    await mutes.set_window(window)
    return await request.reply.answer(render_window(window))


async def press_end_window(request: Request, callback_data: EndWindow, mutes: Mutes) -> None:
    kind = WindowKind(callback_data.kind)
    await mutes.end_window(request.context.chat, kind)
    await request.reply.answer(render_window_ended(kind))


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
        router.message.register(handler, command(name), flags=flags)
    router.message.register(list_mutes, command("mutes"), flags={"action": Action.SEE})
    router.callback_query.register(press_end_mute, EndMute.filter(), flags=flags)
    router.callback_query.register(press_end_window, EndWindow.filter(), flags=flags)
    return router
