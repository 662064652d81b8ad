"""`python -m tests.bench`: measure the bot between two fast servers, beside its peers; see README.md."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.bench import http_server
from tests.bench.lines import Lines, make_company
from tests.bench.scenarios import Figures, Trial, import_only
from tests.bench.subjects import BARE, MODULES, PRODUCT, Place
from tests.bench.table import IMPORT, write_table
from tests.bench.telegram import Telegram


async def measure(rounds: int, peers: str | None, few: bool) -> str:
    """The table of so many rounds; the product goes first, for its message is what the others send."""
    telegram, lines = Telegram(), Lines(make_company())
    telegram_server, telegram_url = await http_server.listen(telegram.serve)
    lines_server, lines_url = await http_server.listen(lines.serve)
    with tempfile.TemporaryDirectory() as folder:
        place = Place(telegram_url, lines_url, Path(folder), peers)
        names = [name for name in MODULES if place.knows(name) and (not few or name in (PRODUCT, BARE))]
        found: dict[str, list[Figures]] = {name: [] for name in (*names, IMPORT)}
        for number in range(rounds):
            found[IMPORT].append(dict(await asyncio.to_thread(import_only)))
            sessions = await asyncio.to_thread(place.prepare)
            for name in names:
                sys.stderr.write(f"round {number + 1}: {name}\n")
                found[name].append(await Trial(name, place, telegram, lines, sessions).run())
    telegram_server.close()
    lines_server.close()
    return write_table(found, [name for name in MODULES if name not in names])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", help="a Python that has python-telegram-bot, pyTelegramBotAPI and httpx")
    parser.add_argument("--few", action="store_true", help="only the product and bare aiogram")
    given = parser.parse_args()
    sys.stdout.write(asyncio.run(measure(given.rounds, given.peers, given.few)))


if __name__ == "__main__":
    main()
