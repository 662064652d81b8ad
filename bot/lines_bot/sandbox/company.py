"""A ready made company with a past of some hours, for the demo and for tests."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from lines_bot.sandbox.actor import Actor
from lines_bot.sandbox.fields import Item
from lines_bot.sandbox.rules import Inferred
from lines_bot.sandbox.simulation import Pace, Simulation
from lines_bot.sandbox.times import format_time
from lines_bot.sandbox.world import World

PAST = timedelta(hours=3)
QUEUE = 8
"""How many people have just written to the first line."""

# (name, groups of operators, has a bot)
LINES = (
    ("Shop", ("First line", "Ночная смена"), True),
    ("Поддержка", ("First line", "Вторая линия"), True),
    ("Опт / Wholesale", ("Sales",), False),
)
# (line, name, type). "vkontakte" stands for the codes that the vendor does not publish.
CHANNELS = (
    ("Shop", "Shop Telegram", "telegramBot"),
    ("Shop", "Shop Telegram 2", "telegramBot"),
    ("Shop", "Shop Instagram", "instagram"),
    ("Shop", "Чат на сайте", "livechat"),
    ("Shop", "orders@example.com", "inbox"),
    ("Поддержка", "Поддержка Telegram", "telegram"),
    ("Поддержка", "Поддержка Viber", "viberbot"),
    ("Поддержка", "Support portal", "support"),
    ("Поддержка", "Внутренние заявки", "internal"),
    ("Поддержка", "help@example.com", "inbox"),
    ("Опт / Wholesale", "Wholesale Telegram", "telegramBot"),
    ("Опт / Wholesale", "Опт Viber", "viberbot"),
    ("Опт / Wholesale", "Опт ВКонтакте", "vkontakte"),
    ("Опт / Wholesale", "Partner live chat", "livechat"),
)
BROKEN = "Shop Instagram"
DISCONNECTED = "Partner live chat"
# (name, e-mail, groups, online). The first is the user of the token.
USERS = (
    ("Support desk", "desk", ("First line", "Вторая линия", "Sales", "Ночная смена"), True),
    ("Анна Петрова", "a.petrova", ("First line",), True),
    ("Анна Петровская", "a.petrovskaya", ("First line",), True),
    ("Сергей Волков", "s.volkov", ("First line",), True),
    ("John Miller", "j.miller", ("First line", "Вторая линия"), True),
    ("Елена Соколова", "e.sokolova", ("Вторая линия",), True),
    ("Алексей Фролов", "a.frolov", ("Вторая линия",), False),
    ("Kate Brown", "k.brown", ("Sales",), True),
    ("Марат Сафин", "m.safin", ("Sales",), True),
    ("Peter Schmidt", "p.schmidt", ("Sales",), False),
    ("Юлия Карпова", "y.karpova", ("Ночная смена",), False),
    ("Denis O'Hara", "d.ohara", ("Ночная смена",), True),
)
APPS = ({"namespace": "_clients", "code": "_contacts"}, {"namespace": "shop", "code": "orders"})


def company(seed: int, now: datetime) -> World:
    """The same seed and time give the same company, to the last id."""
    random = Random(seed)
    world = World(_staff(random, now - PAST), seed)
    simulation = Simulation(world, random, Pace(first_failure=None))
    simulation.advance(now)
    simulation.flood(next(iter(world.collections["lines"])), QUEUE)
    *_, ours, spam = world.items("sessions")
    desk = next(world.items("users"))["__id"]
    Actor(world, desk).assign_to_operator(ours["__id"], desk)
    Actor(world, desk).mark_as_spam(spam["__id"])
    inferred = Inferred()
    for name, state in ((BROKEN, inferred.error), (DISCONNECTED, inferred.disconnected)):
        channel = next(each for each in world.items("channels") if each["__name"] == name)
        world.change(channel, None, {"_state": state})
    return world


def _staff(random: Random, founded: datetime) -> Item:
    """The company on its first day: lines, channels and people, nobody has written yet."""
    inferred = Inferred()

    def make(name: str, values: Item) -> Item:
        identifier = str(UUID(int=random.getrandbits(128), version=4))
        return {"__id": identifier, "__name": name, "__createdAt": format_time(founded), **values}

    users = {
        name: make(
            name,
            {"email": f"{mail}@example.com", "presence": inferred.online if online else inferred.offline},
        )
        for name, mail, _, online in USERS
    }
    groups = {
        group: make(
            group, {"$users": [users[name]["__id"] for name, _, member_of, _ in USERS if group in member_of]}
        )
        for group in dict.fromkeys(group for _, groups, _ in LINES for group in groups)
    }
    lines = {
        name: make(
            name,
            {"$operators": [groups[group]["__id"] for group in operators], "$bot": bot, "$apps": list(APPS)},
        )
        for name, operators, bot in LINES
    }
    channels = [
        make(name, {"_type": kind, "_state": inferred.active, "_line": lines[line]["__id"]})
        for line, name, kind in CHANNELS
    ]
    return {
        "now": format_time(founded),
        "me": users[USERS[0][0]]["__id"],
        "lines": list(lines.values()),
        "channels": channels,
        "users": list(users.values()),
        "userGroups": list(groups.values()),
    }
