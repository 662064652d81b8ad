"""What must outlive a restart. Times are aware and in UTC."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, ForeignKey, Index, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

AHEAD = "until "  # so begins the name of a single time that has not come when it is stored


class UtcDateTime(TypeDecorator[datetime]):
    """SQLite forgets the zone of a time: it is stored and read as UTC everywhere."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and (value if value.tzinfo else value.replace(tzinfo=UTC))


class Base(DeclarativeBase):
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, str: String(255)}  # noqa: RUF012


class PersonRow(Base):
    """A Telegram person with a role."""

    __tablename__ = "persons"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str]
    role: Mapped[str]
    granted_by: Mapped[int] = mapped_column(BigInteger)
    granted_at: Mapped[datetime]


class AccountRow(Base):
    """Which platform user a Telegram person is."""

    __tablename__ = "accounts"

    person: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    user: Mapped[str]
    linked_by: Mapped[int] = mapped_column(BigInteger)
    linked_at: Mapped[datetime]


class ReferenceRow(Base):
    """A short name, like 4f2a91, that was shown for a longer thing."""

    __tablename__ = "references"

    short: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    target: Mapped[str] = mapped_column(Text, unique=True)


class TextRow(Base):
    """A short name that was given to a text. `reader`: the person or group it is for; 0 is everyone."""

    __tablename__ = "texts"

    short: Mapped[str] = mapped_column(primary_key=True)
    reader: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class SecretRow(Base):
    """What only this database knows."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class LedgerRow(Base):
    """An intent to change something in Lines, and what came of it."""

    __tablename__ = "ledger"
    __table_args__ = (
        Index("ledger_by_object", "object", "id"),
        Index("ledger_by_outcome", "outcome", "verb"),
        Index("ledger_by_time", "intended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    verb: Mapped[str]
    object: Mapped[str]
    argument: Mapped[str | None] = mapped_column(Text)
    before: Mapped[dict[str, Any]]
    person: Mapped[int] = mapped_column(BigInteger)
    person_name: Mapped[str]
    user: Mapped[str | None]
    chat: Mapped[int] = mapped_column(BigInteger)
    request_message_id: Mapped[int | None] = mapped_column("asked", BigInteger)
    answer_message_id: Mapped[int | None] = mapped_column("answer", BigInteger)
    intended_at: Mapped[datetime]
    outcome: Mapped[str | None]
    finished_at: Mapped[datetime | None]
    detail: Mapped[str | None] = mapped_column(Text)


class ConditionRow(Base):
    """What the alert engine holds about a key that is not simply well."""

    __tablename__ = "conditions"

    key: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[dict[str, Any]]


class IncidentRow(Base):
    """Something that went wrong, from its opening to its end; `settled` once every chat shows that end."""

    __tablename__ = "incidents"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(index=True)
    family: Mapped[str]
    subject: Mapped[dict[str, Any]]
    since: Mapped[datetime]
    opened_at: Mapped[datetime]
    flapping: Mapped[int] = mapped_column(default=0)
    owner_name: Mapped[str | None]
    owned_until: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    well_since: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    settled: Mapped[bool] = mapped_column(default=False, index=True)
    ending: Mapped[str | None]


class CardRow(Base):
    """A group's one message in one chat: what is shown there, whether it arrived, what was said after it.

    `announced` is how many open incidents were told loudly, `repeats` how often "still down" was said,
    `line` the only one whose channels are listed.
    """

    __tablename__ = "cards"

    id: Mapped[int] = mapped_column(primary_key=True)
    family: Mapped[str]
    chat: Mapped[int] = mapped_column(BigInteger, index=True)
    topic: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(index=True)
    opened_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    resent: Mapped[bool] = mapped_column(default=False)
    message: Mapped[int | None] = mapped_column(BigInteger)
    shown: Mapped[str | None] = mapped_column(Text)
    edited_at: Mapped[datetime | None]
    page: Mapped[int] = mapped_column(default=0)
    line: Mapped[str | None]
    announced: Mapped[int] = mapped_column(default=0)
    repeats: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str | None] = mapped_column(Text)


class CardIncidentRow(Base):
    """An incident that a card shows."""

    __tablename__ = "members"

    card: Mapped[int] = mapped_column(ForeignKey("cards.id"), primary_key=True)
    incident: Mapped[int] = mapped_column(ForeignKey("incidents.id"), primary_key=True, index=True)


class SentAlertRow(Base):
    """A new message that a chat got, for the limit on how many it may get."""

    __tablename__ = "news"

    id: Mapped[int] = mapped_column(primary_key=True)
    chat: Mapped[int] = mapped_column(BigInteger, index=True)
    at: Mapped[datetime]


class MuteRow(Base):
    """Nothing new is said about a key until then; without a time, until it is well."""

    __tablename__ = "mutes"

    key: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime | None]
    person_name: Mapped[str]


class RuleRow(Base):
    """A number of the policy for everything, a line or a channel; the value `default` took it away."""

    __tablename__ = "rules"

    scope: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    person_name: Mapped[str]
    at: Mapped[datetime]


class RuleChangeRow(Base):
    """A change of a rule that was shown and can be applied; `title` names whom it is for."""

    __tablename__ = "rule_changes"

    short: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str]
    subject: Mapped[str]
    title: Mapped[str] = mapped_column(Text)
    name: Mapped[str]
    value: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class WindowRow(Base):
    """Quiet hours of a chat, every day between two minutes of it, or maintenance until a time."""

    __tablename__ = "windows"

    chat: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    begin: Mapped[int | None]
    end: Mapped[int | None]
    until: Mapped[datetime | None]
    person_name: Mapped[str]


class GrowthRow(Base):
    """How a line's queue moves."""

    __tablename__ = "growths"

    line: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[dict[str, Any]]


class SampleRow(Base):
    """What was seen of a line's queue at a look, or over a span of looks; an empty `line` is all together."""

    __tablename__ = "samples"

    line: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    watched: Mapped[int]
    waiting: Mapped[int]
    oldest: Mapped[int]
    arrivals: Mapped[int]
    departures: Mapped[int]
    waits: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))


class BoardRow(Base):
    """The board of a chat or topic."""

    __tablename__ = "boards"

    chat: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    topic: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    message: Mapped[int] = mapped_column(BigInteger)
    edited_at: Mapped[datetime]


class InboxRow(Base):
    """An update of Telegram that is confirmed there; `waited`: seconds until it was first seen."""

    __tablename__ = "inbox"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(Text)
    waited: Mapped[int]
    seen_at: Mapped[datetime]
    attempts: Mapped[int]
    done: Mapped[bool]


class PrivateAnswersRow(Base):
    """A chat in which talks with clients are answered to the asker alone."""

    __tablename__ = "discreet"

    chat: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_name: Mapped[str]


class LanguageRow(Base):
    """The language that was chosen in a chat."""

    __tablename__ = "languages"

    chat: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    locale: Mapped[str]
    person_name: Mapped[str]


class MigratedChatRow(Base):
    """A group that became a supergroup, under its new id."""

    __tablename__ = "moved"

    old: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    new: Mapped[int] = mapped_column(BigInteger)


class TimestampRow(Base):
    """Single times the bot must remember, like that of the last good reading; see `AHEAD`."""

    __tablename__ = "facts"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
