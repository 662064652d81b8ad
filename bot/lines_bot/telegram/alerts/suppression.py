"""What may not be said, or only without a sound, at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lines_bot.alerts.incidents import Incident
from lines_bot.alerts.mutes import Mute, Window, WindowKind


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
        return incident.key in self.mutes or self._covers(chat, WindowKind.MAINTENANCE)

    def _covers(self, chat: int, kind: WindowKind) -> bool:
        return any(
            each.chat == chat and each.kind is kind and each.covers(self.now, self.zone)
            for each in self.windows
        )
