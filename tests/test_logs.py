"""The log: no secret in any spelling, no line that a stranger wrote, no trace of what was foreseen."""

import base64
import html
import json
import subprocess
import sys
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError
from aiogram.methods import SendMessage

from lines_bot.lines import BadAnswer
from lines_bot.logs import clean
from lines_bot.store.errors import DatabaseLocked
from tests.logs import read_log
from tests.process import ROOT, SOURCES

CANARY = "9999:canary-of-the-token"
HARD = "канарейка: p/w+d&<\"'\\ 🐤"


def test_secrets_are_hidden_in_messages_arguments_and_addresses() -> None:
    assert read_log([CANARY], f"the token is {CANARY}!") == "the token is ***!"
    address = f"https://api.telegram.org/bot{CANARY}/getMe"
    assert read_log([CANARY], "GET %s", address) == "GET https://api.telegram.org/bot***/getMe"
    assert (
        read_log([CANARY], "%r", {"Authorization": f"Bearer {CANARY}"}) == "{'Authorization': 'Bearer ***'}"
    )


def test_secrets_are_hidden_in_the_traces_of_exceptions_and_of_their_causes() -> None:
    try:
        try:
            raise ConnectionError(f"no way to https://x/bot{CANARY}")
        except ConnectionError as error:
            raise ValueError(f"refused {CANARY}") from error
    except ValueError as error:
        told = read_log([CANARY], "failed", error=error)
    assert "canary" not in told
    assert "ValueError: refused ***" in told
    assert "ConnectionError: no way to https://x/bot***" in told


def test_a_percent_sign_in_a_hidden_message_does_no_harm() -> None:
    assert read_log([CANARY], "100 %% of %s", CANARY) == "100 % of ***"


@pytest.mark.parametrize("secret", [CANARY, HARD, "a/b+c=d-e_f~g%h"])
@pytest.mark.parametrize(
    "spell",
    [
        str,
        repr,
        json.dumps,
        lambda text: json.dumps(json.dumps(text)),
        lambda text: json.dumps(text, ensure_ascii=False),
        lambda text: json.dumps(text).replace("&", "\\u0026").replace("<", "\\u003C"),
        ascii,
        quote,
        quote_plus,
        lambda text: quote(text, safe=""),
        lambda text: quote(text, safe="").lower(),
        lambda text: quote(quote(text, safe=""), safe=""),
        html.escape,
        lambda text: "".join(f"&#{ord(each)};" for each in text),
        lambda text: "".join(f"%{each:02x}" for each in text.encode()),
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.urlsafe_b64encode(b"user:" + text.encode() + b"@host").decode(),
        lambda text: base64.b64encode(b"me:" + text.encode()).decode(),
    ],
)
def test_a_secret_is_hidden_however_it_is_spelled(spell: Callable[[str], str], secret: str) -> None:
    spelled = spell(secret)
    told = read_log([secret], "before %s after", spelled)
    assert "***" in told
    # What may stay are the marks round it, and of base64 what shares its bits with the neighbours.
    assert len(told) - len("before *** after") <= 18
    assert not any(secret[start : start + 4] in told for start in range(len(secret) - 3))


def test_what_only_looks_like_a_secret_stays() -> None:
    assert read_log([CANARY, "short"], "9999:canary-of-the short") == "9999:canary-of-the short"
    assert read_log([], "anything") == "anything"


@pytest.mark.parametrize(
    "ending",
    [
        "\n",
        "\r\n",
        "\r",
        "\x0b",
        "\x0c",
        "\x1c",
        "\x85",
        "\u2028",
        "\u2029",
        "\x1b[2K\x1b[1G",
        "\x9b1A",
        "\x08",
        "\u202e",
    ],
)
def test_foreign_words_make_no_line_of_their_own(ending: str) -> None:
    forged = "2026-11-22 09:30:00,000 INFO lines_bot: all is well"
    told = read_log([], "channel %s broke", f"Shop{ending}{forged}")
    assert len(told.splitlines()) == 1
    assert told.isprintable()
    assert told.startswith("channel Shop\\")


def test_foreign_words_in_a_trace_are_set_off_from_the_records() -> None:
    forged = "2026-11-22 09:30:00,000 INFO lines_bot: all is well"
    try:
        raise ValueError(f"a name\n{forged}\r{forged}\x1b[31m")
    except ValueError as error:
        told = read_log([], "failed", error=error)
    first, *trace = told.splitlines()
    assert first == "failed"
    assert len(trace) > 3
    assert all(line.startswith("    ") and line.isprintable() for line in trace)
    assert any("Traceback" in line for line in trace)


def test_a_record_whose_arguments_do_not_fit_is_told_all_the_same_and_safely() -> None:
    assert read_log([CANARY], "%d of %s", CANARY) == "%d of %s ('***',)"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            TelegramBadRequest(SendMessage(chat_id=1, text="x"), "need administrator rights"),
            "failed: TelegramBadRequest: Telegram server says - need administrator rights (SendMessage)",
        ),
        (
            TelegramNetworkError(SendMessage(chat_id=1, text="x"), "a\nb"),
            "failed: TelegramNetworkError: HTTP Client says - a\\nb (SendMessage)",
        ),
        (BadAnswer("Lines broke off."), "failed: BadAnswer: Lines broke off."),
    ],
)
def test_what_was_foreseen_is_one_line(error: Exception, told: str) -> None:
    assert read_log([], "failed", error=error) == told


def test_a_database_in_trouble_is_one_line() -> None:
    told = read_log([], "failed", error=DatabaseLocked("memory.db"))
    assert told.startswith("failed: DatabaseLocked: memory.db is locked")
    assert len(told.splitlines()) == 1


def test_text_for_the_console_is_cleaned_in_one_go() -> None:
    assert clean(f"a\n{CANARY}\x1b[1m", [CANARY]) == "a\\n***\\x1b[1m"


@pytest.mark.parametrize(
    "fail",
    [
        "raise ValueError(secret)",
        "import threading; thread = threading.Thread(target=[].index, args=(secret,), name=secret)\n"
        "thread.start(); thread.join(); raise KeyError(secret)",
        "class Odd:\n    def __del__(self): raise ValueError(secret)\nOdd()",
        "import warnings; warnings.warn(secret)",
        "import logging; logging.getLogger('x').error('%d', secret)",
        "import asyncio\nasync def fail():\n    asyncio.get_running_loop().call_soon([].index, secret)\n"
        "    raise OSError(secret)\nasyncio.run(fail())",
    ],
)
def test_whatever_else_a_process_prints_goes_through_the_filter(fail: str) -> None:
    start = "from lines_bot.logs import log_to_console\nlog_to_console('INFO', [secret])"
    script = f"secret = '{CANARY}'\n{start}\n{fail}"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PYTHONPATH": SOURCES},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "***" in done.stderr
    assert "canary" not in done.stderr
    assert not any(line.startswith("Traceback") for line in done.stderr.splitlines())
