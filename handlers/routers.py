"""All routers in the order they are asked."""

from collections.abc import Sequence

from aiogram import Router

from handlers import alerts, channels, errors, greeting, mutes, people, queue, rules, sessions


def make_routers() -> Sequence[Router]:
    return [
        module.make_router()
        for module in (errors, channels, queue, sessions, alerts, mutes, rules, people, greeting)
    ]
