"""The buttons of alert cards, /alerts, /board and /status."""

from collections.abc import Awaitable, Callable

from aiogram import Router

from lines_bot.people import Action
from lines_bot.references import Kind, References
from lines_bot.settings import AlertTarget
from lines_bot.telegram.alerts.actions import AlertActions
from lines_bot.telegram.alerts.reader import AlertReader
from lines_bot.telegram.board import Boards
from lines_bot.telegram.callbacks import (
    AskWhy,
    FilterCard,
    MuteCard,
    ReconnectCard,
    ShowAlerts,
    ShowDetails,
    TakeCard,
    TurnCard,
)
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.views.alerts import render_alerts, render_why
from lines_bot.telegram.views.incidents import render_details
from lines_bot.telegram.views.status import Status, render_status

StatusReader = Callable[[], Awaitable[Status]]


async def press_reconnect(
    request: Request, callback_data: ReconnectCard, alert_actions: AlertActions
) -> None:
    """The card itself shows what comes of it, for everyone who reads it."""
    await alert_actions.reconnect(callback_data.card, request.person, request.context)


async def press_take(request: Request, callback_data: TakeCard, alert_actions: AlertActions) -> None:
    await alert_actions.take(callback_data.card, request.person)


async def press_mute(request: Request, callback_data: MuteCard, alert_actions: AlertActions) -> None:
    await alert_actions.mute(callback_data.card, callback_data.length, request.person)


async def press_page(request: Request, callback_data: TurnCard, alert_actions: AlertActions) -> None:
    await alert_actions.turn(callback_data.card, callback_data.page)


async def press_line(
    request: Request, callback_data: FilterCard, alert_actions: AlertActions, references: References
) -> None:
    line = await references.ref_to_id(Kind.LINE, callback_data.line) if callback_data.line else None
    await alert_actions.filter(callback_data.card, line)


async def press_details(request: Request, callback_data: ShowDetails, alert_reader: AlertReader) -> None:
    await request.reply.send(
        render_details(await alert_reader.list_details(callback_data.card), request.clock.now())
    )


async def press_why(request: Request, callback_data: AskWhy, alert_reader: AlertReader) -> None:
    await request.reply.send(
        render_why(await alert_reader.explain_card(callback_data.card, request.context.chat))
    )


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
    see, mute = {"action": Action.SEE}, {"action": Action.MUTE}
    router.callback_query.register(
        press_reconnect, ReconnectCard.filter(), flags={"action": Action.RECONNECT}
    )
    router.callback_query.register(press_take, TakeCard.filter(), flags={"action": Action.TAKE})
    router.callback_query.register(press_mute, MuteCard.filter(), flags=mute)
    router.callback_query.register(press_page, TurnCard.filter(), flags=see)
    router.callback_query.register(press_line, FilterCard.filter(), flags=see)
    router.callback_query.register(press_details, ShowDetails.filter(), flags=see)
    router.callback_query.register(press_why, AskWhy.filter(), flags=see)
    router.message.register(list_alerts, command("alerts"), flags=see)
    router.callback_query.register(turn_alerts, ShowAlerts.filter(), flags=see)
    router.message.register(put_up_board, command("board"), flags=mute)
    router.message.register(ask_status, command("status"), flags=see)
    return router
