"""`lines-bot check`: the settings tried one by one, with what to do about each that fails."""

import stat
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Literal

from aiogram import Bot
from aiogram.enums import ChatAction, ChatMemberStatus, ChatType
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramUnauthorizedError
from aiogram.types import Chat, User
from aiohttp import web
from sqlalchemy import make_url

from lines_bot.connections import make_bot, make_lines
from lines_bot.extensions import add_extensions
from lines_bot.health import listen_on
from lines_bot.lines import AccessDenied, LinesError, TimedOut, Unreachable, UnsupportedContract, WrongAddress
from lines_bot.plugin import LinesBot
from lines_bot.settings import AlertTarget, BadSettings, Settings
from lines_bot.store.database import Database, find_file
from lines_bot.store.errors import DatabaseTrouble
from lines_bot.telegram.alerts.trials import TRIAL_LENGTH
from lines_bot.telegram.language import Language
from lines_bot.telegram.outgoing.errors import ProxyFailed, Refusal, classify
from lines_bot.telegram.views.trials import render_trial

_MOST_SKEW = 30


@dataclass(frozen=True)
class Finding:
    """One line of the check; what is only a warning works."""

    mark: Literal["ok", "warn", "FAIL"]
    name: str
    words: str

    @property
    def is_good(self) -> bool:
        return self.mark != "FAIL"


async def check(
    settings: Settings, deadline: float = 5, env_file: Path = Path(".env"), *, send_alerts: bool = False
) -> AsyncIterator[Finding]:
    """Try everything the bot will rely on, in the order it will; Lines gets `deadline` seconds to answer.

    `send_alerts`: a test alert goes to each chat of alerts, whose button works once the bot runs.
    """
    for finding in _list_warnings(settings, env_file):
        yield finding
    yield await _check_database(settings)
    if settings.health_listen is not None:
        yield await _check_listen(settings)
    for finding in _check_extensions(settings):
        yield finding
    async with make_bot(settings) as bot:
        token = await _check_token(bot)
        yield token
        if token.is_good:
            for chat in sorted(settings.chats):
                yield await _check_chat(bot, "CHATS", AlertTarget(chat))
            for target in settings.alert_chats:
                yield await _check_chat(bot, "ALERT_CHATS", target)
                if target.chat < 0 and target.chat not in settings.chats:
                    words = f"{target.chat} is not in CHATS: the buttons of its alerts will not work there"
                    yield Finding("warn", "ALERT_CHATS", words)
                if send_alerts:
                    yield await _send_trial(bot, target, settings)
    async for finding in _check_lines(settings, deadline):
        yield finding


def _list_warnings(settings: Settings, env_file: Path) -> Iterator[Finding]:
    for name, words in settings.list_warnings():
        yield Finding("warn", name, words)
    database = find_file(make_url(settings.database_url.get_secret_value()))
    for path in (env_file, database):
        if path is not None and _can_others_read(path):
            yield Finding("warn", path.name, f"other users of this machine can read it: chmod 600 {path}")


def _can_others_read(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
    except OSError:
        return False


async def _check_listen(settings: Settings) -> Finding:
    assert settings.health_listen is not None
    try:
        async with listen_on(settings.health_listen, web.Application()):
            return Finding("ok", "HEALTH_LISTEN", "the address is free")
    except BadSettings as error:
        return Finding("FAIL", "HEALTH_LISTEN", str(error).partition(": ")[2].rstrip("."))


def _check_extensions(settings: Settings) -> Iterator[Finding]:
    """Each is tried on a bot that is not opened."""
    try:
        lines = LinesBot(settings, standalone=True)
        for name in add_extensions(lines, settings.extensions):
            yield Finding("ok", "EXTENSIONS", f"{name} is set up")
    except DatabaseTrouble:
        return  # which is a finding of its own
    except BadSettings as error:
        yield Finding("FAIL", "EXTENSIONS", str(error).rstrip("."))


async def _check_database(settings: Settings) -> Finding:
    try:
        database = Database(settings.database_url)
        try:
            await database.migrate()
        finally:
            await database.close()
    except DatabaseTrouble as error:
        return Finding("FAIL", "DATABASE_URL", f"cannot be used: {error}")
    return Finding("ok", "DATABASE_URL", "the database is there and its tables are up to date")


async def _check_token(bot: Bot) -> Finding:
    me: object
    try:
        # Whatever answers without a result is None here.
        me = await bot.get_me()
    except TelegramUnauthorizedError:
        return Finding("FAIL", "BOT_TOKEN", "Telegram refuses it: copy it again from @BotFather")
    except ProxyFailed as error:
        return Finding(
            "FAIL",
            "TELEGRAM_PROXY",
            f"Telegram cannot be reached through it: {error.message}; correct its address, user or password",
        )
    except TelegramAPIError as error:
        return Finding("FAIL", "TELEGRAM_API_URL", f"Telegram cannot be reached: {_first_line(error)}")
    except ClientDecodeError:
        me = None
    if not isinstance(me, User):
        return Finding("FAIL", "TELEGRAM_API_URL", "what answers there is no Bot API: correct the address")
    return Finding("ok", "BOT_TOKEN", f"the bot is @{me.username}")


async def _check_chat(bot: Bot, name: str, target: AlertTarget) -> Finding:
    where = f"{target.chat}" + (f":{target.topic}" if target.topic else "")
    try:
        chat = await bot.get_chat(target.chat)
        # The one harmless request that Telegram refuses for a topic that is not there.
        await bot.send_chat_action(target.chat, ChatAction.TYPING, message_thread_id=target.topic)
        trouble = await _find_missing_right(bot, chat)
    except TelegramAPIError as error:
        is_topic = classify(error) is Refusal.TOPIC_GONE
        advice = (
            "correct the topic, or leave it out" if is_topic else "add the bot to the chat, or correct the id"
        )
        return Finding("FAIL", name, f"{where}: {_first_line(error)}; {advice}")
    except ClientDecodeError:
        return Finding("FAIL", name, f"{where}: Telegram's answer cannot be read; update the bot")
    if trouble:
        return Finding("FAIL", name, f"{where}: {trouble}")
    return Finding("ok", name, f"{where}: the bot can write to “{chat.title or chat.full_name}”")


async def _send_trial(bot: Bot, target: AlertTarget, settings: Settings) -> Finding:
    with Language(settings.language, settings.timezone).speak():
        view = render_trial("lines-bot check", datetime.now(UTC) + TRIAL_LENGTH)
    begun = monotonic()
    try:
        await bot.send_message(target.chat, message_thread_id=target.topic, **view.as_message())
    except TelegramAPIError as error:
        words = f"{target.chat}: a test alert did not arrive: {_first_line(error)}; let the bot write there"
        return Finding("FAIL", "ALERT_CHATS", words)
    return Finding("ok", "ALERT_CHATS", f"{target.chat}: a test alert took {monotonic() - begun:.1f} s")


async def _find_missing_right(bot: Bot, chat: Chat) -> str | None:
    if chat.type == ChatType.PRIVATE:
        return None
    member = await bot.get_chat_member(chat.id, bot.id)
    if member.status in (ChatMemberStatus.LEFT, ChatMemberStatus.KICKED):
        return "the bot is not in this chat: add it"
    if member.status == ChatMemberStatus.RESTRICTED and not getattr(member, "can_send_messages", True):
        return "the bot may not write here: lift its restriction"
    return None


async def _check_lines(settings: Settings, deadline: float) -> AsyncIterator[Finding]:
    async with make_lines(settings, deadline) as lines:
        try:
            described = await lines.describe()
        except AccessDenied:
            yield Finding(
                "FAIL", "LINES_TOKEN", "Lines refuses it: make a new token for the module and copy it"
            )
            return
        except (WrongAddress, Unreachable, TimedOut) as error:
            yield Finding(
                "FAIL", "LINES_URL", f"{error} Compare it with the API method's address in the module."
            )
            return
        except UnsupportedContract as error:
            yield Finding("FAIL", "LINES_URL", str(error))
            return
        except LinesError as error:
            yield Finding("FAIL", "LINES_URL", f"what answers there is no bridge: {error}")
            return
    user = f", acting as {described.user.name}" if described.user else ""
    yield Finding("ok", "LINES_URL", f"bridge {described.bridge}, contract {described.contract}")
    yield Finding("ok", "LINES_TOKEN", f"Lines takes it{user}")
    if "system.probe" in described.methods:
        yield Finding("ok", "probe", "run `lines-bot probe`: it tells where this company differs")
    skew = abs((described.now - datetime.now(UTC)).total_seconds())
    if skew > _MOST_SKEW:
        yield Finding(
            "FAIL", "clock", f"this machine and Lines are {skew:.0f} s apart: set this machine's clock"
        )


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")
