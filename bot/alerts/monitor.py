"""One poll: one HTTP request to Lines, one step of the engine for every key, one transaction."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.alerts.engine import Condition, Level, step
from bot.alerts.incidents import Incidents, Update
from bot.alerts.observations import Sighting, observe, observe_blind
from bot.alerts.policy import Policy
from bot.company import Directory
from bot.lines import LinesError

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Poll:
    """How the last look at Lines ended; `trouble` is None when it was read."""

    at: datetime
    trouble: LinesError | None


class Monitor:
    """Looks at Lines and keeps the incidents true."""

    def __init__(
        self, directory: Directory, incidents: Incidents, policy: Policy, now: Callable[[], datetime]
    ) -> None:
        self._directory = directory
        self._incidents = incidents
        self._policy = policy
        self._now = now
        self.last: Poll | None = None

    async def poll(self) -> None:
        """Look once. Lines that cannot be read is an observation, not an error."""
        held, last_good = await self._incidents.load()
        try:
            company = await self._directory.read(timedelta(0))
        except LinesError as error:
            _log.warning("Lines cannot be read: %s", error)
            self.last = Poll(self._now(), error)
            sightings = observe_blind(str(error), held, self._policy)
        else:
            self.last = Poll(company.taken_at, None)
            sightings = observe(company, held, last_good, self._policy)
        updates = advance(held, sightings, self.last.at)
        await self._incidents.record(updates, self.last.at, good=self.last.trouble is None)


def advance(
    held: Mapping[str, Condition], sightings: Mapping[str, Sighting], now: datetime
) -> dict[str, Update]:
    """One reading of all keys: the updates for those that hold a condition before or after it."""
    updates: dict[str, Update] = {}
    for key, sighting in sightings.items():
        before = held.get(key)
        if before is None and sighting.observation.level not in (Level.BAD, Level.URGENT):
            continue
        after, change = step(before, sighting.observation, now, sighting.hold)
        updates[key] = Update(after, change, sighting.subject, after.since if after else None)
    return updates
