"""What an alert can be about, what one reading says of it, and what every family of alerts answers."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple, Self

from pydantic import BaseModel, ConfigDict

from lines_bot.alerts.engine import Observation
from lines_bot.alerts.growth import Growth
from lines_bot.alerts.policy import Hold, Policy, PolicyBook
from lines_bot.references import Kind
from lines_bot.snapshot import Snapshot


@dataclass(frozen=True)
class EvaluationContext:
    """What is known besides the reading itself.

    `last_good`: when Lines was last read before. `growths`: how each line's queue moves.
    `disconnected`: channels that a person disconnected through the bot, so that nobody need be called.
    """

    last_good: datetime | None = None
    growths: Mapping[str, Growth] = field(default_factory=dict)
    disconnected: Collection[str] = ()


@dataclass(frozen=True)
class Reading:
    """One reading of Lines; `held` are the keys that a condition is held about."""

    snapshot: Snapshot
    held: Collection[str]
    context: EvaluationContext
    book: PolicyBook


class ParentLine(NamedTuple):
    """The line that a subject is a part of, and how many such parts it has."""

    id: str
    name: str
    size: int


class Subject(BaseModel):
    """What an incident is about, as last read. Each subclass is a family of alerts.

    `kind`: what its `id` is the id of; None for Lines itself, which has none. `is_silent`: makes no sound.
    """

    model_config = ConfigDict(frozen=True)

    family: ClassVar[str]
    kind: ClassVar[Kind | None] = None
    is_silent: ClassVar[bool] = False

    id: str = ""

    @classmethod
    def make_key(cls, own_id: str = "") -> str:
        """The key under which the engine knows it."""
        return f"{cls.family}:{own_id}" if own_id else cls.family

    @classmethod
    def observe(cls, reading: Reading) -> "Iterator[tuple[str, Evaluation]]":
        """The keys of this family that may not be well, and every held one that is there."""
        raise NotImplementedError

    @classmethod
    def narrow(cls, subject: "Subject") -> Self:
        """The same subject, known to be of this family."""
        assert isinstance(subject, cls)
        return subject

    @property
    def key(self) -> str:
        return self.make_key(self.id)

    @property
    def title(self) -> str:
        """Its name in Lines."""
        raise NotImplementedError

    @property
    def parent(self) -> ParentLine | None:
        return None

    @property
    def is_curable(self) -> bool:
        """Whether a reconnect may end the trouble."""
        return False

    def find_policy(self, book: PolicyBook) -> Policy:
        """The policy that an incident about it is measured by."""
        return book.base

    def follow(self, before: Self) -> Self:
        """As it is stored after an earlier reading: a forecast stays until something happened."""
        return self

    def dump(self) -> dict[str, Any]:
        """As it is stored; `families.read_subject` reads it."""
        return {"family": self.family, **self.model_dump(mode="json")}


@dataclass(frozen=True)
class Evaluation:
    """An observation of a key, whose hold it is measured by, and what it is about (None: nothing new)."""

    observation: Observation
    hold: Hold
    subject: Subject | None
    heal_for: timedelta | None = None
