"""Settings: every wrong one is named in a sentence a person can act on, and no secret ever shows."""

import logging
import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from lines_bot.settings import AlertTarget, BadSettings, SecretFilter, Settings, load_settings

CANARY = "9999:canary-of-the-token"
GOOD = {
    "BOT_TOKEN": "123456:ABC-def",
    "LINES_URL": "https://company.example/api/lines",
    "LINES_TOKEN": "lines-secret",
    "ADMINS": "105",
    "ALERT_CHATS": "-1001",
}
EXAMPLE = Path(__file__).parent.parent / ".env.example"


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment with the good settings and nothing else that the bot could read."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def complain() -> str:
    with pytest.raises(BadSettings) as caught:
        load_settings()
    return str(caught.value)


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", [None, ""])
def test_a_required_setting_that_is_missing_or_empty_is_named(
    surroundings: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    if value is None:
        surroundings.delenv(name)
    else:
        surroundings.setenv(name, value)
    assert complain() == f"{name} is missing: set it in the environment or in .env (see .env.example)."


def test_all_that_is_wrong_is_told_at_once_a_line_each(surroundings: pytest.MonkeyPatch) -> None:
    surroundings.delenv("BOT_TOKEN")
    surroundings.setenv("LINES_RATE", "many")
    surroundings.setenv("TIMEZONE", "Mars/Olympus")
    told = complain().splitlines()
    assert [line.split()[0] for line in told] == ["BOT_TOKEN", "LINES_RATE", "TIMEZONE"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TOKEN", "canary without a colon"),
        ("BOT_TOKEN", "canary:letters"),
        ("TELEGRAM_API_URL", "canary"),
        ("LINES_URL", "canary"),
        ("LINES_URL", "ftp://canary.example"),
        ("LINES_TOKEN", "   "),
        ("LINES_TOKEN", "canary canary"),
        ("LINES_TOKEN", "канарейка-canary"),
        ("LINES_CA_BUNDLE", "canary.pem"),
        ("LINES_CA_BUNDLE", str(EXAMPLE)),
        ("LINES_RATE", "0"),
        ("LINES_RATE", "canary"),
        ("DATABASE_URL", "mysql://user:canary@host/database"),
        ("DATABASE_URL", "postgresql+asyncpg://user:canary@host:port/database"),
        ("DATABASE_URL", "sqlite+aiosqlite://canary/file"),
        ("DATABASE_URL", "sqlite+aiosqlite:////no/such/folder/canary.db"),
        ("DATABASE_URL", "sqlite+aiosqlite:////"),
        ("TELEGRAM_PROXY", "canary"),
        ("TELEGRAM_PROXY", "ftp://user:canary@host:1"),
        ("TELEGRAM_PROXY", "http://user:canary@host"),
        ("TELEGRAM_PROXY", "http://user:canary@:1080"),
        ("TELEGRAM_PROXY", "http://user:canary@host:70000"),
        ("TELEGRAM_PROXY", "socks5://user:can/ary@host:1080"),
        ("TELEGRAM_PROXY", "socks5://canary:12/34@host:1080"),
        ("TELEGRAM_PROXY", "socks5://user:%D0%B0-canary@host:1080"),
        ("ADMINS", "105, @canary"),
        ("ADMINS", " , "),
        ("CHATS", "canary"),
        ("ALERT_CHATS", "-1001:canary"),
        ("ALERT_CHATS", ","),
        ("POLL_SECONDS", "0.5"),
        ("QUEUE_LIMIT", "0"),
        ("QUEUE_WAIT", "-1"),
        ("LANGUAGE", "canary"),
        ("TIMEZONE", "canary"),
        ("TIMEZONE", "../canary"),
        ("LOG_LEVEL", "canary"),
    ],
)
def test_a_bad_value_is_named_in_one_sentence_that_does_not_repeat_it(
    surroundings: pytest.MonkeyPatch, name: str, value: str
) -> None:
    surroundings.setenv(name, value)
    told = complain()
    assert re.fullmatch(rf"{name} cannot be used: [^\n]+\.", told)
    assert "canary" not in told


@pytest.mark.parametrize(
    "address",
    [
        "http://host:8080",
        "http://host:8080/",
        "socks4://10.0.0.1:1080",
        "socks5://user:p%2Fss%23word@host.example:1080",
        "socks5://user:p@ss@[::1]:1080",
    ],
)
def test_a_proxy_is_an_address_with_a_port_and_perhaps_a_user(
    surroundings: pytest.MonkeyPatch, address: str
) -> None:
    surroundings.setenv("TELEGRAM_PROXY", address)
    proxy = load_settings().telegram_proxy
    assert proxy is not None
    assert proxy.get_secret_value() == address


def test_lists_are_separated_by_commas_with_any_spaces(surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("ADMINS", "105, 106 ,107,")
    surroundings.setenv("CHATS", "-1001,-1002")
    surroundings.setenv("ALERT_CHATS", "-1001 , -1002:17")
    settings = load_settings()
    assert settings.admins == {105, 106, 107}
    assert settings.chats == {-1001, -1002}
    assert settings.alert_chats == (AlertTarget(-1001), AlertTarget(-1002, 17))


def test_the_file_is_read_and_the_environment_wins(surroundings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = ["# a comment", "QUEUE_LIMIT=3", "TIMEZONE=Europe/Moscow", "SOMETHING_ELSE=1", "LANGUAGE=ru"]
    (tmp_path / ".env").write_text("\n".join(lines))
    surroundings.setenv("QUEUE_LIMIT", "7")
    settings = load_settings()
    assert (settings.queue_limit, settings.timezone.key, settings.language) == (7, "Europe/Moscow", "ru")


def test_an_empty_variable_leaves_what_the_file_says(
    surroundings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("LINES_TOKEN=from-the-file\n")
    surroundings.setenv("LINES_TOKEN", "")
    assert load_settings().lines_token.get_secret_value() == "from-the-file"


def test_the_example_names_every_setting_with_its_default(tmp_path: Path) -> None:
    named = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE))
    assert list(named) == [name.upper() for name in Settings.model_fields]
    required = {name.upper() for name, field in Settings.model_fields.items() if field.is_required()}
    assert required == set(GOOD)
    assert not any(named[name] for name in required)
    filled = tmp_path / "filled"
    filled.write_text("".join(f"{name}={value}\n" for name, value in (named | GOOD).items()))
    by_example = load_settings(filled)
    assert by_example == load_settings(env_file=None)


def test_the_example_says_of_each_required_setting_that_it_is() -> None:
    said = re.findall(r"^# Required\..*\n(?:#.*\n)*([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE)
    assert set(said) == set(GOOD)


def test_no_way_of_showing_the_settings_shows_a_secret(surroundings: pytest.MonkeyPatch) -> None:
    for name, value in {
        "BOT_TOKEN": CANARY,
        "LINES_TOKEN": CANARY,
        "DATABASE_URL": f"postgresql+asyncpg://user:{CANARY}@host/database",
    }.items():
        surroundings.setenv(name, value)
    settings = load_settings().model_copy(
        update={"telegram_proxy": SecretStr(f"http://user:{CANARY}@host:1")}
    )
    for shown in (repr(settings), str(settings), f"{settings}", settings.model_dump_json()):
        assert "canary" not in shown


def read_log(secrets: list[str], *arguments: object, error: Exception | None = None) -> str:
    """What the console shows of one record."""
    message, *rest = arguments
    record = logging.LogRecord("bot", logging.INFO, "file", 1, message, tuple(rest) or None, None)
    if error is not None:
        record.exc_info = (type(error), error, error.__traceback__)
    handler = logging.StreamHandler()
    handler.addFilter(SecretFilter(secrets))
    assert handler.filter(record)
    return handler.format(record)


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


def test_the_secrets_of_the_settings_are_all_hidden_and_so_are_their_passwords(
    surroundings: pytest.MonkeyPatch,
) -> None:
    surroundings.setenv("BOT_TOKEN", "1:canary-bot")
    surroundings.setenv("LINES_TOKEN", "canary-lines")
    surroundings.setenv("DATABASE_URL", "postgresql+asyncpg://user:canary%2Ddatabase@host/database")
    settings = load_settings().model_copy(
        update={"telegram_proxy": SecretStr("socks5://user:canary-proxy@host:1")}
    )
    for words in ("1:canary-bot", "canary-lines", "canary-database", "canary%2Ddatabase", "canary-proxy"):
        assert "canary" not in read_log(settings.secrets(), f"about {words}.")


@pytest.mark.parametrize(
    ("given", "read"), [("ru_RU:en", "ru"), ("en_US:en", "en"), ("de:en", "en"), ("RU", "ru"), ("en", "en")]
)
def test_a_desktops_list_of_languages_is_understood(
    surroundings: pytest.MonkeyPatch, given: str, read: str
) -> None:
    surroundings.setenv("LANGUAGE", given)
    assert load_settings().language == read
