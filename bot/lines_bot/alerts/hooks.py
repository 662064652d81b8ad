"""Others who hear of alerts, each at their own pace: one that fails or is slow harms nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lines_bot.alerts.incidents import Incident, Incidents

_log = logging.getLogger(__name__)
_LONGEST = 30.0
_MOST_WAITING = 1000


class AlertEvent(StrEnum):
    OPENED = "opened"
    CHANGED = "changed"
    ENDED = "ended"


AlertHook = Callable[[AlertEvent, Incident], Awaitable[object]]


@dataclass(frozen=True)
class _Listener:
    hook: AlertHook
    waiting: asyncio.Queue[tuple[AlertEvent, Incident]]


class AlertHooks:
    """Compares what is open with what was open at the look before; what changed meanwhile is told once.

    A hook has 30 seconds for an event, and loses those that come while a thousand wait for it. What begins
    or ends while the process is away is not told.
    """

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents
        self._listeners: list[_Listener] = []
        self._known: Mapping[int, Incident] | None = None

    def add(self, hook: AlertHook) -> None:
        self._listeners.append(_Listener(hook, asyncio.Queue(_MOST_WAITING)))

    async def tell(self) -> None:
        """Tell everyone what is new. Raises DatabaseTrouble."""
        if not self._listeners:
            return
        known, now = self._known, {each.id: each for each in await self._incidents.list_open()}
        self._known = now
        if known is None:
            return
        for each in now.values():
            if each.id not in known:
                self._send(AlertEvent.OPENED, each)
            elif each != known[each.id]:
                self._send(AlertEvent.CHANGED, each)
        for gone in known.keys() - now.keys():
            self._send(AlertEvent.ENDED, await self._incidents.get(gone))

    async def run(self) -> None:
        """Call the hooks until cancelled."""
        async with asyncio.TaskGroup() as group:
            for listener in self._listeners:
                group.create_task(_call(listener))

    def _send(self, event: AlertEvent, incident: Incident) -> None:
        for listener in self._listeners:
            try:
                listener.waiting.put_nowait((event, incident))
            except asyncio.QueueFull:
                _log.error("%s is too slow: it does not hear of incident %d", listener.hook, incident.id)


async def _call(listener: _Listener) -> None:
    while True:
        event, incident = await listener.waiting.get()
        try:
            async with asyncio.timeout(_LONGEST):
                await listener.hook(event, incident)
        except Exception:
            _log.exception("%s failed at incident %d, which %s", listener.hook, incident.id, event)
