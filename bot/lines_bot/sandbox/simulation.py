"""Life in a company: clients write, operators answer, channels fall and return."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from lines_bot.sandbox import phrases
from lines_bot.sandbox.actor import Actor, is_open
from lines_bot.sandbox.fields import Item
from lines_bot.sandbox.rules import Inferred
from lines_bot.sandbox.visitors import Visitors
from lines_bot.sandbox.world import World


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
        self._visitors = Visitors(world, random, self.inferred)
        self._agenda: list[Event] = []
        self._number = 0
        self._attended: set[str] = set()
        self._plan(self._after(self.pace.arrival), self._arrive)
        if self.pace.first_failure is not None:
            self._plan(self.pace.first_failure, self._fall)

    def advance(self, to: datetime) -> None:
        """Let everything happen that happens until `to`. The world's time never turns back."""
        self._notice_sessions()
        while self._agenda and self._agenda[0].time <= to:
            event = heapq.heappop(self._agenda)
            self.world.now = max(self.world.now, event.time)
            event.happen()
        self.world.now = max(self.world.now, to)

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
            self._attend_later(self._visitors.queue_up(self.random.choice(channels)))

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

    def _notice_sessions(self) -> None:
        """Sessions may have been opened from outside since the last time."""
        for session in self.world.items("sessions"):
            if is_open(session):
                self._attend_later(session)

    def _attend_later(self, session: Item) -> None:
        if session["__id"] in self._attended:
            return
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
            self._attend_later(self._visitors.arrive(self.random.choice(channels)))

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
        self._say(session, None, phrases.BOT_ANSWERS)
        self.world.change(session, None, {"_state": "Waiting", "_acceptedAt": self.world.time})

    def _talk(self, session: Item) -> None:
        operator = session.get("_userId")
        messages = self.world.conversation(session)
        if messages and messages[-1].get("client"):
            # What the token's user holds is for the people who try the product to answer.
            if operator in (None, self.world.me):
                self._write_again(session)
            elif self.random.random() < self.pace.closing:
                Actor(self.world, operator, self.inferred).close(session["__id"])
            else:
                self._answer(session)
        else:
            self._write_again(session)

    def _write_again(self, session: Item) -> None:
        client = self.world.find("clients", next(iter(session.get("_clients") or ()), None))
        if client and self.world.channel_of(session).get("_state") == self.inferred.active:
            self._visitors.write(client, phrases.FOLLOW_UPS)

    def _answer(self, session: Item) -> None:
        self._say(session, session["_userId"], phrases.ANSWERS)

    def _say(self, session: Item, operator: str | None, sentences: tuple[str, ...]) -> None:
        values = {"body": self.random.choice(sentences), "operator": operator}
        self.world.say(session, operator, {**values, "type": self.inferred.text_message})

    def _open_channels(self) -> list[Item]:
        return [each for each in self.world.items("channels") if each.get("_state") == self.inferred.active]

    def _set_state(self, channel: Item, state: str) -> None:
        self.world.change(channel, None, {"_state": state})
