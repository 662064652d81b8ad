"""The buttons of alert cards, /alerts, /board and /status."""

from collections.abc import Awaitable, Callable

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from lines_bot.people import Action
from lines_bot.settings import AlertTarget
from lines_bot.telegram.alerts.actions import AlertActions
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
from lines_bot.telegram.incoming.request import Clock, Request
from lines_bot.telegram.views.duty import show_alerts, show_why
from lines_bot.telegram.views.incidents import show_details
from lines_bot.telegram.views.status import Status, show_status

StatusReader = Callable[[], Awaitable[Status]]


async def press_reconnect(
    query: CallbackQuery, callback_data: ReconnectCard, duty: AlertActions, request: Request
) -> None:
    """The card itself shows what comes of it, for everyone who reads it."""
    await duty.reconnect(callback_data.card, request.person, request.place)


async def press_take(
    query: CallbackQuery, callback_data: TakeCard, duty: AlertActions, request: Request
) -> None:
    await duty.take(callback_data.card, request.person)


async def press_mute(
    query: CallbackQuery, callback_data: MuteCard, duty: AlertActions, request: Request
) -> None:
    await duty.mute(callback_data.card, callback_data.length, request.person)


async def press_page(query: CallbackQuery, callback_data: TurnCard, duty: AlertActions) -> None:
    await duty.turn(callback_data.card, callback_data.page)


async def press_line(query: CallbackQuery, callback_data: FilterCard, duty: AlertActions) -> None:
    await duty.filter(callback_data.card, callback_data.line)


async def press_details(
    query: CallbackQuery, callback_data: ShowDetails, duty: AlertActions, request: Request, now: Clock
) -> None:
    await request.screen.reply(show_details(await duty.list_details(callback_data.card), now()))


async def press_why(
    query: CallbackQuery, callback_data: AskWhy, duty: AlertActions, request: Request
) -> None:
    await request.screen.reply(show_why(await duty.explain_card(callback_data.card, request.place.chat)))


async def list_alerts(message: Message, duty: AlertActions, request: Request, now: Clock) -> None:
    await request.screen.show(show_alerts(await duty.list_open(0), now()))


async def turn_alerts(
    query: CallbackQuery, callback_data: ShowAlerts, duty: AlertActions, request: Request, now: Clock
) -> None:
    await request.screen.show(show_alerts(await duty.list_open(callback_data.page), now()))


async def put_up_board(message: Message, boards: Boards, request: Request) -> None:
    topic = message.message_thread_id if message.is_topic_message else None
    await boards.put_up(AlertTarget(request.place.chat, topic))


async def ask_status(message: Message, read_status: StatusReader, request: Request, now: Clock) -> None:
    await request.screen.show(show_status(await read_status(), now()))


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
    router.message.register(list_alerts, Command("alerts"), flags=see)
    router.callback_query.register(turn_alerts, ShowAlerts.filter(), flags=see)
    router.message.register(put_up_board, Command("board"), flags=mute)
    router.message.register(ask_status, Command("status"), flags=see)
    return router
