"""`lines-bot check`: the settings tried one by one, with what to do about each that fails."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from aiogram import Bot
from aiogram.enums import ChatAction, ChatMemberStatus, ChatType
from aiogram.exceptions import TelegramAPIError, TelegramUnauthorizedError
from aiogram.types import Chat
from sqlalchemy.exc import SQLAlchemyError

from lines_bot.connections import make_bot, make_lines
from lines_bot.lines import AccessDenied, LinesError, Unreachable, UnsupportedContract, WrongAddress
from lines_bot.settings import AlertTarget, Settings
from lines_bot.store.database import Database
from lines_bot.telegram.outgoing.errors import ProxyFailed, Refusal, classify

_MOST_SKEW = 30


@dataclass(frozen=True)
class Finding:
    """One line of the check."""

    is_good: bool
    name: str
    words: str


async def check(settings: Settings, deadline: float = 5) -> AsyncIterator[Finding]:
    """Try everything the bot will rely on, in the order it will; Lines gets `deadline` seconds to answer."""
    yield await _check_database(settings)
    async with make_bot(settings) as bot:
        token = await _check_token(bot)
        yield token
        if token.is_good:
            for chat in sorted(settings.chats):
                yield await _check_chat(bot, "CHATS", AlertTarget(chat))
            for target in settings.alert_chats:
                yield await _check_chat(bot, "ALERT_CHATS", target)
    async for finding in _check_lines(settings, deadline):
        yield finding


async def _check_database(settings: Settings) -> Finding:
    try:
        database = Database(settings.database_url)
        try:
            await database.migrate()
        finally:
            await database.close()
    except (SQLAlchemyError, OSError, ImportError) as error:
        return Finding(False, "DATABASE_URL", f"cannot be used: {_first_line(error)}")
    return Finding(True, "DATABASE_URL", "the database is there and its tables are up to date")


async def _check_token(bot: Bot) -> Finding:
    try:
        me = await bot.get_me()
    except TelegramUnauthorizedError:
        return Finding(False, "BOT_TOKEN", "Telegram refuses it: copy it again from @BotFather")
    except ProxyFailed as error:
        return Finding(
            False,
            "TELEGRAM_PROXY",
            f"Telegram cannot be reached through it: {error.message}; correct its address, user or password",
        )
    except TelegramAPIError as error:
        return Finding(False, "TELEGRAM_API_URL", f"Telegram cannot be reached: {_first_line(error)}")
    return Finding(True, "BOT_TOKEN", f"the bot is @{me.username}")


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
        return Finding(False, name, f"{where}: {_first_line(error)}; {advice}")
    if trouble:
        return Finding(False, name, f"{where}: {trouble}")
    return Finding(True, name, f"{where}: the bot can write to “{chat.title or chat.full_name}”")


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
                False, "LINES_TOKEN", "Lines refuses it: make a new token for the module and copy it"
            )
            return
        except (WrongAddress, Unreachable) as error:
            yield Finding(
                False, "LINES_URL", f"{error} Compare it with the API method's address in the module."
            )
            return
        except UnsupportedContract as error:
            yield Finding(False, "LINES_URL", str(error))
            return
        except LinesError as error:
            yield Finding(False, "LINES_URL", f"what answers there is no bridge: {error}")
            return
    user = f", acting as {described.user.name}" if described.user else ""
    yield Finding(True, "LINES_URL", f"bridge {described.bridge}, contract {described.contract}")
    yield Finding(True, "LINES_TOKEN", f"Lines takes it{user}")
    skew = abs((described.now - datetime.now(UTC)).total_seconds())
    if skew > _MOST_SKEW:
        yield Finding(
            False, "clock", f"this machine and Lines are {skew:.0f} s apart: set this machine's clock"
        )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".")
