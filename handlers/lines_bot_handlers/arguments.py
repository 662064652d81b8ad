"""What the words of a command mean: a reference, a name, a length of time.

A name wins where words can be both, and what only comes close to a name is offered, never taken.
"""

import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from typing import Literal, TypeVar

from aiogram.utils.formatting import Code
from aiogram.utils.i18n import gettext as _

from lines_bot.lines import SessionState
from lines_bot.people import Person
from lines_bot.queries.matching import is_same
from lines_bot.queries.models import (
    ChannelSummary,
    GroupSummary,
    LineSummary,
    OperatorSummary,
    SessionSummary,
)
from lines_bot.queries.queries import Queries
from lines_bot.references import Kind, UnknownReference
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import NameNotFound, UserError
from lines_bot.telegram.views.view import clip, fill
from lines_bot.vocabulary import BOT, ME, is_like_length, is_word, split_length

Found = TypeVar("Found")
Find = Callable[[str], Awaitable[Sequence[Found]]]
_REFERENCE = re.compile(r"#?([0-9a-f]{6,})", re.IGNORECASE)


def read_reference(text: str) -> str | None:
    """The short name in `#4f2a91` or `4f2a91`, if that is all there is."""
    match = _REFERENCE.fullmatch(text.strip())
    return match[1].lower() if match else None


async def find_meant(
    query: str, find: Find[Found], resolve: Callable[[str], Awaitable[Found]], name: Callable[[Found], str]
) -> Sequence[Found]:
    """What is meant by a name or by a reference: both, where a part of a name could be a reference too.

    Raises UnknownReference where it can only be one.
    """
    ref = read_reference(query)
    named = await find(query)
    if ref is None or any(is_same(query, name(each)) for each in named):
        return named
    try:
        referenced = await resolve(ref)
    except UnknownReference:
        if query.startswith("#") and not named:
            raise
        return named
    others = [] if query.startswith("#") else [each for each in named if each != referenced]
    return [referenced, *others]


async def find_channels(query: str, queries: Queries) -> Sequence[ChannelSummary]:
    """The channels meant by a reference or a name. Raises UserError if there are none."""
    company = queries.company
    found = await find_meant(query, company.find_channels, company.open_channel, lambda each: each.name)
    if not found:
        raise NameNotFound(
            fill(_("No channel “{query}”. All of them: /channels"), query=clip(query)),
            query,
            await company.find_channels_near(query),
        )
    return found


async def find_meant_channels(request: Request, queries: Queries) -> Sequence[ChannelSummary]:
    """The channels meant by the words, or else those on the answered card. Raises UserError."""
    if request.words:
        return await find_channels(request.words, queries)
    return [await queries.company.get_channel(each) for each in request.list_answered(Kind.CHANNEL)]


async def find_lines(query: str, queries: Queries) -> Sequence[LineSummary]:
    """The lines meant by a name. Raises UserError if there are none."""
    found = await queries.company.find_lines(query)
    if not found:
        raise NameNotFound(
            fill(_("No line “{query}”. All of them: /queue"), query=clip(query)),
            query,
            await queries.company.find_lines_near(query),
        )
    return found


async def find_sessions(
    query: str, states: Collection[SessionState], queries: Queries
) -> Sequence[SessionSummary]:
    """The sessions meant by a reference, or by a client's name in these states. Raises UserError."""
    sessions = queries.sessions

    async def find(name: str) -> Sequence[SessionSummary]:
        return await sessions.find(name, states)

    found = await find_meant(query, find, sessions.open, lambda each: each.client)
    if not found:
        near = await sessions.find_waiting_near(query) if SessionState.WAITING in states else []
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
    name: str, person: Person, queries: Queries
) -> Sequence[OperatorSummary] | Sequence[GroupSummary] | Literal["bot"]:
    """Whom a session can go to: operators, groups where no operator is called so, the bot, or me.

    Raises UserError.
    """
    company = queries.company
    operators, groups = await company.find_operators(name), await company.find_groups(name)
    for named in (operators, groups):
        if any(is_same(name, each.name) for each in named):
            return named
    if is_word(name, BOT):
        return "bot"
    if is_word(name, ME):
        return [await find_me(person, queries)]
    if operators or groups:
        return operators or groups
    near = [*await company.find_operators_near(name), *await company.find_groups_near(name)]
    raise NameNotFound(fill(_("No operator and no group “{query}”."), query=clip(name)), name, near)


async def is_target(name: str, queries: Queries) -> bool:
    """Whether a session can go to what is called so."""
    company = queries.company
    return is_word(name, ME | BOT) or bool(
        await company.find_operators(name) or await company.find_groups(name)
    )


async def find_me(person: Person, queries: Queries) -> OperatorSummary:
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
    return await queries.company.get_operator(person.user)


async def find_groups(query: str, queries: Queries) -> Sequence[GroupSummary]:
    """The groups meant by a name. Raises UserError."""
    found = await queries.company.find_groups(query)
    if not found:
        raise NameNotFound(
            fill(_("No group “{query}”."), query=clip(query)),
            query,
            await queries.company.find_groups_near(query),
        )
    return found


async def split_session(
    text: str, states: Collection[SessionState], queries: Queries, is_known: Callable[[str], Awaitable[bool]]
) -> tuple[Sequence[SessionSummary], str]:
    """A session and where it goes, from words that do not say where one ends. Raises UserError."""
    whole = await queries.sessions.find_waiting(text)
    if any(is_same(text, each.client) for each in whole):
        return whole, ""
    words = text.split()
    splits = [(" ".join(words[:place]), " ".join(words[place:])) for place in range(len(words) - 1, 0, -1)]
    for name, rest in splits:
        waiting = await queries.sessions.find_waiting(name)
        if waiting and await is_known(rest):
            return waiting, rest
    if read_reference(words[0]):
        return await find_sessions(words[0], states, queries), " ".join(words[1:])
    if not whole:
        for name, rest in reversed(splits):
            if await is_known(rest):
                return await find_sessions(name, states, queries), rest
    return await find_sessions(text, states, queries), ""


async def read_name_and_length(
    text: str, find: Find[Found], name: Callable[[Found], str]
) -> tuple[str, timedelta | None]:
    """A name, maybe none, and the length after it, unless all of it is a name.

    Raises UserError for words that are neither.
    """
    named = await find(text) if text else []
    split = split_length(text)
    if not text or any(is_same(text, name(each)) for each in named):
        return text, None
    if split and (not split[0] or not named or await find(split[0])):
        return split
    if named:
        return text, None
    if is_like_length(text):
        raise UserError(
            fill(_("“{words}” is no length of time. {hint}"), words=clip(text), hint=describe_lengths())
        )
    words = text.split()
    for place in range(len(words) - 1, 0, -1):
        begun = " ".join(words[:place])
        if await find(begun):
            raise UserError(
                fill(
                    _("I know “{name}”, but did not understand “{rest}”. {hint}"),
                    name=clip(begun),
                    rest=clip(" ".join(words[place:])),
                    hint=describe_lengths(),
                )
            )
    return text, None


def describe_lengths() -> str:
    """How a length is written, after one that was not understood."""
    return _("Write a length like 30m, 2h, 1h30m or 1d. Nothing was changed.")
