"""Every setting, and how they are read."""

from pathlib import Path
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from lines_bot.settings.environment import BadSettings, check_file, clean_environment
from lines_bot.settings.secret_files import read_named_files, read_secrets_folder
from lines_bot.settings.values import (
    Bundle,
    Listen,
    Names,
    ServerAddress,
    Targets,
    UserIds,
    check_database,
    check_header,
    check_heartbeat,
    check_proxy,
    check_token,
    find_passwords,
    is_near,
    lower,
    parse_listen,
    parse_zone,
    upper,
)

# Where Docker, Podman and Kubernetes put what is secret.
_SECRETS = Path("/run/secrets")


class Settings(BaseSettings):
    """Every setting by its name in capitals; `example.env` beside this explains each."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8-sig", extra="ignore", env_ignore_empty=True
    )

    bot_token: Annotated[SecretStr, AfterValidator(check_token)]
    telegram_api_url: ServerAddress = HttpUrl("https://api.telegram.org")
    telegram_proxy: Annotated[SecretStr, AfterValidator(check_proxy)] | None = None
    telegram_ca_bundle: Bundle | None = None
    lines_url: ServerAddress
    lines_token: Annotated[SecretStr, AfterValidator(check_header)]
    lines_ca_bundle: Bundle | None = None
    lines_rate: Annotated[int, Field(ge=1, le=6000)] = 60
    database_url: Annotated[SecretStr, AfterValidator(check_database)] = SecretStr(
        "sqlite+aiosqlite:///lines-bot.db"
    )
    retention_days: Annotated[int, Field(ge=30, le=36_500)] = 400
    admins: Annotated[UserIds, Field(min_length=1)]
    chats: UserIds = frozenset()
    alert_chats: Annotated[Targets, Field(min_length=1)]
    poll_seconds: Annotated[float, Field(ge=1, le=3600)] = 15
    queue_limit: Annotated[int, Field(ge=1, le=1_000_000)] = 10
    queue_wait: Annotated[int, Field(ge=1, le=604_800)] = 300
    health_listen: Annotated[Listen | None, NoDecode, BeforeValidator(parse_listen)] = None
    heartbeat_url: Annotated[SecretStr, AfterValidator(check_heartbeat)] | None = None
    extensions: Names = ()
    language: Annotated[Literal["en", "ru"], BeforeValidator(lower)] = "en"
    timezone: Annotated[ZoneInfo, BeforeValidator(parse_zone)] = ZoneInfo("UTC")
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(upper)] = "INFO"

    @field_validator("lines_token")
    @classmethod
    def _keep_out_of_the_address(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        if value.get_secret_value() in str(info.data.get("lines_url", "")):
            raise ValueError("it must be no part of LINES_URL: addresses are written to logs on the way")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        if isinstance(env_settings, EnvSettingsSource) and isinstance(dotenv_settings, EnvSettingsSource):
            env_settings.env_vars = clean_environment(
                env_settings.env_vars, is_language_set="language" in dotenv_settings.env_vars
            )
            for source in (env_settings, dotenv_settings):
                source.env_vars = read_named_files(source.env_vars, cls._list_secret())
        folder = InitSettingsSource(settings_cls, read_secrets_folder(_SECRETS, cls._list_secret()))
        return init_settings, env_settings, dotenv_settings, folder

    @classmethod
    def _list_secret(cls) -> list[str]:
        """The settings whose values nobody may see."""
        return [name for name, field in cls.model_fields.items() if _is_secret(field.annotation)]

    def secrets(self) -> list[str]:
        """Every secret value, passwords within addresses too, for whoever must keep them out of the logs.

        Of the bot's token also the half behind the colon: the half before it is the bot's public number.
        """
        secrets = [value.get_secret_value() for _name, value in self if isinstance(value, SecretStr)]
        passwords = [password for secret in secrets for password in find_passwords(secret)]
        return [*secrets, self.bot_token.get_secret_value().partition(":")[2], *passwords]

    def list_warnings(self) -> list[tuple[str, str]]:
        """What works but is not safe: a setting's name and a sentence each, without its value."""
        servers = {
            "TELEGRAM_API_URL": (self.telegram_api_url, "bot's token"),
            "LINES_URL": (self.lines_url, "token"),
        }
        return [
            (
                name,
                f"the {secret} travels unencrypted to a server outside your network: use an https address",
            )
            for name, (address, secret) in servers.items()
            if address.scheme == "http" and not is_near(address.host or "")
        ]


def _is_secret(annotation: object) -> bool:
    return annotation is SecretStr or any(map(_is_secret, get_args(annotation)))


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings. Raises BadSettings with a sentence for each that is missing or wrong."""
    if env_file is not None:
        check_file(env_file)
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        problems: dict[str, str] = {}
        for found in error.errors(include_input=False, include_url=False):
            name = str(found["loc"][0]).upper()
            if found["type"] == "missing":
                sentence = (
                    f"{name} is missing: set it in the environment or in .env (see `lines-bot settings`)."
                )
            else:
                reason = found["msg"].removeprefix("Value error, ").rstrip(".")
                sentence = f"{name} cannot be used: {reason[0].lower()}{reason[1:]}."
            problems.setdefault(name, sentence)
        raise BadSettings("\n".join(problems.values())) from None
