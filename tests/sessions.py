"""A session to tell about: one of the shop, whose client is like nobody else."""

from lines_bot.sandbox.fields import Item
from tests.driver import Message
from tests.story import Story

CLIENT = "Zoya Unlike Others"


def take_session(story: Story, state: str = "Waiting") -> Item:
    """A session in a channel of the shop that lets everything be done with it."""
    world = story.servers.simulation.world
    session = story.sessions("Waiting")[0]
    client = world.add("clients", None, {"__name": CLIENT, "_username": "zoya", "$wrote": True})
    client["_channel"] = session["_channel"] = story.channel("Shop Telegram")["__id"]
    session.update(_line=story.line("Shop")["__id"], _clients=[client["__id"]], _state=state)
    for message in world.conversation(session):
        if message.get("client"):
            message["client"] = client["__id"]
    return session


async def ask_about(story: Story, command: str, rest: str = "") -> Message:
    """The lead's command about that client, in the team's chat."""
    return await story.ask(story.lead, f"/{command} {CLIENT} {rest}".strip(), story.team)
