"""What was said in a session."""

from collections.abc import Set

from aiogram.utils.formatting import Bold, ExpandableBlockQuote, Italic, Text
from aiogram.utils.i18n import gettext as _

from bot.people import Action
from bot.rows import ShownMessage, ShownTalk
from bot.telegram.callbacks import PickOperator, ShowLast, Spam
from bot.telegram.views.sessions import describe_session
from bot.telegram.views.view import View, button, clip, fill, moment, shorten, stack

_TEXT_LENGTH = 1500
_EARLIER_TEXT_LENGTH = 400
_FILES = 3


def show_talk(talk: ShownTalk, offered: Set[Action]) -> View:
    """The last message, or the five before; newest at the bottom, as in any chat."""
    length = _TEXT_LENGTH if talk.back == 0 else _EARLIER_TEXT_LENGTH
    told = [_describe_message(message, length) for message in talk.messages]
    session = talk.session
    moves, actions = [], []
    if talk.has_earlier:
        moves.append(button("⏪ " + _("Earlier"), ShowLast(session=session.ref, back=talk.back + 1)))
    if talk.back:
        moves.append(button("⏩ " + _("Later"), ShowLast(session=session.ref, back=talk.back - 1)))
    if session.is_open and Action.ASSIGN in offered:
        actions.append(button(_("Assign"), PickOperator(session=session.ref)))
    if session.is_open and session.spam_obstacle is None and Action.SPAM in offered:
        actions.append(button(_("Spam"), Spam(session=session.ref)))
    return View(
        stack(describe_session(session), "", *(told or [Italic(_("Nothing was said before."))])),
        [moves, actions],
    )


def _describe_message(message: ShownMessage, length: int) -> Text:
    author = clip(message.author) or _("Bot or system")
    text = _clip_text(message.text, length)
    return stack(
        fill("{author} · {time}", author=Bold(author), time=moment(message.at)),
        ExpandableBlockQuote(text) if text else None,
        *(fill("📎 {name}", name=clip(name)) for name in message.files[:_FILES]),
        f"📎 +{more}" if (more := len(message.files) - _FILES) > 0 else None,
    )


def _clip_text(text: str, length: int) -> str:
    return shorten("\n".join(clip(line, length) for line in text.splitlines()).strip(), length)
