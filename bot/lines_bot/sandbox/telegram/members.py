"""Telegram's objects for a person's place in a chat."""

from datetime import UTC, datetime

from aiogram import types

FOREVER = datetime.fromtimestamp(0, UTC)


def member(user: types.User, status: str) -> types.ChatMemberUnion:
    """The object for a status word; an administrator may do everything but promote others."""
    match status:
        case "creator":
            return types.ChatMemberOwner(user=user, is_anonymous=False)
        case "administrator":
            return types.ChatMemberAdministrator(
                user=user,
                can_be_edited=False,
                is_anonymous=False,
                can_manage_chat=True,
                can_delete_messages=True,
                can_manage_video_chats=True,
                can_restrict_members=True,
                can_promote_members=False,
                can_change_info=True,
                can_invite_users=True,
                can_post_stories=True,
                can_edit_stories=True,
                can_delete_stories=True,
                can_send_welcome_messages=True,
                can_pin_messages=True,
                can_manage_topics=True,
            )
        case "member":
            return types.ChatMemberMember(user=user)
        case "kicked":
            return types.ChatMemberBanned(user=user, until_date=FOREVER)
        case _:
            return types.ChatMemberLeft(user=user)
