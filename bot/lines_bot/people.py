"""Who is who, and who may do what."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from lines_bot.clock import Clock
from lines_bot.store.database import Database
from lines_bot.store.tables import AccountRow, PersonRow


class Role(StrEnum):
    VIEWER = "viewer"
    OPERATOR = "operator"
    LEAD = "lead"
    ADMIN = "admin"


class Action(StrEnum):
    """What a command or a tap asks for."""

    HELP = "help"
    SEE = "see"
    READ = "read"
    ASSIGN = "assign"
    CLOSE = "close"
    SPAM = "spam"
    WRITE = "write"
    LINK = "link"
    RECONNECT = "reconnect"
    DISCONNECT = "disconnect"
    TAKE = "take"
    MUTE = "mute"
    RULE = "rule"
    AUDIT = "audit"
    GRANT = "grant"


# What changes nothing in Lines or in the bot.
READING = frozenset({Action.HELP, Action.SEE, Action.READ, Action.AUDIT})

_GRANTED: dict[Role, frozenset[Action]] = {
    Role.VIEWER: frozenset({Action.HELP, Action.SEE}),
    Role.OPERATOR: frozenset(
        {
            Action.HELP,
            Action.SEE,
            Action.READ,
            Action.ASSIGN,
            Action.CLOSE,
            Action.SPAM,
            Action.WRITE,
            Action.LINK,
            Action.TAKE,
        }
    ),
    Role.LEAD: frozenset(set(Action) - {Action.GRANT}),
    Role.ADMIN: frozenset(Action),
}
_RANKS = tuple(Role)


@dataclass(frozen=True)
class Person:
    """Somebody on Telegram; without a role, a stranger. `user` is the id of their platform user."""

    id: int
    name: str
    role: Role | None = None
    user: str | None = None


# Who acts when the bot does something by itself.
SYSTEM_ACTOR = Person(0, "lines-bot", Role.LEAD)


@dataclass(frozen=True)
class ChatContext:
    """The chat something was asked in; `is_open` when the settings let the bot work there.

    `request_message_id`: the message that asked, if one did and not a tap; `answer_message_id`: the one that
    shows what comes of it.
    """

    chat: int
    is_private: bool
    is_open: bool
    request_message_id: int | None = None
    answer_message_id: int | None = None


def may(person: Person, action: Action | Role, context: ChatContext) -> bool:
    """Whether this person may do this here, or has at least the role. Nobody without a role may anything."""
    return context.is_open and person.role is not None and _covers(person.role, action)


def _covers(role: Role, action: Action | Role) -> bool:
    if isinstance(action, Role):
        return _RANKS.index(role) >= _RANKS.index(action)
    return action in _GRANTED[role]


def offered(person: Person, context: ChatContext) -> frozenset[Action]:
    """What buttons are worth showing: a group's message is pressed by anyone, a private one by its reader."""
    if not context.is_private:
        return frozenset(Action)
    return frozenset(action for action in Action if may(person, action, context))


class NotAllowed(Exception):
    """The person's role does not cover the action."""

    def __init__(self, person: Person, action: Action | Role) -> None:
        super().__init__(f"{person.name} ({person.role}) may not {action}")
        self.person = person
        self.action = action

    @property
    def enough(self) -> Role:
        """The least role that would do."""
        return next(role for role in Role if _covers(role, self.action))


class PermanentAdmin(Exception):
    """ADMINS are administrators by the settings: no command changes that."""


class People:
    """The stored roles; ADMINS of the settings stand above them."""

    def __init__(self, database: Database, admins: Collection[int], clock: Clock) -> None:
        self._database = database
        self._admins = frozenset(admins)
        self._clock = clock
        # Asked for with every update, and changed a few times a year; None: to be read.
        self._roles: Mapping[int, Role] | None = None
        self._users: Mapping[int, str] = {}
        self._loading = asyncio.Lock()

    async def find(self, person_id: int, name: str) -> Person:
        """The person behind a Telegram id, under the name Telegram gives today."""
        roles = self._roles if self._roles is not None else await self._load()
        role = Role.ADMIN if person_id in self._admins else roles.get(person_id)
        return Person(person_id, name, role, self._users.get(person_id))

    async def refresh(self, person: Person) -> Person:
        """The same person with the role they hold now; nobody gives or takes the bot's own."""
        return person if person == SYSTEM_ACTOR else await self.find(person.id, person.name)

    async def _load(self) -> Mapping[int, Role]:
        """Read once for all who ask at the same time."""
        async with self._loading:
            if self._roles is None:
                async with self._database.begin() as session:
                    roles = {row.id: Role(row.role) for row in await session.scalars(select(PersonRow))}
                    users = {row.person: row.user for row in await session.scalars(select(AccountRow))}
                self._roles, self._users = roles, users
            return self._roles

    async def _forget(self) -> None:
        """After a change; what was being read meanwhile may be older, and is forgotten too."""
        async with self._loading:
            self._roles = None

    async def list(self) -> list[Person]:
        """Everyone who was given a role by command, by name."""
        async with self._database.begin() as session:
            rows = await session.scalars(select(PersonRow).order_by(PersonRow.name, PersonRow.id))
            return [Person(row.id, row.name, Role(row.role)) for row in rows]

    async def grant(self, person_id: int, name: str, role: Role, by: Person) -> Person:
        """Give a role; the last grant counts. Raises PermanentAdmin for one of ADMINS."""
        if person_id in self._admins:
            raise PermanentAdmin
        async with self._database.begin() as session:
            await session.merge(
                PersonRow(id=person_id, name=name, role=role, granted_by=by.id, granted_at=self._clock.now())
            )
        await self._forget()
        return Person(person_id, name, role)

    async def revoke(self, person_id: int) -> Person | None:
        """Take the role away and return who held it; None if nobody did. Raises PermanentAdmin."""
        if person_id in self._admins:
            raise PermanentAdmin
        async with self._database.begin() as session:
            row = await session.get(PersonRow, person_id)
            if row is None:
                return None
            await session.delete(row)
        await self._forget()
        return Person(row.id, row.name, Role(row.role))

    async def link(self, person_id: int, user_id: str, by: Person) -> None:
        """From now on this person is that platform user."""
        async with self._database.begin() as session:
            await session.merge(
                AccountRow(person=person_id, user=user_id, linked_by=by.id, linked_at=self._clock.now())
            )
        await self._forget()

    async def unlink(self, person_id: int) -> bool:
        """The person is no platform user any more; False if they were none."""
        async with self._database.begin() as session:
            row = await session.get(AccountRow, person_id)
            if row is not None:
                await session.delete(row)
        await self._forget()
        return row is not None
