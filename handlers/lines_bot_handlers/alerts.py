"""The buttons of alert cards, /alerts, /board and /status."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiogram import Router
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.incidents import Incident
from lines_bot.people import Action
from lines_bot.references import Kind, References
from lines_bot.settings import AlertTarget
from lines_bot.telegram.alerts.actions import AlertActions
from lines_bot.telegram.alerts.reader import AlertReader
from lines_bot.telegram.board import Boards
from lines_bot.telegram.callbacks import (
    AskWhy,
    ChooseMute,
    ChooseTaker,
    FilterCard,
    HandOverCard,
    MuteCard,
    PressExtension,
    ReconnectCard,
    ReleaseCard,
    ShowAlerts,
    ShowCard,
    ShowDetails,
    TakeCard,
    TurnCard,
)
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import UserError
from lines_bot.telegram.views.alerts import render_alerts
from lines_bot.telegram.views.cards import (
    render_card,
    render_mute_choice,
    render_people_choice,
    render_reasons,
)
from lines_bot.telegram.views.status import Status, render_status

StatusReader = Callable[[], Awaitable[Status]]
PressHook = Callable[[Request, Sequence[Incident]], Awaitable[object]]


async def press_reconnect(
    request: Request, callback_data: ReconnectCard, alert_actions: AlertActions
) -> None:
    """The card itself shows what comes of it, for everyone who reads it."""
    await alert_actions.reconnect(callback_data.card, request.person, request.context)


async def press_extension(
    request: Request,
    callback_data: PressExtension,
    card_buttons: Mapping[str, PressHook],
    alert_reader: AlertReader,
) -> None:
    pressed = card_buttons.get(callback_data.button)
    if pressed is None:
        raise UserError(_("This button's extension is not installed any more."))
    card = await alert_reader.open_card(callback_data.card)
    await pressed(request, card.incidents)


async def press_take(request: Request, callback_data: TakeCard, alert_actions: AlertActions) -> None:
    await alert_actions.take(callback_data.card, request.person, request.context)


async def press_release(request: Request, callback_data: ReleaseCard, alert_actions: AlertActions) -> None:
    await alert_actions.release(callback_data.card, request.person, request.context)


async def press_hand_over(
    request: Request, callback_data: HandOverCard, alert_actions: AlertActions, alert_reader: AlertReader
) -> None:
    takers = await alert_reader.list_takers(request.person, request.context)
    to = next((each for each in takers if each.id == callback_data.person), None)
    if to is None:
        raise UserError(_("This person cannot take alerts here. Nothing was changed."))
    await alert_actions.hand_over(callback_data.card, to, request.person, request.context)


async def show_card(request: Request, callback_data: ShowCard, alert_reader: AlertReader) -> None:
    await request.reply.answer(render_card(await alert_reader.open_card(callback_data.card)))


async def show_mutes(request: Request, callback_data: ChooseMute, alert_reader: AlertReader) -> None:
    await request.reply.answer(render_mute_choice(await alert_reader.open_card(callback_data.card)))


async def show_takers(request: Request, callback_data: ChooseTaker, alert_reader: AlertReader) -> None:
    takers = await alert_reader.list_takers(request.person, request.context)
    content = await alert_reader.open_card(callback_data.card)
    await request.reply.answer(render_people_choice(content, takers))


async def press_mute(request: Request, callback_data: MuteCard, alert_actions: AlertActions) -> None:
    await alert_actions.mute(callback_data.card, callback_data.length, request.person)


async def press_page(request: Request, callback_data: TurnCard, alert_actions: AlertActions) -> None:
    await alert_actions.turn(callback_data.card, callback_data.page)


async def press_line(
    request: Request, callback_data: FilterCard, alert_actions: AlertActions, references: References
) -> None:
    line = await references.ref_to_id(Kind.LINE, callback_data.line) if callback_data.line else None
    await alert_actions.filter(callback_data.card, line)


async def press_why(request: Request, callback_data: AskWhy | ShowDetails, alert_reader: AlertReader) -> None:
    content = await alert_reader.open_card(callback_data.card)
    why = await alert_reader.explain_card(callback_data.card, request.context.chat)
    await request.reply.answer(render_reasons(content, why))


async def list_alerts(request: Request, alert_reader: AlertReader) -> None:
    await request.reply.answer(render_alerts(await alert_reader.list_open(0), request.clock.now()))


async def turn_alerts(request: Request, callback_data: ShowAlerts, alert_reader: AlertReader) -> None:
    await request.reply.answer(
        render_alerts(await alert_reader.list_open(callback_data.page), request.clock.now())
    )


async def put_up_board(request: Request, boards: Boards) -> None:
    await boards.put_up(AlertTarget(request.context.chat, request.topic))


async def ask_status(request: Request, read_status: StatusReader) -> None:
    await request.reply.answer(render_status(await read_status()))


def make_router() -> Router:
    router = Router(name="alerts")
    see, mute, take = {"action": Action.SEE}, {"action": Action.MUTE}, {"action": Action.TAKE}
    router.callback_query.register(
        press_reconnect, ReconnectCard.filter(), flags={"action": Action.RECONNECT}
    )
    router.callback_query.register(press_take, TakeCard.filter(), flags=take)
    router.callback_query.register(press_release, ReleaseCard.filter(), flags=take)
    router.callback_query.register(press_hand_over, HandOverCard.filter(), flags=take)
    router.callback_query.register(press_extension, PressExtension.filter(), flags=see)
    router.callback_query.register(show_card, ShowCard.filter(), flags=see)
    router.callback_query.register(show_mutes, ChooseMute.filter(), flags=mute)
    router.callback_query.register(show_takers, ChooseTaker.filter(), flags=take)
    router.callback_query.register(press_mute, MuteCard.filter(), flags=mute)
    router.callback_query.register(press_page, TurnCard.filter(), flags=see)
    router.callback_query.register(press_line, FilterCard.filter(), flags=see)
    router.callback_query.register(press_why, ShowDetails.filter(), flags=see)
    router.callback_query.register(press_why, AskWhy.filter(), flags=see)
    router.message.register(list_alerts, command("alerts"), flags=see)
    router.callback_query.register(turn_alerts, ShowAlerts.filter(), flags=see)
    router.message.register(put_up_board, command("board"), flags=mute)
    router.message.register(ask_status, command("status"), flags=see)
    return router
