"""What one reading of the company says about every key that can alert."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from lines_bot.alerts.engine import Level, Observation
from lines_bot.alerts.growth import Growth, forecast, is_early
from lines_bot.alerts.policy import Hold, Policy, PolicyBook
from lines_bot.lines import Channel, ChannelState, LinesError, Session
from lines_bot.snapshot import Snapshot, waits_since


class ChannelSubject(BaseModel):
    """The channel an incident is about, as last read; `of_line` is how many its line has."""

    model_config = ConfigDict(frozen=True)

    family: Literal["channel"] = "channel"
    id: str
    name: str
    type: str
    line: str
    line_id: str = ""
    state: str = "error"
    can_reconnect: bool
    of_line: int = 0


class QueueSubject(BaseModel):
    """The queue of a line with its last numbers; `full_at`: when an early warning expects the limit."""

    model_config = ConfigDict(frozen=True)

    family: Literal["queue", "growth"] = "queue"
    id: str
    line: str
    waiting: int
    oldest: datetime | None
    limit: int = 0
    full_at: datetime | None = None


class SourceSubject(BaseModel):
    """Lines itself, which cannot be read: the name of the error, and the HTTP status if there was one."""

    model_config = ConfigDict(frozen=True)

    family: Literal["source"] = "source"
    trouble: str
    status: int | None = None


Subject = Annotated[ChannelSubject | QueueSubject | SourceSubject, Field(discriminator="family")]
SUBJECT: TypeAdapter[Subject] = TypeAdapter(Subject)

SOURCE_KEY = "source"
_GROWTH_HOLD = Hold(timedelta(0), 1, timedelta(seconds=120))


@dataclass(frozen=True)
class Evaluation:
    """An observation of a key, whose hold it is measured by, and what it is about (None: nothing new)."""

    observation: Observation
    hold: Hold
    subject: Subject | None
    heal_for: timedelta | None = None


@dataclass(frozen=True)
class EvaluationContext:
    """What is known besides the reading itself.

    `last_good`: when Lines was last read before. `growths`: how each line's queue moves.
    `disconnected`: channels that a person disconnected through the bot, so that nobody need be called.
    """

    last_good: datetime | None = None
    growths: Mapping[str, Growth] = field(default_factory=dict)
    disconnected: Collection[str] = ()


def channel_key(channel_id: str) -> str:
    return f"channel:{channel_id}"


def queue_key(line_id: str) -> str:
    return f"queue:{line_id}"


def growth_key(line_id: str) -> str:
    return f"growth:{line_id}"


def observe(
    snapshot: Snapshot, held: Collection[str], context: EvaluationContext, book: PolicyBook
) -> Mapping[str, Evaluation]:
    """Every key that is not well now, and every key in `held`, whatever it is now."""
    evaluations: dict[str, Evaluation] = {}
    of_line = Counter(channel.line for channel in snapshot.channels.values())
    for channel in snapshot.channels.values():
        key = channel_key(channel.id)
        if channel.state != ChannelState.ACTIVE or key in held:
            policy = book.find(channel.line, channel.id)
            subject = _describe_channel(channel, snapshot, of_line[channel.line])
            evaluations[key] = _see_channel(channel, subject, snapshot.taken_at, context, policy)
    queues = _list_waits(snapshot.waiting)
    for line_id in snapshot.lines:
        waits = queues.get(line_id, [])
        keys = (queue_key(line_id), growth_key(line_id))
        if waits or any(key in held for key in keys):
            policy, growth = book.find(line_id), context.growths.get(line_id)
            queue = _describe_queue(line_id, waits, snapshot, policy)
            evaluations[keys[0]] = _see_queue(queue, snapshot.taken_at, policy)
            evaluations[keys[1]] = _see_growth(queue, snapshot.taken_at, growth, policy)
    if SOURCE_KEY in held:
        evaluations[SOURCE_KEY] = Evaluation(Observation(Level.WELL), book.base.source, None)
    for key in held:
        evaluations.setdefault(key, Evaluation(Observation(Level.GONE), book.base.channel, None))
    return evaluations


def observe_outage(error: LinesError, held: Iterable[str], policy: Policy) -> Mapping[str, Evaluation]:
    """Lines could not be read: that is all there is to know."""
    unread = Evaluation(Observation(Level.UNREAD), policy.channel, None)
    subject = SourceSubject(
        trouble=type(error).__name__,
        status=getattr(error, "status", None),
    )
    blind = Evaluation(Observation(Level.BAD), policy.source, subject)
    return {**dict.fromkeys(held, unread), SOURCE_KEY: blind}


def _describe_channel(channel: Channel, snapshot: Snapshot, of_line: int) -> ChannelSubject:
    return ChannelSubject(
        id=channel.id,
        name=channel.name or channel.id,
        type=str(channel.type or ""),
        line=snapshot.name_line(channel.line),
        line_id=channel.line or "",
        state=str(channel.state or ""),
        can_reconnect=channel.can_reconnect,
        of_line=of_line,
    )


def _see_channel(
    channel: Channel, subject: ChannelSubject, now: datetime, context: EvaluationContext, policy: Policy
) -> Evaluation:
    is_bad = channel.state == ChannelState.ERROR or (
        policy.count_disconnected
        and channel.state == ChannelState.DISCONNECTED
        and channel.id not in context.disconnected
    )
    if not is_bad:
        return Evaluation(Observation(Level.WELL), policy.channel, subject)
    # Lines keeps no time of the change of state; its last update is one only if it fits between two readings.
    updated, last_good = channel.updated_at, context.last_good
    fits = updated is not None and updated <= now and (last_good is None or updated > last_good)
    heals = policy.heal_for if policy.heal_first and channel.can_reconnect else None
    return Evaluation(Observation(Level.BAD, updated if fits else None), policy.channel, subject, heals)


def _list_waits(waiting: Iterable[Session]) -> Mapping[str, list[datetime | None]]:
    """Since when each session of each line waits; read in one go, because 50,000 of them fit no cache."""
    waits: defaultdict[str, list[datetime | None]] = defaultdict(list)
    for session in waiting:
        waits[session.line or ""].append(waits_since(session))
    return waits


def _describe_queue(
    line_id: str, waits: Sequence[datetime | None], snapshot: Snapshot, policy: Policy
) -> QueueSubject:
    return QueueSubject(
        id=line_id,
        line=snapshot.name_line(line_id),
        waiting=len(waits),
        oldest=min(filter(None, waits), default=None),
        limit=policy.queue_limit,
    )


def _see_queue(subject: QueueSubject, now: datetime, policy: Policy) -> Evaluation:
    waited = now - subject.oldest if subject.oldest else timedelta(0)
    if waited >= policy.queue_wait:
        level = Level.URGENT
    elif subject.waiting >= policy.queue_limit:
        level = Level.BAD
    elif (
        subject.waiting <= policy.queue_limit * policy.clear_share
        and waited <= policy.queue_wait * policy.clear_share
    ):
        level = Level.WELL
    else:
        level = Level.BETWEEN
    return Evaluation(Observation(level), policy.queue, subject)


def _see_growth(subject: QueueSubject, now: datetime, growth: Growth | None, policy: Policy) -> Evaluation:
    """The early, silent tier; once the limit is reached the hard alarm speaks instead."""
    if growth is None or not policy.warn_early or subject.waiting >= policy.queue_limit:
        return Evaluation(Observation(Level.WELL), _GROWTH_HOLD, None)
    left = forecast(growth, subject.waiting, policy.queue_limit)
    warned = subject.model_copy(update={"family": "growth", "full_at": now + left if left else None})
    if is_early(growth, subject.waiting, policy.queue_limit):
        return Evaluation(Observation(Level.BAD), _GROWTH_HOLD, warned)
    is_calm = subject.waiting < policy.queue_limit / 2
    return Evaluation(Observation(Level.WELL if is_calm else Level.BETWEEN), _GROWTH_HOLD, warned)
