"""The Bot API's methods that tell: the bot itself, its commands and texts, chats and their members."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from aiogram import methods, types
from aiogram.methods import TelegramMethod
from pydantic import BaseModel

from lines_bot.sandbox.telegram.chat import Chat, Person
from lines_bot.sandbox.telegram.chats import Chats
from lines_bot.sandbox.telegram.members import member
from lines_bot.sandbox.telegram.refusals import bad_request, not_simulated
from lines_bot.sandbox.telegram.wire import to_json

NO_GIFTS = types.AcceptedGiftTypes(
    unlimited_gifts=False,
    limited_gifts=False,
    unique_gifts=False,
    premium_subscription=False,
    gifts_from_channels=False,
)


def get_me(chats: Chats, _: methods.GetMe) -> types.User:
    return chats.bot


def set_webhook(chats: Chats, call: methods.SetWebhook) -> bool:
    if call.url:
        raise not_simulated("webhooks: fetch the updates with getUpdates")
    return _forget_updates(chats, call.drop_pending_updates)


def delete_webhook(chats: Chats, call: methods.DeleteWebhook) -> bool:
    return _forget_updates(chats, call.drop_pending_updates)


def get_webhook_info(chats: Chats, _: methods.GetWebhookInfo) -> types.WebhookInfo:
    return types.WebhookInfo(
        url="",
        has_custom_certificate=False,
        pending_update_count=len(chats.updates),
        allowed_updates=chats.updates.allowed,
    )


def set_my_commands(chats: Chats, call: methods.SetMyCommands) -> bool:
    if len(call.commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in call.commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command.command.removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 0 < len(command.description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    chats.commands[_scope(call.scope), call.language_code or ""] = call.commands
    return True


def get_my_commands(chats: Chats, call: methods.GetMyCommands) -> list[types.BotCommand]:
    return chats.commands.get((_scope(call.scope), call.language_code or ""), [])


def delete_my_commands(chats: Chats, call: methods.DeleteMyCommands) -> bool:
    chats.commands.pop((_scope(call.scope), call.language_code or ""), None)
    return True


def commands_for(chats: Chats, person: Person, chat: Chat) -> list[types.BotCommand]:
    """What a person's menu shows in a chat: Telegram takes the narrowest scope that has commands."""
    for scope in _scopes(person, chat):
        for language in (person.language or "", ""):
            if commands := chats.commands.get((_scope(scope), language)):
                return commands
    return []


def get_chat(chats: Chats, call: methods.GetChat) -> types.ChatFullInfo:
    chat = chats.readable(call.chat_id)
    pinned = chat.messages[chat.pinned[-1]] if chat.pinned else None
    return types.ChatFullInfo(
        **chat.telegram().model_dump(exclude_none=True),
        accent_color_id=0,
        max_reaction_count=11,
        accepted_gift_types=NO_GIFTS,
        pinned_message=pinned,
    )


def get_chat_member(chats: Chats, call: methods.GetChatMember) -> types.ChatMemberUnion:
    chat = chats.readable(call.chat_id)
    user = _user(chats, call.user_id)
    return member(user, chat.members.get(user.id, "left"))


def get_chat_administrators(chats: Chats, call: methods.GetChatAdministrators) -> list[types.ChatMemberUnion]:
    chat = chats.readable(call.chat_id)
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    return [
        member(_user(chats, user_id), status)
        for user_id, status in chat.members.items()
        if chat.is_administrator(user_id)
    ]


def leave_chat(chats: Chats, call: methods.LeaveChat) -> bool:
    chat = chats.readable(call.chat_id)
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.members[chats.bot.id] = "left"
    chats.changed(chat)
    return True


def _forget_updates(chats: Chats, drop: bool | None) -> bool:
    if drop:
        chats.updates.clear()
    return True


def _user(chats: Chats, user_id: int) -> types.User:
    if user_id == chats.bot.id:
        return chats.bot
    if user_id not in chats.persons:
        raise bad_request("user not found")
    return chats.persons[user_id].user()


def _scope(scope: BaseModel | None) -> str:
    return json.dumps(to_json(scope or types.BotCommandScopeDefault()), sort_keys=True)


def _scopes(person: Person, chat: Chat) -> Iterator[BaseModel]:
    administrator = chat.is_administrator(person.id)
    if chat.type == "private":
        yield types.BotCommandScopeChat(chat_id=chat.id)
        yield types.BotCommandScopeAllPrivateChats()
    else:
        yield types.BotCommandScopeChatMember(chat_id=chat.id, user_id=person.id)
        if administrator:
            yield types.BotCommandScopeChatAdministrators(chat_id=chat.id)
        yield types.BotCommandScopeChat(chat_id=chat.id)
        if administrator:
            yield types.BotCommandScopeAllChatAdministrators()
        yield types.BotCommandScopeAllGroupChats()
    yield types.BotCommandScopeDefault()


def _keep_text(field: str, longest: int) -> Callable[[Chats, Any], bool]:
    def keep(chats: Chats, call: Any) -> bool:
        text = getattr(call, field) or ""
        if len(text) > longest:
            raise bad_request(f"bot {field.replace('_', ' ')} is too long")
        chats.texts[field, call.language_code or ""] = text
        return True

    return keep


def _tell_text(field: str, answer: Callable[..., BaseModel]) -> Callable[[Chats, Any], BaseModel]:
    def tell(chats: Chats, call: Any) -> BaseModel:
        texts = chats.texts
        return answer(**{field: texts.get((field, call.language_code or "")) or texts.get((field, ""), "")})

    return tell


METHODS: dict[type[TelegramMethod[Any]], Callable[[Chats, Any], Any]] = {
    methods.GetMe: get_me,
    methods.SetWebhook: set_webhook,
    methods.DeleteWebhook: delete_webhook,
    methods.GetWebhookInfo: get_webhook_info,
    methods.SetMyCommands: set_my_commands,
    methods.GetMyCommands: get_my_commands,
    methods.DeleteMyCommands: delete_my_commands,
    methods.SetMyName: _keep_text("name", 64),
    methods.GetMyName: _tell_text("name", types.BotName),
    methods.SetMyDescription: _keep_text("description", 512),
    methods.GetMyDescription: _tell_text("description", types.BotDescription),
    methods.SetMyShortDescription: _keep_text("short_description", 120),
    methods.GetMyShortDescription: _tell_text("short_description", types.BotShortDescription),
    methods.GetChat: get_chat,
    methods.GetChatMember: get_chat_member,
    methods.GetChatAdministrators: get_chat_administrators,
    methods.LeaveChat: leave_chat,
}
