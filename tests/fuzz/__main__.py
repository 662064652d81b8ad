"""`python -m tests.fuzz updates 3000 [seed]`: so many odd updates, and the figures; `answers` the same."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.answers import try_answers
from tests.fuzz.updates import try_updates

TRIALS = {"updates": try_updates, "answers": try_answers}


def main() -> None:
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tally = asyncio.run(TRIALS[sys.argv[1]](count, seed, Path(folder)))
    print(f"{time.monotonic() - begun:.0f} s, seed {seed}: {tally}")  # noqa: T201  # the figures


if __name__ == "__main__":
    main()
