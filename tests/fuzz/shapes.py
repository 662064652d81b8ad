"""Bodies of every type of the Bot API, by chance: right in shape at first, then broken somewhere."""

import types
from datetime import datetime, timedelta
from random import Random
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

Body = dict[str, Any]

_TEXTS = (
    *(
        "",
        " ",
        "\x00",
        "\u202e\u200b\u2066",
        "🙂" * 40,
        "e\u0301" * 30,
        "\ud800",
        "ﷺ" * 50,
        "％２０",
        "\n\x1b[31mERROR\r",
    ),
    *(
        "<b>",
        "' OR 1=1 --",
        "%s %d {0} {name}",
        "/",
        "/help",
        "@" * 70,
        "x" * 5000,
        "None",
        "null",
        "İıẞ",
        "#ffffff",
    ),
)
_NUMBERS = (0, -1, 1, 2**31, -(2**31), 2**52, 2**63 - 1, 2**63, -(2**63), 2**64 + 1, 10**40, -(10**300))
_DEEPEST = 4
_DEEP = 60


class Forge:
    """Makes bodies of a type of aiogram and breaks them, as its random numbers say."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def make(self, model: type[BaseModel], depth: int = 0) -> Body:
        """Everything that is required, and some of the rest."""
        share = (0.25, 0.12, 0.05, 0.0)[min(depth, 3)]
        return {
            field.alias or name: self.fill(field.annotation, depth + 1)
            for name, field in model.model_fields.items()
            if field.is_required() or get_origin(field.annotation) is Literal or self.random.random() < share
        }

    def fill(self, annotation: Any, depth: int = 0) -> Any:
        """A value of a field's type, as JSON has it."""
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return self.fill(arguments[0], depth)
        if origin in (Union, types.UnionType):
            return self.fill(
                self.random.choice([each for each in arguments if each is not type(None)]), depth
            )
        if origin is Literal:
            return self.random.choice(arguments)
        if origin is list:
            count = self.random.choice((0, 1, 1, 2)) if depth < _DEEPEST else 0
            return [self.fill(arguments[0], depth) for _ in range(count)]
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return self.make(annotation, depth)
        return self._fill_plain(annotation)

    def _fill_plain(self, annotation: Any) -> Any:
        if annotation is bool:
            return self.random.random() < 0.5
        if annotation in (int, datetime, timedelta):
            return self.random.choice((0, 1, 101, -1001, self.random.randrange(2**31)))
        if annotation is float:
            return self.random.uniform(-180, 180)
        return self.random.choice(("shop", "private", "Ольга", "user", "2026", "active", "🙂"))

    def find_odd(self) -> Any:
        """A value that hardly any field expects."""
        deep: Any = self.random.choice(([], {}, "deep"))
        for _ in range(_DEEP):
            deep = self.random.choice(([deep], {"reply_to_message": deep}, {"a": deep}))
        odd = (None, True, 0.5, -0.0, 1e308, [], {}, [None], [[]], {"id": None}, deep)
        return self.random.choice(
            (self.random.choice(odd), self.find_odd_text(), self.random.choice(_NUMBERS))
        )

    def find_odd_text(self) -> str:
        return self.random.choice(_TEXTS)

    def break_somewhere(self, body: Any) -> None:
        """Take away, replace, move or add one thing at any depth of a body."""
        places = list(_list_places(body))
        if not places:
            return
        inside, key = self.random.choice(places)
        match self.random.randrange(6):
            case 0:
                del inside[key]
            case 1:
                inside[key] = [inside[key]]
            case 2 if isinstance(inside, dict):
                inside[self.find_odd_text()] = self.find_odd()
            case 3:
                inside[key] = str(inside[key])
            case _:
                inside[key] = self.find_odd()


def _list_places(body: Any) -> list[tuple[Any, Any]]:
    """Each value inside, by what holds it and its key there."""
    places: list[tuple[Any, Any]] = []
    left = [body]
    while left:
        inside = left.pop()
        keys = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
        places += [(inside, key) for key in keys]
        left += [inside[key] for key in keys if isinstance(inside[key], dict | list)]
    return places
