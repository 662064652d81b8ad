"""What may not be said, or only without a sound, at one moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lines_bot.alerts.families import list_muting_keys
from lines_bot.alerts.incidents import Incident
from lines_bot.alerts.mutes import Mute, Mutes, Window, WindowKind, find_mute
from lines_bot.clock import Clock


@dataclass(frozen=True)
class Suppression:
    """What is muted, and which chats are quiet or in maintenance."""

    mutes: Mapping[str, Mute]
    windows: Sequence[Window]
    now: datetime
    zone: ZoneInfo

    def is_quiet(self, chat: int) -> bool:
        return self._covers(chat, WindowKind.QUIET)

    def suppresses(self, incident: Incident, chat: int) -> bool:
        """Whether nothing new may be said about it there."""
        is_muted = find_mute(incident.key, self.mutes) is not None
        return is_muted or self._covers(chat, WindowKind.MAINTENANCE)

    def list_windows(self, chat: int) -> list[Window]:
        """The windows of a chat that are in force."""
        return [each for each in self.windows if each.chat == chat and each.covers(self.now, self.zone)]

    def _covers(self, chat: int, kind: WindowKind) -> bool:
        return any(each.kind is kind for each in self.list_windows(chat))


class SuppressionReader:
    """Reads what is suppressed now, and ends the mutes that waited for something to be well."""

    def __init__(self, mutes: Mutes, clock: Clock) -> None:
        self._mutes = mutes
        self._clock = clock

    async def read(self) -> Suppression:
        now = self._clock.now()
        return Suppression(
            await self._mutes.list(now), await self._mutes.list_windows(), now, self._clock.zone
        )

    async def end_mutes(self, suppression: Suppression, opened: Iterable[Incident]) -> None:
        """End every mute without a time that covers nothing of what is open."""
        waiting = {key for key, mute in suppression.mutes.items() if mute.until is None}
        if over := waiting - {key for each in opened for key in list_muting_keys(each.key)}:
            await self._mutes.end_until_well(over)
