"""`python -m tests.chaos 500 [seed]`: so many kills, and the figures."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.trial import try_kills


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tally = asyncio.run(try_kills(kills, seed, Path(folder)))
    print(  # noqa: T201  # the figures
        f"{tally.kills} kills in {time.monotonic() - begun:.0f} s: {tally.breaks} breaks, "
        f"{tally.presses} taps, {tally.incidents} incidents, {tally.messages} messages, "
        f"{tally.reconnects} reconnects\n"
        f"incidents lost: {len(tally.lost)}\n"
        f"differs from the truth: {len(tally.untrue)}\n"
        f"duplicate messages: {tally.duplicates}\n"
        f"duplicate mutations: {tally.repeated_reconnects}"
    )
    for problem in (*tally.lost, *tally.untrue):
        print(problem)  # noqa: T201


if __name__ == "__main__":
    main()
