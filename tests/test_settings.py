"""Settings: every wrong one is named in a sentence a person can act on, and no secret ever shows."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from lines_bot.settings import AlertTarget, BadSettings, Listen, Settings, load_settings, values
from tests.logs import read_log

CANARY = "9999:canary-of-the-token"
GOOD = {
    "BOT_TOKEN": "123456:ABC-def",
    "LINES_URL": "https://company.example/api/lines",
    "LINES_TOKEN": "lines-secret",
    "ADMINS": "105",
    "ALERT_CHATS": "-1001",
}
EXAMPLE = Path(values.__file__).parent / "example.env"


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
    assert (
        complain() == f"{name} is missing: set it in the environment or in .env (see `lines-bot settings`)."
    )


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
        ("TELEGRAM_API_URL", "https://canary@telegram.example"),
        ("TELEGRAM_CA_BUNDLE", "canary.pem"),
        ("TELEGRAM_CA_BUNDLE", str(EXAMPLE)),
        ("LINES_URL", "canary"),
        ("LINES_URL", "https://user:canary@company.example/api"),
        ("LINES_URL", "https://:canary@company.example/api"),
        ("LINES_URL", "ftp://canary.example"),
        ("LINES_TOKEN", "   "),
        ("LINES_TOKEN", "canary canary"),
        ("LINES_TOKEN", "канарейка-canary"),
        ("LINES_CA_BUNDLE", "canary.pem"),
        ("LINES_CA_BUNDLE", str(EXAMPLE)),
        ("LINES_CA_BUNDLE", "canary" * 1000),
        ("LINES_CA_BUNDLE", "/"),
        ("LINES_TOKEN", "company"),
        ("LINES_RATE", "0"),
        ("LINES_RATE", "canary"),
        ("DATABASE_URL", "mysql://user:canary@host/database"),
        ("DATABASE_URL", "postgresql+asyncpg://user:canary@host:port/database"),
        ("DATABASE_URL", "sqlite+aiosqlite://canary/file"),
        ("DATABASE_URL", "sqlite+aiosqlite:////no/such/folder/canary.db"),
        ("DATABASE_URL", "sqlite+aiosqlite:////"),
        ("DATABASE_URL", f"sqlite+aiosqlite:///{'canary' * 1000}/file"),
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
        ("ADMINS", "9" * 30),
        ("CHATS", "canary"),
        ("ALERT_CHATS", "-1001:canary"),
        ("ALERT_CHATS", ","),
        ("ALERT_CHATS", "-" + "9" * 30),
        ("POLL_SECONDS", "0.5"),
        ("QUEUE_LIMIT", "0"),
        ("QUEUE_WAIT", "-1"),
        ("QUEUE_WAIT", "9" * 30),
        ("QUEUE_LIMIT", "9" * 30),
        ("HEARTBEAT_URL", "canary"),
        ("HEARTBEAT_URL", "ftp://host/canary"),
        ("HEARTBEAT_URL", "https:///canary"),
        ("HEARTBEAT_URL", "https://host:canary/"),
        ("HEALTH_LISTEN", "canary"),
        ("HEALTH_LISTEN", "http://canary:80"),
        ("HEALTH_LISTEN", "[::1:8000"),
        ("HEALTH_LISTEN", "canary:99999"),
        ("TIMEZONE", "canary"),
        ("TIMEZONE", "Europe"),
        ("TIMEZONE", "canary" * 1000),
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


@pytest.mark.parametrize(
    "given", ["de", "C", "C.UTF-8", "POSIX", "en_US.UTF-8", "de_DE:de", "ru_RU:en", "canary"]
)
def test_a_systems_own_language_does_not_override_the_file(
    surroundings: pytest.MonkeyPatch, tmp_path: Path, given: str
) -> None:
    surroundings.setenv("LANGUAGE", given)
    for language in ("en", "ru"):
        (tmp_path / ".env").write_text(f"LANGUAGE={language}\n")
        assert load_settings().language == language


@pytest.mark.parametrize("given", ["de", "C", "en_US.UTF-8", "de_DE:de", ":", ""])
def test_without_a_language_of_ours_the_bot_speaks_english(
    surroundings: pytest.MonkeyPatch, given: str
) -> None:
    surroundings.setenv("LANGUAGE", given)
    assert load_settings().language == "en"


def test_a_wrong_language_in_the_file_is_told(surroundings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LANGUAGE=canary\n")
    assert re.fullmatch(r"LANGUAGE cannot be used: [^\n]+\.", complain())


@pytest.mark.parametrize("given", ["info", "Info", "INFO"])
def test_a_level_is_read_in_any_case(surroundings: pytest.MonkeyPatch, given: str) -> None:
    surroundings.setenv("LOG_LEVEL", given)
    assert load_settings().log_level == "INFO"


@pytest.mark.parametrize("mark", ['"', "'"])
@pytest.mark.parametrize("place", ["environment", "file"])
def test_quotes_and_spaces_round_a_value_are_no_part_of_it(
    surroundings: pytest.MonkeyPatch, tmp_path: Path, place: str, mark: str
) -> None:
    given = {"LINES_TOKEN": "word", "CHATS": "-1,-2", "TIMEZONE": "Europe/Moscow", "QUEUE_LIMIT": "7"}
    given |= {"LINES_CA_BUNDLE": ""}
    quoted = {name: f" {mark}{value}{mark} " for name, value in given.items()}
    surroundings.delenv("LINES_TOKEN")
    if place == "file":
        (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in quoted.items()))
    for name, value in quoted.items():
        if place == "environment":
            surroundings.setenv(name, value)
    settings = load_settings()
    assert settings.lines_token.get_secret_value() == "word"
    assert (settings.chats, settings.timezone.key, settings.queue_limit) == ({-1, -2}, "Europe/Moscow", 7)
    assert settings.lines_ca_bundle is None


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("[::1]:8000", Listen("::1", 8000)),
        ("127.0.0.1:8000", Listen("127.0.0.1", 8000)),
        ("0.0.0.0:1", Listen("0.0.0.0", 1)),
        ("bot.example:65535", Listen("bot.example", 65535)),
    ],
)
def test_an_address_to_answer_on_may_be_of_either_kind(
    surroundings: pytest.MonkeyPatch, given: str, read: Listen
) -> None:
    surroundings.setenv("HEALTH_LISTEN", given)
    assert load_settings().health_listen == read


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1251", "koi8-r", "utf-32"])
def test_a_file_in_another_encoding_is_told(tmp_path: Path, encoding: str) -> None:
    (tmp_path / ".env").write_text("# Настройки\nLINES_TOKEN=canary\n", encoding=encoding)
    told = complain()
    assert told == ".env cannot be read: it is not text in UTF-8. Save it again in that encoding."


def test_a_file_that_windows_marked_as_utf_8_is_read(
    surroundings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    surroundings.delenv("LINES_TOKEN")
    (tmp_path / ".env").write_text("LINES_TOKEN=word\r\n", encoding="utf-8-sig")
    assert load_settings().lines_token.get_secret_value() == "word"


def test_a_folder_in_the_files_place_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert complain() == ".env is a folder: put a file with the settings in its place."


def test_a_file_that_may_not_be_read_is_told(surroundings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    surroundings.setattr(Path, "read_bytes", refuse)
    assert complain() == ".env cannot be read: Permission denied. Let the bot's user read it."


@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        ("https://company.example/api", True),
        ("http://localhost:8090/rpc", True),
        ("http://127.0.0.9/rpc", True),
        ("http://[::1]:80/rpc", True),
        ("http://10.1.2.3/rpc", True),
        ("http://192.168.0.7/rpc", True),
        ("http://[fd00::1]/rpc", True),
        ("http://telegram-bot-api:8081/", True),
        ("http://elma.corp.local/rpc", True),
        ("http://company.example/api", False),
        ("http://8.8.8.8/api", False),
        ("http://203.0.113.7/api", False),
        ("http://[2001:db8::1]/api", False),
        ("http://notlocal/", True),
        ("http://my.notlocal/", False),
    ],
)
@pytest.mark.parametrize("name", ["LINES_URL", "TELEGRAM_API_URL"])
def test_a_far_server_without_encryption_is_warned_of(
    surroundings: pytest.MonkeyPatch, name: str, address: str, is_safe: bool
) -> None:
    surroundings.setenv(name, address)
    warned = [each for each, _words in load_settings().list_warnings()]
    assert warned == ([] if is_safe else [name])


def test_the_parts_of_secrets_are_secrets_too(surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("BOT_TOKEN", "123456:canary-of-the-bot")
    surroundings.setenv("DATABASE_URL", "postgresql+asyncpg://user@host/database?password=canary%2Fquery")
    secrets = load_settings().secrets()
    assert {"canary-of-the-bot", "canary/query"} <= set(secrets)


SECRET = ["bot_token", "telegram_proxy", "lines_token", "database_url", "heartbeat_url"]


@pytest.mark.parametrize("place", ["environment", "file"])
@pytest.mark.parametrize("content", ["9:from-a-file", "9:from-a-file\n", "\ufeff9:from-a-file\r\n"])
def test_a_secret_can_stand_in_a_file_that_is_named(
    surroundings: pytest.MonkeyPatch, tmp_path: Path, place: str, content: str
) -> None:
    secret = tmp_path / "token"
    secret.write_text(content)
    surroundings.delenv("BOT_TOKEN")
    if place == "environment":
        surroundings.setenv("BOT_TOKEN_FILE", f'"{secret}"')
    else:
        (tmp_path / ".env").write_text(f"BOT_TOKEN_FILE={secret}\n")
    settings = load_settings()
    assert settings.bot_token.get_secret_value() == "9:from-a-file"
    assert "from-a-file" in settings.secrets()


def test_whatever_is_secret_can_stand_in_the_folder_of_secrets_and_nothing_else_is_read_there(
    surroundings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    surroundings.setattr("lines_bot.settings.settings._SECRETS", tmp_path)
    given = {
        "bot_token": "9:token",
        "telegram_proxy": "http://host:1",
        "lines_token": "word",
        "database_url": "sqlite+aiosqlite:///:memory:",
        "heartbeat_url": "https://host/ping",
    }
    assert list(given) == SECRET
    for number, (name, value) in enumerate(given.items()):
        surroundings.delenv(name.upper(), raising=False)
        (tmp_path / (name if number % 2 else name.upper())).write_text(f"{value}\n")
    (tmp_path / "queue_limit").write_text("7")
    settings = load_settings()
    assert {name: getattr(settings, name).get_secret_value() for name in given} == given
    assert settings.queue_limit == 10
    surroundings.setenv("LINES_TOKEN", "of-the-environment")
    assert load_settings().lines_token.get_secret_value() == "of-the-environment"


@pytest.mark.parametrize("setting", [f"{name.upper()}_FILE" for name in SECRET])
def test_a_file_of_a_secret_that_cannot_be_read_is_told_without_its_name(
    surroundings: pytest.MonkeyPatch, tmp_path: Path, setting: str
) -> None:
    surroundings.delenv(setting.removesuffix("_FILE"), raising=False)
    for path in ("canary", str(tmp_path), "canary" * 1000, "\udcffcanary"):
        surroundings.setenv(setting, path)
        told = complain()
        assert re.fullmatch(rf"{setting} cannot be used: its file [^\n]+\.", told)
        assert "canary" not in told
    (tmp_path / "binary").write_bytes(b"\xff\xfecanary")
    surroundings.setenv(setting, str(tmp_path / "binary"))
    assert complain() == f"{setting} cannot be used: its file is not text in UTF-8."


def test_a_secret_that_is_set_twice_is_told(surroundings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    surroundings.setenv("LINES_TOKEN_FILE", str(tmp_path / "canary"))
    surroundings.setenv("BOT_TOKEN_FILE", str(tmp_path / "canary"))
    assert complain().splitlines() == [
        "BOT_TOKEN and BOT_TOKEN_FILE are both set: take one of them away.",
        "LINES_TOKEN and LINES_TOKEN_FILE are both set: take one of them away.",
    ]


def test_a_wrong_value_in_a_file_is_told_without_it(surroundings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("canary without a colon")
    surroundings.delenv("BOT_TOKEN")
    surroundings.setenv("BOT_TOKEN_FILE", str(tmp_path / "token"))
    told = complain()
    assert told.startswith("BOT_TOKEN cannot be used: ")
    assert "canary" not in told
