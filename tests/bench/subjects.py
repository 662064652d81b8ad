"""The measured bots: each is started as a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import lines, telegram
from tests.bench.sizes import PEOPLE

PRODUCT = "lines-bot"
BARE = "bare aiogram, tuned, without Lines"
NAIVE = "aiogram, one httpx request each"
PYTHON_TELEGRAM_BOT = "python-telegram-bot, likewise"
TELEBOT = "pyTelegramBotAPI, likewise"
MODULES = {
    PRODUCT: "tests.bench.product",
    BARE: "tests.bench.peers.bare_aiogram",
    NAIVE: "tests.bench.peers.naive_aiogram",
    PYTHON_TELEGRAM_BOT: "tests.bench.peers.python_telegram_bot",
    TELEBOT: "tests.bench.peers.telebot_async",
}
FOREIGN = {PYTHON_TELEGRAM_BOT: "telegram", TELEBOT: "telebot"}
_PATIENCE = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Subject:
    """A running bot, and what the kernel knows of it."""

    process: "subprocess.Popen[bytes]"
    folder: Path
    started: float

    @property
    def cpu(self) -> float:
        """Seconds of CPU so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def memory(self) -> float:
        """MiB of resident memory."""
        return read_memory(self.process.pid)

    def stop(self) -> Sequence[tuple[float, float]]:
        """End it; when its loop was stopped and for how long, as far as it noted that."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        noted = self.folder / "stops.json"
        return [(begun, length) for begun, length in json.loads(noted.read_text())] if noted.exists() else []


@dataclass(frozen=True)
class Place:
    """Where the bots find the servers, the message to send and room for their files."""

    telegram_url: str
    lines_url: str
    folder: Path
    peers: str | None = None

    def knows(self, name: str) -> bool:
        """Whether the bot can be started here."""
        if name not in FOREIGN:
            return True
        if self.peers is None:
            return False
        asked = [self.peers, "-c", f"import httpx, {FOREIGN[name]}"]
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0

    def start(self, name: str) -> Subject:
        python = self.peers if name in FOREIGN and self.peers else sys.executable
        (self.folder / "stops.json").unlink(missing_ok=True)
        with (self.folder / "log").open("ab") as log:
            started = time.monotonic()
            process = subprocess.Popen(
                [python, "-m", MODULES[name]], env=self._environment(), stdout=log, stderr=log
            )
        return Subject(process, self.folder, started)

    def prepare(self) -> Sequence[str]:
        """Make the product's memory anew; the references of the waiting sessions."""
        for file in self.folder.glob("bench.db*"):
            file.unlink()
        command = [sys.executable, "-m", MODULES[PRODUCT], "prepare"]
        made = subprocess.run(command, env=self._environment(), check=True, capture_output=True, text=True)
        return made.stdout.split()

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", str(Path.cwd())),
            "BENCH_STOPS": str(self.folder / "stops.json"),
            "BENCH_MESSAGE": str(self.folder / "message.json"),
            "BOT_TOKEN": telegram.TOKEN,
            "TELEGRAM_API_URL": self.telegram_url,
            "LINES_URL": self.lines_url,
            "LINES_TOKEN": lines.TOKEN,
            "LINES_RATE": "6000",
            "DATABASE_URL": f"sqlite+aiosqlite:///{self.folder / 'bench.db'}",
            "ADMINS": str(PEOPLE[0]),
            "ALERT_CHATS": str(PEOPLE[0]),
            "POLL_SECONDS": "600",
        }


def import_aiogram() -> tuple[float, float]:
    """Seconds and MiB of a process that imports aiogram and nothing else."""
    words = "import aiogram, os; print(open(f'/proc/{os.getpid()}/status').read())"
    begun = time.monotonic()
    told = subprocess.run([sys.executable, "-c", words], check=True, capture_output=True, text=True).stdout
    return time.monotonic() - begun, _find_memory(told)


def read_memory(process: int) -> float:
    return _find_memory(Path(f"/proc/{process}/status").read_text())


def _find_memory(status: str) -> float:
    line = next(each for each in status.splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
