"""The families of alerts: everything that tells one from another, except its words."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from lines_bot.alerts.engine import Level, Observation
from lines_bot.alerts.growth import forecast, is_early
from lines_bot.alerts.policy import Hold, Policy, PolicyBook
from lines_bot.alerts.subjects import Evaluation, ParentLine, Reading, Subject
from lines_bot.lines import Channel, ChannelState, LinesError
from lines_bot.references import Kind

_GROWTH_HOLD = Hold(timedelta(0), 1, timedelta(seconds=120))


class ChannelSubject(Subject):
    """A channel in a bad state; `of_line` is how many channels its line has."""

    family: ClassVar[str] = "channel"
    kind: ClassVar[Kind | None] = Kind.CHANNEL

    id: str
    name: str
    type: str
    line: str
    line_id: str = ""
    state: str = "error"
    can_reconnect: bool
    of_line: int = 0

    @property
    def title(self) -> str:
        return self.name

    @property
    def parent(self) -> ParentLine:
        return ParentLine(self.line_id, self.line, self.of_line)

    @property
    def is_curable(self) -> bool:
        return self.can_reconnect

    def find_policy(self, book: PolicyBook) -> Policy:
        return book.find(self.line_id, self.id)

    @classmethod
    def observe(cls, reading: Reading) -> Iterator[tuple[str, Evaluation]]:
        for channel in reading.snapshot.troubled:
            yield cls.make_key(channel.id), cls._evaluate(channel, reading)
        for key in reading.held:
            family, _, own_id = key.partition(":")
            held = reading.snapshot.channels.get(own_id) if family == cls.family else None
            if held is not None and held.state == ChannelState.ACTIVE:
                yield key, cls._evaluate(held, reading)

    @classmethod
    def _evaluate(cls, channel: Channel, reading: Reading) -> Evaluation:
        context, policy = reading.context, reading.book.find(channel.line, channel.id)
        subject = cls(
            id=channel.id,
            name=channel.name or channel.id,
            type=str(channel.type or ""),
            line=reading.snapshot.name_line(channel.line),
            line_id=channel.line or "",
            state=str(channel.state or ""),
            can_reconnect=channel.can_reconnect,
            of_line=reading.snapshot.channel_counts[channel.line],
        )
        is_bad = channel.state == ChannelState.ERROR or (
            policy.count_disconnected
            and channel.state == ChannelState.DISCONNECTED
            and channel.id not in context.disconnected
        )
        if not is_bad:
            return Evaluation(Observation(Level.WELL), policy.channel, subject)
        # Lines keeps no time of the change of state: its last update is one only between two readings.
        updated, last_good, now = channel.updated_at, context.last_good, reading.snapshot.taken_at
        fits = updated is not None and updated <= now and (last_good is None or updated > last_good)
        heals = policy.heal_for if policy.heal_first and channel.can_reconnect else None
        return Evaluation(Observation(Level.BAD, updated if fits else None), policy.channel, subject, heals)


class QueueSubject(Subject):
    """The queue of a line that is over a limit, with its last numbers.

    `limit`: how many may wait; `longest_wait`: how long one may, and `is_late`: one waits so long.
    """

    family: ClassVar[str] = "queue"
    kind: ClassVar[Kind | None] = Kind.LINE

    id: str
    line: str
    waiting: int
    oldest: datetime | None
    limit: int = 0
    longest_wait: timedelta = timedelta(0)
    is_late: bool = False

    @property
    def title(self) -> str:
        return self.line

    @property
    def is_crowded(self) -> bool:
        """Whether as many wait as may not."""
        return self.waiting >= self.limit

    def find_policy(self, book: PolicyBook) -> Policy:
        return book.find(self.id)

    @classmethod
    def observe(cls, reading: Reading) -> Iterator[tuple[str, Evaluation]]:
        for line_id in reading.snapshot.lines:
            key, queue = cls.make_key(line_id), reading.snapshot.queues.get(line_id)
            if queue is None and key not in reading.held:
                continue
            policy, oldest = reading.book.find(line_id), queue.oldest if queue else None
            subject = cls(
                id=line_id,
                line=reading.snapshot.name_line(line_id),
                waiting=queue.waiting if queue else 0,
                oldest=oldest,
                limit=policy.queue_limit,
                longest_wait=policy.queue_wait,
                is_late=oldest is not None and reading.snapshot.taken_at - oldest >= policy.queue_wait,
            )
            yield key, subject._evaluate(reading, policy)

    def _evaluate(self, reading: Reading, policy: Policy) -> Evaluation:
        waited = reading.snapshot.taken_at - self.oldest if self.oldest else timedelta(0)
        if self.is_late:
            level = Level.URGENT
        elif self.is_crowded:
            level = Level.BAD
        elif (
            self.waiting <= policy.queue_limit * policy.clear_share
            and waited <= policy.queue_wait * policy.clear_share
        ):
            level = Level.WELL
        else:
            level = Level.BETWEEN
        return Evaluation(Observation(level), policy.queue, self)


class GrowthSubject(QueueSubject):
    """A queue that grows fast below its limit; `full_at`: when it is expected to reach it."""

    family: ClassVar[str] = "growth"
    is_silent: ClassVar[bool] = True

    full_at: datetime | None = None

    def follow(self, before: Self) -> Self:
        is_same = (self.waiting, self.oldest, self.limit) == (before.waiting, before.oldest, before.limit)
        return self.model_copy(update={"full_at": before.full_at}) if is_same else self

    def _evaluate(self, reading: Reading, policy: Policy) -> Evaluation:
        """Once the limit is reached the queue's own alert speaks instead."""
        growth = reading.context.growths.get(self.id)
        if growth is None or not policy.warn_early or self.waiting >= policy.queue_limit:
            return Evaluation(Observation(Level.WELL), _GROWTH_HOLD, None)
        left = forecast(growth, self.waiting, policy.queue_limit)
        warned = self.model_copy(update={"full_at": reading.snapshot.taken_at + left if left else None})
        if is_early(growth, self.waiting, policy.queue_limit):
            return Evaluation(Observation(Level.BAD), _GROWTH_HOLD, warned)
        is_calm = self.waiting < policy.queue_limit / 2
        return Evaluation(Observation(Level.WELL if is_calm else Level.BETWEEN), _GROWTH_HOLD, warned)


class SourceSubject(Subject):
    """Lines itself, which cannot be read: the name of the error, and the HTTP status if there was one."""

    family: ClassVar[str] = "source"

    trouble: str
    status: int | None = None

    @property
    def title(self) -> str:
        return "Lines"

    @classmethod
    def observe(cls, reading: Reading) -> Iterator[tuple[str, Evaluation]]:
        if cls.make_key() in reading.held:
            yield cls.make_key(), Evaluation(Observation(Level.WELL), reading.book.base.source, None)

    @classmethod
    def observe_outage(cls, error: LinesError, policy: Policy) -> Evaluation:
        """A reading that failed."""
        subject = cls(trouble=type(error).__name__, status=getattr(error, "status", None))
        return Evaluation(Observation(Level.BAD), policy.source, subject)


# Of the families about one thing the first stands for it: its mute covers the others.
FAMILIES: dict[str, type[Subject]] = {
    each.family: each for each in (ChannelSubject, QueueSubject, GrowthSubject, SourceSubject)
}


def read_subject(stored: Mapping[str, Any]) -> Subject:
    """The subject that was stored by `Subject.dump`."""
    return FAMILIES[stored["family"]].model_validate(stored)


def find_family(key: str) -> type[Subject]:
    """The family that a key is of."""
    return FAMILIES[key.partition(":")[0]]


def read_key(key: str) -> tuple[Kind | None, str]:
    """What a key is about: the kind of thing, and its id."""
    return find_family(key).kind, key.partition(":")[2]


def list_keys(kind: Kind, own_id: str) -> list[str]:
    """The keys of every family about one thing; the first is the one whose mute covers them all."""
    return [each.make_key(own_id) for each in FAMILIES.values() if each.kind is kind]


def list_related_keys(key: str) -> list[str]:
    """The keys about the same thing as this one, which is among them."""
    kind, own_id = read_key(key)
    return [key] if kind is None else list_keys(kind, own_id)


def list_muting_keys(key: str) -> list[str]:
    """The keys whose mute covers this one."""
    return [key, list_related_keys(key)[0]]
