"""What one reading of the company says about every key that can alert."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.alerts.engine import Level, Observation
from bot.alerts.policy import Hold, Policy
from bot.company import Company, waits_since
from bot.lines import Channel, ChannelState


class ChannelSubject(BaseModel):
    """The channel an incident is about, as last read."""

    model_config = ConfigDict(frozen=True)

    family: Literal["channel"] = "channel"
    id: str
    name: str
    type: str
    line: str
    can_reconnect: bool


class QueueSubject(BaseModel):
    """The queue of a line with its last numbers."""

    model_config = ConfigDict(frozen=True)

    family: Literal["queue"] = "queue"
    id: str
    line: str
    waiting: int
    oldest: datetime | None


class SourceSubject(BaseModel):
    """Lines itself, which cannot be read."""

    model_config = ConfigDict(frozen=True)

    family: Literal["source"] = "source"
    trouble: str


Subject = Annotated[ChannelSubject | QueueSubject | SourceSubject, Field(discriminator="family")]
SUBJECT: TypeAdapter[Subject] = TypeAdapter(Subject)

SOURCE_KEY = "source"


@dataclass(frozen=True)
class Sighting:
    """An observation of a key, whose hold it is measured by, and what it is about (None: nothing new)."""

    observation: Observation
    hold: Hold
    subject: Subject | None


def channel_key(channel_id: str) -> str:
    return f"channel:{channel_id}"


def queue_key(line_id: str) -> str:
    return f"queue:{line_id}"


def observe(
    company: Company, held: Iterable[str], last_good: datetime | None, policy: Policy
) -> Mapping[str, Sighting]:
    """Every key that is bad now, and every key in `held`, whatever it is now."""
    sightings: dict[str, Sighting] = {}
    for channel in company.channels.values():
        sightings[channel_key(channel.id)] = _see_channel(channel, company, last_good, policy)
    for line_id in company.lines:
        sightings[queue_key(line_id)] = _see_queue(line_id, company, policy)
    sightings[SOURCE_KEY] = Sighting(Observation(Level.WELL), policy.source, None)
    for key in held:
        hold = policy.queue if key.startswith("queue:") else policy.channel
        sightings.setdefault(key, Sighting(Observation(Level.GONE), hold, None))
    return sightings


def observe_blind(trouble: str, held: Iterable[str], policy: Policy) -> Mapping[str, Sighting]:
    """Lines could not be read: that is all there is to know."""
    unread = Sighting(Observation(Level.UNREAD), policy.channel, None)
    blind = Sighting(Observation(Level.BAD), policy.source, SourceSubject(trouble=trouble))
    return {**dict.fromkeys(held, unread), SOURCE_KEY: blind}


def _see_channel(channel: Channel, company: Company, last_good: datetime | None, policy: Policy) -> Sighting:
    subject = ChannelSubject(
        id=channel.id,
        name=channel.name or channel.id,
        type=str(channel.type or ""),
        line=company.name_line(channel.line),
        can_reconnect=channel.can_reconnect,
    )
    if channel.state != ChannelState.ERROR:
        return Sighting(Observation(Level.WELL), policy.channel, subject)
    # Lines keeps no time of the change of state; its last update is one only if it fits between two readings.
    updated = channel.updated_at
    fits = updated is not None and updated <= company.taken_at and (last_good is None or updated > last_good)
    return Sighting(Observation(Level.BAD, updated if fits else None), policy.channel, subject)


def _see_queue(line_id: str, company: Company, policy: Policy) -> Sighting:
    waits = [waits_since(session) for session in company.waiting if session.line == line_id]
    oldest = min((wait for wait in waits if wait is not None), default=None)
    waited = company.taken_at - oldest if oldest else None
    subject = QueueSubject(id=line_id, line=company.name_line(line_id), waiting=len(waits), oldest=oldest)
    if waited is not None and waited >= policy.queue_wait:
        level = Level.URGENT
    elif len(waits) >= policy.queue_limit:
        level = Level.BAD
    elif len(waits) <= policy.queue_limit * policy.clear_share and (
        waited is None or waited <= policy.queue_wait * policy.clear_share
    ):
        level = Level.WELL
    else:
        level = Level.BETWEEN
    return Sighting(Observation(level), policy.queue, subject)
