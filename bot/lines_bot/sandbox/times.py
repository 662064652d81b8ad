"""The one form of time in the contract."""

import re
from datetime import UTC, datetime

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def format_time(time: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, the contract's one form; such strings sort by time."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """Raises ValueError for anything but RFC 3339 with a zone."""
    if not RFC_3339.fullmatch(text):
        raise ValueError(f"{text!r} is not an RFC 3339 time with a zone")
    return datetime.fromisoformat(text).astimezone(UTC)
