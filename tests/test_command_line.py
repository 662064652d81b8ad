"""The real process: what it prints, how it ends, and that no secret leaves it."""

import asyncio
import re
import signal
import socket
import sqlite3
import sys
import tomllib
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from aiogram.methods import GetUpdates
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import HttpUrl, SecretStr

from lines_bot.check import Finding, check
from lines_bot.demo import make_settings, make_token
from lines_bot.sandbox import embedded
from lines_bot.sandbox.embedded import BOT_TOKEN, LINES_TOKEN, TEAM, Embedded
from lines_bot.sandbox.faults import Fault
from lines_bot.settings import AlertTarget, Listen
from tests.driver import open_driver
from tests.leaks import find_secrets
from tests.process import ROOT, SOURCES, describe_process
from tests.proxies import Admit, admit_http, admit_socks, hang_up, open_proxy

CANARIES = (BOT_TOKEN, BOT_TOKEN.partition(":")[2], LINES_TOKEN, "canary")
LOST = -100500
FORUM = -1002


@asynccontextmanager
async def start(folder: Path, *arguments: str, **environment: str) -> AsyncIterator[Process]:
    """`lines-bot …` in an empty folder and an environment of nothing but what is given."""
    command = (sys.executable, "-m", "lines_bot", *arguments)
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env={"PYTHONPATH": SOURCES, **environment}, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def read(process: Process) -> tuple[int | None, str, str]:
    """The exit code, stdout and stderr of a process that ends by itself; no secret stands in them."""
    out, err = await process.communicate()
    assert find_secrets(CANARIES, {"stdout": out, "stderr": err}) == {}
    return process.returncode, out.decode(), err.decode()


async def end(process: Process) -> tuple[int | None, str, str]:
    """What is to be read of a process that ends within ten seconds."""
    async with asyncio.timeout(10):
        return await read(process)


async def run(folder: Path, *arguments: str, **environment: str) -> tuple[int | None, str, str]:
    async with start(folder, *arguments, **environment) as process:
        return await read(process)


@pytest.fixture
async def servers() -> AsyncIterator[Embedded]:
    async with embedded.serve() as opened:
        opened.telegram.chats.add_group(FORUM, "Forum", is_forum=True)
        yield opened


async def test_help_names_every_command(tmp_path: Path) -> None:
    code, out, _err = await run(tmp_path, "--help")
    assert code == 0
    named = re.findall(r"^│ (\w+) ", out, re.MULTILINE)
    living = ["demo", "bridge", "settings", "check", "probe", "run"]
    assert named == [*living, "backup", "restore", "move", "forget", "sandbox"]


async def test_the_version_is_that_of_the_project(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert await run(tmp_path, "--version") == (0, f"lines-bot {project['version']}\n", "")


async def test_what_settings_prints_is_the_example_and_begins_a_file(tmp_path: Path) -> None:
    code, out, err = await run(tmp_path, "settings")
    assert (code, err) == (0, "")
    assert out == (ROOT / ".env.example").read_text()
    (tmp_path / ".env").write_text(out)
    code, _out, err = await run(tmp_path, "check")
    missing = {line.split()[0] for line in err.splitlines()}
    assert (code, missing) == (2, {"BOT_TOKEN", "LINES_URL", "LINES_TOKEN", "ADMINS", "ALERT_CHATS"})


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
async def test_shells_complete_the_commands(tmp_path: Path, shell: str) -> None:
    code, out, err = await run(tmp_path, "--show-completion", shell)
    assert (code, err) == (0, "")
    assert "complete" in out


async def test_without_settings_the_bot_says_which_are_missing_and_ends(tmp_path: Path) -> None:
    for command in ("run", "check"):
        code, out, err = await run(tmp_path, command, LINES_TOKEN="canary")
        assert code == 2
        assert [line.split()[0] for line in err.splitlines()] == [
            "BOT_TOKEN",
            "LINES_URL",
            "ADMINS",
            "ALERT_CHATS",
        ]
        assert out == ""


async def test_the_module_goes_to_stdout_and_the_steps_to_stderr(tmp_path: Path) -> None:
    code, out, err = await run(tmp_path, "bridge")
    assert code == 0
    assert out.strip() == (ROOT / "bot/lines_bot/lines/bridge.ts").read_text().strip()
    assert err.strip() == (ROOT / "bot/lines_bot/lines/bridge_steps.txt").read_text().strip()


class Watched(asyncio.Event):
    """An event that tells when somebody gave up waiting for it."""

    def __init__(self) -> None:
        super().__init__()
        self.abandoned = asyncio.Event()

    async def wait(self) -> bool:  # type: ignore[override]  # the stub says Literal[True]
        try:
            return await super().wait()
        except asyncio.CancelledError:
            self.abandoned.set()
            raise


async def test_a_handler_that_runs_ends_its_work_when_the_bot_is_stopped(
    servers: Embedded, tmp_path: Path
) -> None:
    faults = servers.telegram.faults
    async with (
        open_driver(servers.telegram.url) as driver,
        # Nobody reads what it prints before its end: a full pipe would stop it.
        start(tmp_path, "run", **describe_process(servers, tmp_path) | {"LOG_LEVEL": "INFO"}) as process,
    ):
        await servers.telegram.chats.updates.polled.wait()
        servers.lines.faults.inject(Fault.SLOW, times=1, method="channels.reconnect")
        team = driver.chat("Support team")
        await driver.person("admin").send("/reconnect Shop Instagram", team)
        while not any("channels.reconnect" in each.methods for each in servers.lines.requests):
            await servers.lines.wait_for_requests(len(servers.lines.requests) + 1)
        hold = faults.hang(GetUpdates)
        hold.released = released = Watched()
        # What it listens with now ends by this, and what it listens with next is watched.
        await driver.person("viewer").send("/help", team)
        await hold.arrived.wait()
        process.send_signal(signal.SIGTERM)
        await released.abandoned.wait()
        servers.lines.faults.release()
        code, _out, err = await end(process)
        assert code == 0, err
        assert "Traceback" not in err
        await driver.wait(lambda: any("is back" in each.text for each in team.answers), "the end")
        assert len(servers.telegram.chats.updates) == 0
        assert find_secrets(CANARIES, {"chats": driver.describe().encode()}) == {}


async def test_a_refused_bot_token_is_told_in_a_sentence(servers: Embedded, tmp_path: Path) -> None:
    settings = describe_process(servers, tmp_path) | {
        "BOT_TOKEN": "1:canary-of-the-bot",
        "LOG_LEVEL": "WARNING",
    }
    code, _out, err = await run(tmp_path, "run", **settings)
    assert code == 2
    assert err == "BOT_TOKEN is refused by Telegram: copy it again from @BotFather.\n"


async def test_an_unusable_database_is_told_in_a_sentence(servers: Embedded, tmp_path: Path) -> None:
    address = "postgresql+asyncpg://user:canary@127.0.0.1:1/database"
    settings = describe_process(servers, tmp_path) | {"DATABASE_URL": address}
    code, _out, err = await run(tmp_path, "run", **settings)
    assert code == 2
    assert re.fullmatch(r"DATABASE_URL cannot be used: .+\.", err.splitlines()[-1])
    assert "Traceback" not in err


async def test_check_finds_good_settings_good(servers: Embedded, tmp_path: Path) -> None:
    code, out, _err = await run(tmp_path, "check", **describe_process(servers, tmp_path))
    assert code == 0, out
    named = [re.fullmatch(r"ok   (\w+): .+", line) for line in out.splitlines()]
    assert [match and match[1] for match in named] == [
        "DATABASE_URL",
        "BOT_TOKEN",
        "CHATS",
        "ALERT_CHATS",
        "LINES_URL",
        "LINES_TOKEN",
    ]


async def test_check_names_what_fails_and_says_what_to_do(servers: Embedded, tmp_path: Path) -> None:
    settings = describe_process(servers, tmp_path) | {
        "LINES_TOKEN": "canary-of-lines",
        "CHATS": f"{TEAM},{LOST}",
    }
    code, out, _err = await run(tmp_path, "check", **settings)
    assert code == 1
    failed = [line.removeprefix("FAIL ") for line in out.splitlines() if line.startswith("FAIL ")]
    lost, token = failed
    assert lost.startswith(f"CHATS: {LOST}: ")
    assert lost.endswith("chat not found; add the bot to the chat, or correct the id")
    assert token == "LINES_TOKEN: Lines refuses it: make a new token for the module and copy it"


async def list_failures(
    servers: Embedded, folder: Path, *, deadline: float = 1, **changes: object
) -> Mapping[str, str]:
    settings = make_settings(servers, folder).model_copy(update=changes)
    findings: list[Finding] = [finding async for finding in check(settings, deadline)]
    told = "\n".join(finding.words for finding in findings)
    assert find_secrets(CANARIES, {"findings": told.encode()}) == {}
    return {finding.name: finding.words for finding in findings if not finding.is_good}


async def test_check_names_a_refused_bot_token_and_still_looks_at_lines(
    servers: Embedded, tmp_path: Path
) -> None:
    servers.lines.faults.inject(Fault.HTML)
    failed = await list_failures(servers, tmp_path, bot_token=SecretStr("1:canary-of-the-bot"))
    assert failed["BOT_TOKEN"] == "Telegram refuses it: copy it again from @BotFather"
    assert "text/html instead of JSON" in failed["LINES_URL"]


async def test_check_sends_a_test_alert_to_each_chat_of_alerts_where_it_is_asked_to(
    servers: Embedded, tmp_path: Path
) -> None:
    settings = make_settings(servers, tmp_path).model_copy(
        update={"alert_chats": (AlertTarget(TEAM), AlertTarget(-1009))}
    )
    findings = [each async for each in check(settings, 1, send_alerts=True) if "test alert" in each.words]
    assert [(each.mark, each.words.partition(" a test alert ")[0]) for each in findings] == [
        ("ok", f"{TEAM}:"),
        ("FAIL", "-1009:"),
    ]
    told = [message.text or "" for message in servers.telegram.chats.chats[TEAM].messages.values()]
    assert any("Nothing is wrong. lines-bot check is testing" in text for text in told)


async def test_check_names_a_topic_that_is_not_there_and_what_to_do(
    servers: Embedded, tmp_path: Path
) -> None:
    failed = await list_failures(servers, tmp_path, chats=frozenset(), alert_chats=(AlertTarget(FORUM, 77),))
    assert failed["ALERT_CHATS"].startswith(f"{FORUM}:77: ")
    assert failed["ALERT_CHATS"].endswith("message thread not found; correct the topic, or leave it out")


async def test_check_names_a_chat_the_bot_was_thrown_out_of(servers: Embedded, tmp_path: Path) -> None:
    chats = servers.telegram.chats
    servers.telegram.people.kick_bot(chats.chats[TEAM], chats.persons[105])
    failed = await list_failures(servers, tmp_path)
    assert "kicked" in failed["CHATS"]
    assert "add the bot to the chat" in failed["CHATS"]


async def test_check_names_addresses_where_nobody_answers(servers: Embedded, tmp_path: Path) -> None:
    nowhere = HttpUrl("http://127.0.0.1:1/")
    # Long enough for a busy machine to be refused at least once.
    failed = await list_failures(servers, tmp_path, deadline=4, lines_url=nowhere, telegram_api_url=nowhere)
    assert failed["TELEGRAM_API_URL"].startswith("Telegram cannot be reached: ")
    assert re.search("cannot be reached|did not answer", failed["LINES_URL"])
    assert "Compare it with the API method's address" in failed["LINES_URL"]


@pytest.mark.parametrize(("scheme", "admit"), [("socks5", admit_socks), ("http", admit_http)])
async def test_check_goes_through_the_proxy_of_the_settings(
    servers: Embedded, tmp_path: Path, scheme: str, admit: Admit
) -> None:
    async with open_proxy(scheme, admit) as proxy:
        assert await list_failures(servers, tmp_path, telegram_proxy=proxy.address()) == {}
        assert proxy.carried > 0


@pytest.mark.parametrize(
    ("scheme", "admit", "reason"),
    [
        ("socks5", admit_socks, "Username and password authentication failure"),
        ("http", admit_http, "407 Proxy Authentication Required"),
        ("socks5", hang_up, "it hung up before it answered"),
    ],
)
async def test_check_names_a_proxy_that_refuses_and_nothing_else(
    servers: Embedded, tmp_path: Path, scheme: str, admit: Admit, reason: str
) -> None:
    async with open_proxy(scheme, admit) as proxy:
        failed = await list_failures(servers, tmp_path, telegram_proxy=proxy.address("canary-of-another"))
    told = f"Telegram cannot be reached through it: {reason}; correct its address, user or password"
    assert failed == {"TELEGRAM_PROXY": told}


async def test_a_proxy_that_is_down_is_told_in_a_sentence_and_tried_again(
    servers: Embedded, tmp_path: Path
) -> None:
    async with open_proxy() as proxy:
        await proxy.stop()
        address = proxy.address().get_secret_value()
        settings = describe_process(servers, tmp_path) | {"TELEGRAM_PROXY": address, "LOG_LEVEL": "WARNING"}
        code, out, err = await run(tmp_path, "check", **settings)
        assert code == 1
        assert re.search(r"^FAIL TELEGRAM_PROXY: .+Couldn't connect to proxy 127.+", out, re.MULTILINE)
        assert err == ""
        async with start(tmp_path, "run", **settings) as process:
            assert process.stderr is not None
            told = await process.stderr.readuntil(b"Telegram gives no updates: The proxy failed - ")
            await proxy.start()
            await servers.telegram.chats.updates.polled.wait()
            process.send_signal(signal.SIGTERM)
            code, _out, err = await end(process)
        assert code == 0
        assert "Traceback" not in told.decode() + err
        assert find_secrets(CANARIES, {"stderr": told}) == {}


@asynccontextmanager
async def serve(answer: Handler) -> AsyncIterator[HttpUrl]:
    """A server that has one answer."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield HttpUrl(f"http://{host}:{port}/")
    await runner.cleanup()


async def test_an_address_that_leads_in_circles_is_told_without_the_token_in_it(
    servers: Embedded, tmp_path: Path
) -> None:
    async def send_back(request: web.Request) -> web.StreamResponse:
        raise web.HTTPTemporaryRedirect(request.path)

    async with serve(send_back) as url:
        settings = describe_process(servers, tmp_path) | {"TELEGRAM_API_URL": str(url)}
        code, out, _err = await run(tmp_path, "check", **settings)
    assert code == 1
    assert "FAIL TELEGRAM_API_URL: Telegram cannot be reached: " in out
    assert "/bot***/getMe" in out


@asynccontextmanager
async def serve_contract(contract: int) -> AsyncIterator[HttpUrl]:
    """A bridge that speaks some version of the contract."""

    async def describe(request: web.Request) -> web.StreamResponse:
        call = await request.json()
        told = {"contract": contract, "bridge": "9", "now": "2026-11-22T09:30:00.000Z", "methods": []}
        return web.json_response({"jsonrpc": "2.0", "id": call["id"], "result": told})

    async with serve(describe) as url:
        yield url


@pytest.mark.parametrize(("contract", "older"), [(2, "update the bot"), (0, "update the bridge")])
async def test_check_names_a_bridge_of_another_version(
    servers: Embedded, tmp_path: Path, contract: int, older: str
) -> None:
    async with serve_contract(contract) as url:
        failed = await list_failures(servers, tmp_path, lines_url=url)
    assert older in failed["LINES_URL"]


async def test_the_sandbox_prints_what_a_bot_needs_and_answers(tmp_path: Path) -> None:
    async with start(tmp_path, "sandbox", "--port", "0") as process:
        assert process.stdout is not None
        lines = [(await process.stdout.readline()).decode().strip() for _ in range(2)]
        printed = dict(line.split("=", 1) for line in lines)
        assert list(printed) == ["LINES_URL", "LINES_TOKEN"]
        async with httpx.AsyncClient(headers={"X-Token": printed["LINES_TOKEN"]}) as http:
            call = {"jsonrpc": "2.0", "id": 1, "method": "system.describe"}
            answer = (await http.post(printed["LINES_URL"], json=call)).json()
        assert answer["result"]["contract"] == 1
        process.send_signal(signal.SIGTERM)
        code, _out, err = await end(process)
        assert (code, err) == (0, "")


async def test_the_demo_prints_one_address_and_ends_by_an_interrupt(tmp_path: Path) -> None:
    async with start(tmp_path, "demo", "--port", "0") as process:
        assert process.stdout is not None
        told = (await process.stdout.readline()).decode()
        addresses = re.findall(r"http://\S+", told)
        assert len(addresses) == 1
        async with httpx.AsyncClient() as http:
            page = await http.get(addresses[0])
        assert page.status_code == 200
        process.send_signal(signal.SIGINT)
        code, out, err = await end(process)
        assert (code, out) == (0, "")
        assert "Traceback" not in err
        assert find_secrets(CANARIES, {"address": told.encode(), "page": page.content}) == {}


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


async def test_a_taken_address_for_health_is_told_as_such(
    servers: Embedded, tmp_path: Path, taken_port: int
) -> None:
    settings = describe_process(servers, tmp_path) | {
        "HEALTH_LISTEN": f"127.0.0.1:{taken_port}",
        "LOG_LEVEL": "warning",
    }
    code, _out, err = await run(tmp_path, "run", **settings)
    told = "HEALTH_LISTEN cannot be used: address already in use. Choose another host or port."
    assert (code, err) == (2, told + "\n")
    code, out, err = await run(tmp_path, "check", **settings)
    assert (code, err) == (1, "")
    assert f"FAIL {told.replace(' cannot be used', '').rstrip('.')}" in out.splitlines()


@pytest.mark.parametrize("command", ["demo", "sandbox"])
async def test_a_taken_or_impossible_port_is_told(tmp_path: Path, command: str, taken_port: int) -> None:
    code, out, err = await run(tmp_path, command, "--port", str(taken_port))
    told = (
        f"--port {taken_port} cannot be used: address already in use. Choose another, or 0 for a free one.\n"
    )
    assert (code, out, err.lower()) == (2, "", told.lower())
    code, out, err = await run(tmp_path, command, "--port", "70000")
    assert (code, out) == (2, "")
    assert "Traceback" not in err


@pytest.mark.parametrize("listen", [Listen("::1", 0), Listen("127.0.0.1", 0)])
async def test_check_tries_the_address_for_health(servers: Embedded, tmp_path: Path, listen: Listen) -> None:
    assert await list_failures(servers, tmp_path, health_listen=listen) == {}
    failed = await list_failures(servers, tmp_path, health_listen=Listen("no-such-host.invalid", 80))
    assert failed == {"HEALTH_LISTEN": "no such host. Choose another host or port"}


async def list_warnings(servers: Embedded, folder: Path, **changes: object) -> list[tuple[str, str]]:
    settings = make_settings(servers, folder).model_copy(update=changes)
    findings = [each async for each in check(settings, 1, folder / ".env") if each.mark == "warn"]
    return [(finding.name, finding.words) for finding in findings]


async def test_check_warns_of_an_alert_chat_where_no_button_will_work(
    servers: Embedded, tmp_path: Path
) -> None:
    assert await list_warnings(servers, tmp_path) == []
    told = await list_warnings(servers, tmp_path, alert_chats=(AlertTarget(FORUM), AlertTarget(TEAM)))
    words = f"{FORUM} is not in CHATS: the buttons of its alerts will not work there"
    assert told == [("ALERT_CHATS", words)]


@pytest.mark.parametrize(("mode", "is_open"), [(0o644, True), (0o640, True), (0o604, True), (0o600, False)])
@pytest.mark.parametrize("name", [".env", "demo.db"])
async def test_check_warns_of_files_that_others_can_read(
    servers: Embedded, tmp_path: Path, name: str, mode: int, is_open: bool
) -> None:
    path = tmp_path / name
    path.touch()
    path.chmod(mode)
    words = f"other users of this machine can read it: chmod 600 {path}"
    assert await list_warnings(servers, tmp_path) == ([(name, words)] if is_open else [])


async def test_a_far_server_without_encryption_is_told_at_the_start_and_in_check(tmp_path: Path) -> None:
    settings = {
        "BOT_TOKEN": "1:canary-of-the-bot",
        "TELEGRAM_API_URL": "http://127.0.0.1:1",
        "LINES_URL": "http://lines.invalid/rpc",
        "LINES_TOKEN": "canary-of-lines",
        "ADMINS": "1",
        "ALERT_CHATS": "-1",
    }
    _code, out, _err = await run(tmp_path, "check", **settings)
    assert "warn LINES_URL: the token travels unencrypted" in out
    async with start(tmp_path, "run", **settings) as process:
        assert process.stderr is not None
        told = await process.stderr.readuntil(b"use an https address\n")
        process.kill()
        await process.communicate()
    assert b"LINES_URL: the token travels unencrypted" in told


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"no database at all" * 1000, "memory.db is damaged, or no database at all"),
        (None, "memory.db was made by a newer version of the bot"),
    ],
)
async def test_a_database_in_trouble_is_named_at_the_start_and_in_check(
    servers: Embedded, tmp_path: Path, command: str, content: bytes | None, told: str
) -> None:
    if content is None:
        with sqlite3.connect(tmp_path / "memory.db") as database:
            database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
            database.execute("INSERT INTO alembic_version VALUES ('9999')")
    else:
        (tmp_path / "memory.db").write_bytes(content)
    settings = describe_process(servers, tmp_path) | {"LOG_LEVEL": "WARNING"}
    code, out, err = await run(tmp_path, command, **settings)
    assert code == (2 if command == "run" else 1)
    assert told in out + err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "answer", ["<html>502</html>", "", "[]", '{"ok": true}', '{"ok": true, "result": 5}']
)
async def test_check_names_what_is_no_bot_api(servers: Embedded, tmp_path: Path, answer: str) -> None:
    async def tell(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=answer, content_type="text/html")

    async with serve(tell) as url:
        failed = await list_failures(servers, tmp_path, telegram_api_url=url)
    assert list(failed) == ["TELEGRAM_API_URL"]


async def test_each_demo_has_a_bot_token_of_its_own(tmp_path: Path) -> None:
    tokens = {make_token() for _ in range(5)}
    assert len(tokens) == 5
    async with start(tmp_path, "demo", "--port", "0", TIMEZONE="canary", HEALTH_LISTEN="canary") as process:
        assert process.stdout is not None
        address = re.findall(r"http://\S+", (await process.stdout.readline()).decode())[0]
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"{address}/bot{BOT_TOKEN}/getMe")).status_code == 401
        process.send_signal(signal.SIGINT)
        code, _out, _err = await end(process)
        assert code == 0
