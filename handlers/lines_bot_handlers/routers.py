"""All routers in the order they are asked."""

from collections.abc import Sequence

from aiogram import Router

from lines_bot_handlers import (
    accounts,
    alert_subject_picker,
    alerts,
    assignment,
    audit,
    bulk,
    channels,
    clients,
    confirmations,
    disconnect,
    languages,
    membership,
    messages,
    mutes,
    people,
    privacy,
    queue,
    rules,
    session_picker,
    sessions,
    statistics,
    trials,
)
from lines_bot_handlers import (
    help as help_handlers,
)

_MODULES = (
    bulk,
    disconnect,
    channels,
    queue,
    statistics,
    sessions,
    assignment,
    messages,
    clients,
    audit,
    session_picker,
    confirmations,
    alerts,
    alert_subject_picker,
    mutes,
    rules,
    trials,
    privacy,
    languages,
    people,
    accounts,
    help_handlers,
)


def make_routers(*, standalone: bool) -> Sequence[Router]:
    """With `standalone` also those of a bot that is nothing else."""
    routers = [module.make_router() for module in _MODULES]
    if standalone:
        routers += [membership.make_router(), help_handlers.make_standalone_router()]
    return routers
