"""The image without Docker: `python -m tests.image ROOT` does each step of the Dockerfile in a Debian root.

ROOT is a folder made by
`mmdebstrap --variant=minbase --include=python3,python3-venv,python3-pip,ca-certificates bookworm ROOT`.
Then the bot runs there in `bwrap`, as the image's user and on a read-only root: its version, the demo until
its page answers, and `run` until the health check's address does.
"""

import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.process import ROOT

DOCKERFILE = ROOT / "deploy/Dockerfile"


def read_steps(text: str) -> Iterator[tuple[str, str]]:
    """Each instruction and what is said after it."""
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        if line and not line.startswith("#"):
            word, _space, rest = line.partition(" ")
            yield word, rest


class Image:
    """Both stages happen in one root; what `pip` of an image may do, Debian's must be told it may."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workdir = "/"
        self.environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "PIP_BREAK_SYSTEM_PACKAGES": "1",
        }
        self.user = "root"
        self.entrypoint: list[str] = []

    def build(self) -> None:
        for word, rest in read_steps(DOCKERFILE.read_text(encoding="utf-8")):
            print(word, rest, flush=True)  # noqa: T201
            match word:
                case "RUN":
                    self._run(rest)
                case "COPY" if not rest.startswith("--from"):
                    self._copy(rest.split())
                case "WORKDIR":
                    self.workdir = rest
                    (self.root / rest.strip("/")).mkdir(parents=True, exist_ok=True)
                case "ENV":
                    pairs = (pair.partition("=") for pair in rest.split())
                    self.environment |= {
                        name: value.replace("$PATH", self.environment["PATH"]) for name, _sign, value in pairs
                    }
                case "USER":
                    self.user = rest

    def enter(self, *command: str, **environment: str) -> list[str]:
        """The command that runs another one as the image's user, on a read-only root."""
        number = subprocess.run(
            ["chroot", self.root, "id", "-u", self.user], check=True, capture_output=True, text=True
        ).stdout.strip()
        variables = {**self.environment, **environment}
        return [
            *("setpriv", "--reuid", number, "--regid", number, "--clear-groups", "--no-new-privs", "bwrap"),
            *("--ro-bind", str(self.root), "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"),
            *(
                "--ro-bind",
                "/etc/resolv.conf",
                "/etc/resolv.conf",
                "--bind",
                str(self.root / "data"),
                "/data",
            ),
            *("--unshare-user", "--unshare-pid", "--die-with-parent", "--chdir", self.workdir, "--clearenv"),
            *(part for name, value in variables.items() for part in ("--setenv", name, value)),
            *command,
        ]

    def _run(self, command: str) -> None:
        inside = ["chroot", str(self.root), "sh", "-euc", f"cd {self.workdir}; {command}"]
        subprocess.run(inside, check=True, env=self.environment)

    def _copy(self, names: list[str]) -> None:
        *sources, target = names
        for name in sources:
            path = self.root / self.workdir.strip("/") / (target if (ROOT / name).is_dir() else name)
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, path, dirs_exist_ok=True)
            else:
                shutil.copy(ROOT / name, path)


def call(image: Image, *command: str, **environment: str) -> str:
    done = subprocess.run(image.enter(*command, **environment), capture_output=True, text=True, check=False)
    return f"{done.returncode} {done.stdout}{done.stderr}".strip()


def run_demo(image: Image) -> str:
    """The page's status, and how it ended."""
    process = subprocess.Popen(
        image.enter("lines-bot", "demo", "--port", "0"), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    address = re.findall(r"http://\S+", process.stdout.readline())[0]
    with urllib.request.urlopen(address) as page:
        status = page.status
    process.terminate()
    return f"page {status}, ended {process.wait()}"


def run_bot(image: Image, settings: Mapping[str, str]) -> str:
    """What the image's health check says of a bot that runs."""
    check = next(rest for word, rest in read_steps(DOCKERFILE.read_text()) if word == "HEALTHCHECK")
    code = re.findall(r'"-c", "(.+)"\]', check)[0].replace("/healthz", "/metrics")
    process = subprocess.Popen(image.enter("lines-bot", "run", **settings), stderr=subprocess.DEVNULL)
    told = ""
    for _ in range(60):
        time.sleep(1)
        told = call(image, "python", "-c", code)
        if told == "0":
            break
    process.terminate()
    return f"metrics {told[-60:]}, ended {process.wait()}"


def main() -> None:
    image = Image(Path(sys.argv[1]).resolve())
    image.build()
    nowhere = "http://127.0.0.1:1/"
    settings = {
        "BOT_TOKEN": "1:a",
        "LINES_TOKEN": "b",
        "LINES_URL": nowhere,
        "TELEGRAM_API_URL": nowhere,
        "ADMINS": "1",
        "ALERT_CHATS": "1",
    }
    told = {
        "version": call(image, "lines-bot", "--version"),
        "user": call(image, "python", "-c", "import os; print(os.getuid())"),
        "writes elsewhere": call(image, "python", "-c", "open('/opt/lines-bot/x', 'w')")[-60:],
        "demo": run_demo(image),
        "run": run_bot(image, settings),
    }
    for name, words in told.items():
        print(f"{name}: {words}")  # noqa: T201


if __name__ == "__main__":
    main()
