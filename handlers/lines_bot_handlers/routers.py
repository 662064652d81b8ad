"""All routers in the order they are asked."""

from collections.abc import Sequence

from aiogram import Router

from lines_bot_handlers import (
    accounts,
    alerts,
    arrivals,
    assigning,
    audit,
    bulk,
    channels,
    choosing,
    clients,
    confirmations,
    disconnecting,
    errors,
    greeting,
    keys,
    mutes,
    people,
    privacy,
    queue,
    rules,
    sessions,
    statistics,
    talk,
)

_MODULES = (
    errors,
    bulk,
    disconnecting,
    channels,
    queue,
    statistics,
    sessions,
    assigning,
    talk,
    clients,
    audit,
    choosing,
    confirmations,
    alerts,
    arrivals,
    keys,
    mutes,
    rules,
    privacy,
    people,
    accounts,
    greeting,
)


def make_routers() -> Sequence[Router]:
    return [module.make_router() for module in _MODULES]
