"""The buttons of alert cards, and /status."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.alerts.incidents import Incidents
from bot.alerts.observations import ChannelSubject
from bot.operations import Operations
from bot.people import Action
from bot.telegram.callbacks import MuteIncident, ReconnectFromCard, ShowDetails
from bot.telegram.cards import Cards
from bot.telegram.request import Request
from bot.telegram.views.incidents import show_details
from bot.telegram.views.status import Status, show_status

MUTE_LENGTH = timedelta(hours=1)
Clock = Callable[[], datetime]
StatusReader = Callable[[], Awaitable[Status]]


async def press_reconnect(
    query: CallbackQuery,
    callback_data: ReconnectFromCard,
    incidents: Incidents,
    operations: Operations,
    request: Request,
) -> None:
    """The card itself shows what comes of it, for everyone who reads it."""
    subject = (await incidents.get(callback_data.incident)).subject
    if isinstance(subject, ChannelSubject):
        await operations.reconnect(subject.id, request.person, request.place)


async def press_mute(
    query: CallbackQuery,
    callback_data: MuteIncident,
    incidents: Incidents,
    cards: Cards,
    request: Request,
    now: Clock,
) -> None:
    key = (await incidents.get(callback_data.incident)).key
    if callback_data.mute:
        await incidents.mute(key, now() + MUTE_LENGTH, request.person.name)
    else:
        await incidents.unmute(key)
    await cards.deliver()


async def press_details(
    query: CallbackQuery,
    callback_data: ShowDetails,
    incidents: Incidents,
    cards: Cards,
    request: Request,
    now: Clock,
) -> None:
    incident = await incidents.get(callback_data.incident)
    facts = await cards.gather_facts(incident, await incidents.list_mutes(now()))
    await request.screen.reply(show_details(facts, now()))


async def ask_status(message: Message, read_status: StatusReader, request: Request, now: Clock) -> None:
    await request.screen.show(show_status(await read_status(), now()))


def make_router() -> Router:
    router = Router(name="alerts")
    see = {"action": Action.SEE}
    router.callback_query.register(
        press_reconnect, ReconnectFromCard.filter(), flags={"action": Action.RECONNECT}
    )
    router.callback_query.register(press_mute, MuteIncident.filter(), flags={"action": Action.MUTE})
    router.callback_query.register(press_details, ShowDetails.filter(), flags=see)
    router.message.register(ask_status, Command("status"), flags=see)
    return router
