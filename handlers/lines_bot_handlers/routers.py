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
    errors,
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
    errors,
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
    membership,
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


def make_routers() -> Sequence[Router]:
    return [module.make_router() for module in _MODULES]
