"""What a command means: a reference, a name, or the card it answers."""

import re
from collections.abc import Mapping, Sequence

from aiogram.types import Message
from aiogram.utils.i18n import gettext as _

from bot.alerts.observations import channel_key, queue_key
from bot.desk import Desk
from bot.references import Kind, UnknownReference
from bot.rows import ShownChannel, ShownOperator, ShownSession
from bot.telegram.views.errors import Misunderstood
from bot.telegram.views.view import clip, fill

_REFERENCE = re.compile(r"#?([0-9a-f]{6,})", re.IGNORECASE)


def read_reference(text: str) -> str | None:
    """The short name in `#4f2a91` or `4f2a91`, if that is all there is."""
    match = _REFERENCE.fullmatch(text.strip())
    return match[1].lower() if match else None


def list_answered(message: Message, bot_id: int) -> Sequence[str]:
    """The references on the bot's own message that this one answers."""
    card = message.reply_to_message
    if card is None or card.from_user is None or card.from_user.id != bot_id:
        return []
    return list(dict.fromkeys(found.lower() for found in re.findall(r"#([0-9a-f]{6,})\b", card.text or "")))


async def resolve_answered(message: Message, bot_id: int, kind: Kind, desk: Desk) -> Sequence[str]:
    """The ids of the objects of one kind on the answered card."""
    found = []
    for short in list_answered(message, bot_id):
        try:
            found.append(await desk.resolve(kind, short))
        except UnknownReference:
            continue
    return found


async def find_channels(query: str, desk: Desk) -> Sequence[ShownChannel]:
    """The channels meant by a reference or a name. Raises Misunderstood if there are none."""
    if short := read_reference(query):
        try:
            return [await desk.get_channel(await desk.resolve(Kind.CHANNEL, short))]
        except UnknownReference:
            if query.startswith("#"):
                raise
    found = await desk.find_channels(query)
    if not found:
        raise Misunderstood(
            fill(_("No channel is called “{query}”. Send /channels to see them all."), query=clip(query))
        )
    return found


async def find_sessions(query: str, desk: Desk) -> Sequence[ShownSession]:
    """The sessions meant by a reference, or the waiting ones by their client's name. Raises Misunderstood."""
    if short := read_reference(query):
        try:
            return [await desk.get_session(await desk.resolve(Kind.SESSION, short))]
        except UnknownReference:
            if query.startswith("#"):
                raise
    found = await desk.find_sessions(query)
    if not found:
        raise Misunderstood(
            fill(_("No waiting client is called “{query}”. Send /queue to see who waits."), query=clip(query))
        )
    return found


async def find_operators(query: str, desk: Desk) -> Sequence[ShownOperator]:
    """The operators meant by a name. Raises Misunderstood."""
    found = await desk.find_operators(query)
    if not found:
        raise Misunderstood(fill(_("No operator is called “{query}”."), query=clip(query)))
    return found


async def find_assignment(text: str, desk: Desk) -> tuple[Sequence[ShownSession], str]:
    """A session and an operator's name, from words that do not say where one ends. Raises Misunderstood."""
    words = text.split()
    if read_reference(words[0]):
        return await find_sessions(words[0], desk), " ".join(words[1:])
    for place in range(len(words) - 1, 0, -1):
        sessions = await desk.find_sessions(" ".join(words[:place]))
        operator = " ".join(words[place:])
        if sessions and await desk.find_operators(operator):
            return sessions, operator
    return await find_sessions(text, desk), ""


async def find_key(message: Message, query: str, bot_id: int, desk: Desk) -> tuple[str, str]:
    """The alert key and the name of the channel or line meant, by name or by the answered card.

    Raises Misunderstood when it is none or several.
    """
    if not query:
        channels = await resolve_answered(message, bot_id, Kind.CHANNEL, desk)
        lines = await resolve_answered(message, bot_id, Kind.LINE, desk)
        keys = [*map(channel_key, channels), *map(queue_key, lines)]
        names: Mapping[str, str] = await desk.name_keys(keys)
    else:
        names = await desk.find_keys(query)
    if len(names) == 1:
        return next(iter(names.items()))
    if names:
        several = ", ".join(clip(name) for name in list(names.values())[:5])
        raise Misunderstood(fill(_("Several fit: {names}. Write more of the name."), names=several))
    raise Misunderstood(_("Name a channel or a line, or answer the card that shows it."))
