"""What the words of a command mean: a reference, a name, a length of time."""

import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from typing import Literal

from aiogram.utils.formatting import Code
from aiogram.utils.i18n import gettext as _

from lines_bot.lines import SessionState
from lines_bot.people import Person
from lines_bot.queries.channels import CompanyQueries
from lines_bot.queries.matching import normalize
from lines_bot.queries.models import (
    ChannelSummary,
    GroupSummary,
    LineSummary,
    OperatorSummary,
    SessionSummary,
)
from lines_bot.queries.sessions import SessionQueries
from lines_bot.references import Kind, UnknownReference
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import NameNotFound, UserError
from lines_bot.telegram.views.view import clip, fill

_ME = {"me", "мне", "я"}
_BOT = {"bot", "бот", "боту"}
_LENGTH = re.compile(r"(\d{1,4})\s*(m|min|м|мин|h|ч|d|д)", re.IGNORECASE)
_REFERENCE = re.compile(r"#?([0-9a-f]{6,})", re.IGNORECASE)


def read_reference(text: str) -> str | None:
    """The short name in `#4f2a91` or `4f2a91`, if that is all there is."""
    match = _REFERENCE.fullmatch(text.strip())
    return match[1].lower() if match else None


def read_length(text: str) -> timedelta | None:
    """`30m`, `2h` or `1d`; None if it is none of these."""
    match = _LENGTH.fullmatch(text)
    if match is None:
        return None
    unit = match[2].casefold()
    minutes = 1 if unit in ("m", "min", "м", "мин") else 60 if unit in ("h", "ч") else 1440
    return timedelta(minutes=int(match[1]) * minutes)


async def find_channels(query: str, company: CompanyQueries) -> Sequence[ChannelSummary]:
    """The channels meant by a reference or a name. Raises UserError if there are none."""
    if short := read_reference(query):
        try:
            return [await company.open_channel(short)]
        except UnknownReference:
            if query.startswith("#"):
                raise
    found = await company.find_channels(query)
    if not found:
        raise NameNotFound(
            fill(_("No channel “{query}”. All of them: /channels"), query=clip(query)),
            query,
            [each.name for each in await company.find_channels(query, loosely=True)],
        )
    return found


async def find_meant_channels(company: CompanyQueries, request: Request) -> Sequence[ChannelSummary]:
    """The channels meant by the words, or else those on the answered card. Raises UserError."""
    if request.words:
        return await find_channels(request.words, company)
    return [await company.get_channel(each) for each in request.list_answered(Kind.CHANNEL)]


async def find_lines(query: str, company: CompanyQueries) -> Sequence[LineSummary]:
    """The lines meant by a name. Raises UserError if there are none."""
    found = await company.find_lines(query)
    if not found:
        raise NameNotFound(
            fill(_("No line “{query}”. All of them: /queue"), query=clip(query)),
            query,
            [each.name for each in await company.find_lines(query, loosely=True)],
        )
    return found


async def find_sessions(
    query: str, states: Collection[SessionState], sessions: SessionQueries
) -> Sequence[SessionSummary]:
    """The sessions meant by a reference, or by a client's name in these states. Raises UserError."""
    if short := read_reference(query):
        try:
            return [await sessions.open(short)]
        except UnknownReference:
            if query.startswith("#"):
                raise
    found = await sessions.find(query, states)
    if not found:
        waiting = SessionState.WAITING in states
        near = await sessions.find_waiting(query, loosely=True) if waiting else []
        raise NameNotFound(
            fill(
                _("No such session of a client “{query}”. Find it with /sessions."),
                query=clip(query),
            ),
            query,
            [each.client for each in near],
        )
    return found


async def find_targets(
    name: str, person: Person, company: CompanyQueries
) -> Sequence[OperatorSummary] | Sequence[GroupSummary] | Literal["bot"]:
    """Whom a session can go to: me, the bot, operators, or groups where no operator is called so.

    Raises UserError.
    """
    if normalize(name) in _BOT:
        return "bot"
    if normalize(name) in _ME:
        return [await find_me(person, company)]
    if operators := await company.find_operators(name):
        return operators
    if groups := await company.find_groups(name):
        return groups
    near = [each.name for each in await company.find_operators(name, loosely=True)]
    near += [each.name for each in await company.find_groups(name, loosely=True)]
    raise NameNotFound(fill(_("No operator and no group “{query}”."), query=clip(name)), name, near)


async def is_target(name: str, company: CompanyQueries) -> bool:
    """Whether a session can go to what is called so."""
    known = normalize(name) in _ME | _BOT
    return known or bool(await company.find_operators(name) or await company.find_groups(name))


async def find_me(person: Person, company: CompanyQueries) -> OperatorSummary:
    """The operator that a person is. Raises UserError."""
    if person.user is None:
        raise UserError(
            fill(
                _(
                    "I do not know which operator you are. An administrator sends: "
                    "/link_me {id} and your name in ELMA365"
                ),
                id=Code(str(person.id)),
            )
        )
    return await company.get_operator(person.user)


async def find_groups(query: str, company: CompanyQueries) -> Sequence[GroupSummary]:
    """The groups meant by a name. Raises UserError."""
    found = await company.find_groups(query)
    if not found:
        raise NameNotFound(
            fill(_("No group “{query}”."), query=clip(query)),
            query,
            [each.name for each in await company.find_groups(query, loosely=True)],
        )
    return found


async def split_session(
    text: str,
    states: Collection[SessionState],
    sessions: SessionQueries,
    means_something: Callable[[str], Awaitable[bool]],
) -> tuple[Sequence[SessionSummary], str]:
    """A session and what to do with it, from words that do not say where one ends. Raises UserError."""
    words = text.split()
    if read_reference(words[0]):
        return await find_sessions(words[0], states, sessions), " ".join(words[1:])
    for place in range(len(words) - 1, 0, -1):
        waiting = await sessions.find_waiting(" ".join(words[:place]))
        rest = " ".join(words[place:])
        if waiting and await means_something(rest):
            return waiting, rest
    return await find_sessions(text, states, sessions), ""
