"""What a measured process tells of itself, with nothing but the standard library."""

import asyncio
import json
import os
import time
from pathlib import Path

_EVERY = 0.002
_LEAST = 0.005


async def note_stops() -> None:
    """Note each time that the loop was stopped, until cancelled; then write down begins and lengths.

    Seconds of the monotonic clock, which all processes share.
    """
    stops: list[tuple[float, float]] = []
    try:
        while True:
            begun = time.monotonic()
            await asyncio.sleep(_EVERY)
            stopped = time.monotonic() - begun - _EVERY
            if stopped >= _LEAST:
                stops.append((begun, stopped))
    finally:
        _keep(stops)


def _keep(stops: list[tuple[float, float]]) -> None:
    Path(os.environ["BENCH_STOPS"]).write_text(json.dumps(stops))
