"""Life in a company: clients write, operators answer, channels fall and return."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from bot.sandbox import phrases
from bot.sandbox.actor import Actor, is_open
from bot.sandbox.fields import Item
from bot.sandbox.rules import Inferred
from bot.sandbox.world import World


@dataclass(frozen=True)
class Pace:
    """How fast things happen: means of random spans, unless said otherwise."""

    arrival: timedelta = timedelta(seconds=40)
    """Between two new conversations."""
    wait: timedelta = timedelta(seconds=100)
    """In the queue, until an operator takes the session."""
    turn: timedelta = timedelta(seconds=35)
    """Between two messages of a conversation."""
    closing: float = 0.2
    """The chance that an operator closes the session instead of answering."""
    first_failure: timedelta | None = timedelta(seconds=15)
    """Exactly when the first channel falls; None keeps the channels up."""
    failure: timedelta = timedelta(minutes=8)
    """Between two falling channels."""
    outage: timedelta = timedelta(minutes=4)
    shortest_outage: timedelta = timedelta(seconds=90)


@dataclass(order=True)
class Event:
    time: datetime
    number: int
    happen: Callable[[], None] = field(compare=False)


class Simulation:
    """Moves a world through time. The same world, random and pace give the same story however time is cut."""

    def __init__(
        self, world: World, random: Random, pace: Pace | None = None, inferred: Inferred | None = None
    ) -> None:
        self.world = world
        self.random = random
        self.pace = pace or Pace()
        self.inferred = inferred or Inferred()
        self._agenda: list[Event] = []
        self._number = 0
        self._attended: set[str] = set()
        self._plan(self._after(self.pace.arrival), self._arrive)
        if self.pace.first_failure is not None:
            self._plan(self.pace.first_failure, self._fall)

    def advance(self, to: datetime) -> None:
        """Let everything happen that happens until `to`."""
        self._notice_sessions()
        while self._agenda and self._agenda[0].time <= to:
            event = heapq.heappop(self._agenda)
            self.world.now = event.time
            event.happen()
        self.world.now = to

    def break_channel(self, channel_id: str) -> None:
        self._set_state(self.world.get("channels", channel_id), self.inferred.error)

    def heal_channel(self, channel_id: str) -> None:
        self._set_state(self.world.get("channels", channel_id), self.inferred.active)

    def flood(self, line_id: str, count: int) -> None:
        """`count` new people write to the line's queue. Raises ValueError when all its channels are down."""
        channels = [channel for channel in self._open_channels() if channel.get("_line") == line_id]
        if not channels:
            raise ValueError("Every channel of this line is down: nobody can write to it.")
        for _ in range(count):
            client = self._make_client(self.random.choice(channels))
            self._speak(self._start_session(client, "Waiting"), client, self._choose(phrases.QUESTIONS))

    def drain(self, line_id: str) -> None:
        """Operators take everybody who waits in the line."""
        for session in list(self.world.items("sessions")):
            if session.get("_line") == line_id and session.get("_state") == "Waiting":
                self._take(session)

    def _plan(self, span: timedelta, happen: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._agenda, Event(self.world.now + span, self._number, happen))

    def _after(self, mean: timedelta) -> timedelta:
        return timedelta(seconds=self.random.expovariate(1 / mean.total_seconds()))

    def _choose(self, sentences: tuple[str, ...]) -> str:
        return self.random.choice(sentences)

    def _notice_sessions(self) -> None:
        """Sessions may have been opened from outside since the last time."""
        for session in self.world.items("sessions"):
            if is_open(session) and session["__id"] not in self._attended:
                self._attend_later(session)

    def _attend_later(self, session: Item) -> None:
        self._attended.add(session["__id"])
        waiting = session.get("_state") == "Waiting"
        self._plan(self._after(self.pace.wait if waiting else self.pace.turn), lambda: self._attend(session))

    def _attend(self, session: Item) -> None:
        """The next thing in a session: taken, handed over by the bot, answered or closed."""
        self._attended.discard(session["__id"])
        match session.get("_state"):
            case "Waiting":
                self._take(session)
            case "AssignedToBot":
                self._hand_over(session)
            case "AssignedToOperator":
                self._talk(session)
            case _:
                return
        if is_open(session):
            self._attend_later(session)

    def _arrive(self) -> None:
        self._plan(self._after(self.pace.arrival), self._arrive)
        channels = self._open_channels()
        if channels:
            channel = self.random.choice(channels)
            idle = self._idle_clients(channel)
            returning = idle and self.random.random() < 0.5
            client = self.random.choice(idle) if returning else self._make_client(channel)
            self._write(client, self._choose(phrases.QUESTIONS))

    def _fall(self) -> None:
        self._plan(self._after(self.pace.failure), self._fall)
        channels = self._open_channels()
        if channels:
            channel = self.random.choice(channels)
            self._set_state(channel, self.inferred.error)
            outage = self.pace.shortest_outage + self._after(self.pace.outage)
            self._plan(outage, lambda: self._return(channel))

    def _return(self, channel: Item) -> None:
        if channel.get("_state") == self.inferred.error:
            self._set_state(channel, self.inferred.active)

    def _take(self, session: Item) -> None:
        operators = sorted(
            user
            for user in self.world.operators(self.world.line_of(session))
            if user != self.world.me
            and (self.world.find("users", user) or {}).get("presence") == self.inferred.online
        )
        if operators:
            operator = self.random.choice(operators)
            Actor(self.world, operator, self.inferred).assign_to_operator(session["__id"], operator)
            self._answer(session)

    def _hand_over(self, session: Item) -> None:
        self.world.say(
            session, None, {"body": self._choose(phrases.BOT_ANSWERS), "type": self.inferred.text_message}
        )
        values = {"_state": "Waiting", "_acceptedAt": self.world.time}
        self.world.change(session, None, values)

    def _talk(self, session: Item) -> None:
        # What the token's user holds is answered by the people who try the product, not by the simulation.
        held_by_us = session.get("_userId") == self.world.me
        messages = self.world.conversation(session)
        if messages and messages[-1].get("client") and not held_by_us:
            if self.random.random() < self.pace.closing:
                Actor(self.world, session["_userId"], self.inferred).close(session["__id"])
            else:
                self._answer(session)
        elif self.world.channel_of(session).get("_state") == self.inferred.active:
            clients = [self.world.find("clients", client) for client in session.get("_clients") or ()]
            for client in filter(None, clients[:1]):
                self._write(client, self._choose(phrases.FOLLOW_UPS))

    def _answer(self, session: Item) -> None:
        operator = session["_userId"]
        values = {"body": self._choose(phrases.ANSWERS), "operator": operator}
        self.world.say(session, operator, {**values, "type": self.inferred.text_message})

    def _write(self, client: Item, body: str) -> None:
        """A client writes: into the open session, or a finished one where those reopen, or a new one."""
        client["$wrote"] = True
        session = self._open_session(client) or self._reopened_session(client)
        self._speak(session or self._start_session(client, self._route(client)), client, body)

    def _speak(self, session: Item, client: Item, body: str) -> None:
        files = []
        if self.random.random() < 0.15:
            name, size = self.random.choice(phrases.FILES)
            files.append({"__id": f"{session['__id']}-{name}", "__name": name, "size": size})
        values = {"body": body, "client": client["__id"], "files": files}
        self.world.say(session, None, {**values, "type": self.inferred.text_message})

    def _route(self, client: Item) -> str:
        has_bot = self.world.line_of(self.world.channel_of(client)).get("$bot")
        return "AssignedToBot" if has_bot and self.random.random() < 0.5 else "Waiting"

    def _start_session(self, client: Item, state: str) -> Item:
        channel = self.world.channel_of(client)
        values = {
            "__name": client.get("__name"),
            "_state": state,
            "_priority": self.random.choices(("Low", "Medium", "High"), (1, 6, 2))[0],
            "_line": channel.get("_line"),
            "_channel": channel["__id"],
            "_clients": [client["__id"]],
            "_apps": [],
            "_acceptedAt": self.world.time,
        }
        session = self.world.add("sessions", None, values)
        self._attend_later(session)
        return session

    def _open_session(self, client: Item) -> Item | None:
        return next(filter(is_open, self._sessions_of(client)), None)

    def _reopened_session(self, client: Item) -> Item | None:
        if self.world.channel_of(client).get("_type") not in self.inferred.reopening:
            return None
        closed = [session for session in self._sessions_of(client) if session.get("_state") == "Closed"]
        if not closed:
            return None
        values = {"_state": "Waiting", "_userId": None, "_closedAt": None, "_acceptedAt": self.world.time}
        self.world.change(closed[-1], None, values)
        self._attend_later(closed[-1])
        return closed[-1]

    def _sessions_of(self, client: Item) -> list[Item]:
        return [
            each for each in self.world.items("sessions") if client["__id"] in (each.get("_clients") or ())
        ]

    def _idle_clients(self, channel: Item) -> list[Item]:
        talking = {
            client
            for session in self.world.items("sessions")
            if is_open(session)
            for client in session.get("_clients") or ()
        }
        clients = (each for each in self.world.items("clients") if each.get("_channel") == channel["__id"])
        return [client for client in clients if client["__id"] not in talking]

    def _make_client(self, channel: Item) -> Item:
        name = self._choose(phrases.CLIENTS)
        account = f"client{len(self.world.collections['clients']) + 1}"
        if channel.get("_type") == "inbox":
            account += "@example.com"
        values = {"__name": name, "_channel": channel["__id"], "_username": account, "$wrote": True}
        return self.world.add("clients", None, values)

    def _open_channels(self) -> list[Item]:
        return [each for each in self.world.items("channels") if each.get("_state") == self.inferred.active]

    def _set_state(self, channel: Item, state: str) -> None:
        self.world.change(channel, None, {"_state": state})
