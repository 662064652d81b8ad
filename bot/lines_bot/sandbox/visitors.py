"""The clients' side of the simulated company: who writes, through what, and into which session."""

from random import Random

from lines_bot.sandbox import phrases
from lines_bot.sandbox.actor import is_open
from lines_bot.sandbox.fields import Item
from lines_bot.sandbox.rules import Inferred
from lines_bot.sandbox.world import World


class Visitors:
    def __init__(self, world: World, random: Random, inferred: Inferred) -> None:
        self.world = world
        self.random = random
        self.inferred = inferred

    def arrive(self, channel: Item) -> Item:
        """Somebody new, or somebody who wrote here before, has a question; returns the session."""
        known = [each for each in self.world.items("clients") if each.get("_channel") == channel["__id"]]
        returning = known and self.random.random() < 0.5
        client = self.random.choice(known) if returning else self._make_client(channel)
        return self.write(client, phrases.QUESTIONS)

    def queue_up(self, channel: Item) -> Item:
        """Somebody new writes and waits, whatever bot the line has; returns the session."""
        client = self._make_client(channel)
        session = self._start_session(client, "Waiting")
        self._speak(session, client, phrases.QUESTIONS)
        return session

    def write(self, client: Item, sentences: tuple[str, ...]) -> Item:
        """A client writes: into the open session, or a closed one where those reopen, or a new one."""
        client["$wrote"] = True
        sessions = [
            each for each in self.world.items("sessions") if client["__id"] in (each.get("_clients") or ())
        ]
        session = next(filter(is_open, sessions), None) or self._reopened(client, sessions)
        session = session or self._start_session(client, self._route(client))
        self._speak(session, client, sentences)
        return session

    def _speak(self, session: Item, client: Item, sentences: tuple[str, ...]) -> None:
        files = []
        if self.random.random() < 0.15:
            name, size = self.random.choice(phrases.FILES)
            files.append({"__id": f"{session['__id']}-{name}", "__name": name, "size": size})
        values = {"body": self.random.choice(sentences), "client": client["__id"], "files": files}
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
        return self.world.add("sessions", None, values)

    def _reopened(self, client: Item, sessions: list[Item]) -> Item | None:
        closed = [session for session in sessions if session.get("_state") == "Closed"]
        if not closed or self.world.channel_of(client).get("_type") not in self.inferred.reopening:
            return None
        values = {"_state": "Waiting", "_userId": None, "_closedAt": None, "_acceptedAt": self.world.time}
        self.world.change(closed[-1], None, values)
        return closed[-1]

    def _make_client(self, channel: Item) -> Item:
        name = self.random.choice(phrases.CLIENTS)
        account = f"client{len(self.world.collections['clients']) + 1}"
        if channel.get("_type") == "inbox":
            account += "@example.com"
        values = {"__name": name, "_channel": channel["__id"], "_username": account, "$wrote": True}
        return self.world.add("clients", None, values)
