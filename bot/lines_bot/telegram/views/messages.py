"""What was said in a session."""

from collections.abc import Sequence, Set

from aiogram.utils.formatting import Bold, ExpandableBlockQuote, Italic, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.operations.messages import Conversation
from lines_bot.operations.operations import Result
from lines_bot.people import Action
from lines_bot.queries.models import History, LastMessages, MessageSummary, SessionSummary
from lines_bot.telegram.callbacks import Export, PickOperator, ShowHistory, ShowLast, Spam
from lines_bot.telegram.language import write_time
from lines_bot.telegram.views.confirmations import describe_result
from lines_bot.telegram.views.sessions import describe_session
from lines_bot.telegram.views.view import View, button, clip, fill, marked, moment, shorten, stack, turn_pages

_TEXT_LENGTH = 1500
_EARLIER_TEXT_LENGTH = 400
_FILES = 3
# Ten messages must fit into one.
_HISTORY_TEXT_LENGTH = 200
_HISTORY_FILES = 1


def render_last_messages(last: LastMessages, offered: Set[Action]) -> View:
    """The last message, or the five before; newest at the bottom, as in any chat."""
    length = _TEXT_LENGTH if last.back == 0 else _EARLIER_TEXT_LENGTH
    told = [describe_message(message, length) for message in last.messages]
    session = last.session
    moves, actions = [], []
    if last.has_earlier:
        moves.append(button("⏪ " + _("Earlier"), ShowLast(session=session.ref, back=last.back + 1)))
    if last.back:
        moves.append(button("⏩ " + _("Later"), ShowLast(session=session.ref, back=last.back - 1)))
    if session.is_open and Action.ASSIGN in offered:
        actions.append(button(_("Assign"), PickOperator(session=session.ref)))
    if session.is_open and session.spam_obstacle is None and Action.SPAM in offered:
        actions.append(button(_("Spam"), Spam(session=session.ref)))
    return View(
        stack(describe_session(session), "", *(told or [Italic(_("No earlier messages."))])),
        [moves, actions],
    )


def render_history(history: History) -> View:
    """Ten messages, and the way to the others."""
    session, newest = history.session, history.newest_first
    order = _("newest first") if newest else _("oldest first")
    told = [
        line
        for message in history.page.items
        for line in ("", describe_message(message, _HISTORY_TEXT_LENGTH, _HISTORY_FILES))
    ]
    other = _("Oldest first") if newest else _("Newest first")
    return View(
        stack(
            describe_session(session),
            fill(_("Messages: {total}, {order}"), total=history.page.total, order=order),
            *(told or ["", Italic(_("No messages yet."))]),
        ),
        [
            turn_pages(history.page, lambda page: ShowHistory(session=session.ref, page=page, newest=newest)),
            [
                button("🔃 " + other, ShowHistory(session=session.ref, newest=not newest)),
                button("💾 " + _("Export"), Export(session=session.ref)),
            ],
        ],
    )


def render_words_request(session: SessionSummary) -> View:
    """What to say is written as an answer to this."""
    return View(
        stack(
            describe_session(session),
            "",
            _("Reply to this message with what to say: /say We are looking into it"),
        )
    )


def write_transcript(session: SessionSummary, messages: Sequence[MessageSummary]) -> str:
    """The whole conversation as a plain text file."""
    head = f"{clip(session.client)} · {clip(session.channel)} · {clip(session.line)} · #{session.ref}"
    return "\n".join([head, *(_write_message(message) for message in messages)]) + "\n"


def render_said(session: SessionSummary, text: str, result: Result[Conversation]) -> View:
    """The system message stands in the session."""
    return View(
        stack(
            marked("✅", _("Sent to the session:")),
            ExpandableBlockQuote(_clip_text(text, _TEXT_LENGTH)),
            describe_result(result),
            describe_session(session),
        )
    )


def describe_message(
    message: MessageSummary, length: int = _EARLIER_TEXT_LENGTH, files: int = _FILES
) -> Text:
    """Who, when, what and with which files."""
    author = clip(message.author) or _("Bot or system")
    text = _clip_text(message.text, length)
    return stack(
        fill("{author} · {time}", author=Bold(author), time=moment(message.at)),
        ExpandableBlockQuote(text) if text else None,
        *(marked("📎", clip(name)) for name in message.files[:files]),
        f"📎 +{more}" if (more := len(message.files) - files) > 0 else None,
    )


def _write_message(message: MessageSummary) -> str:
    author = clip(message.author) or _("Bot or system")
    files = "".join(f"\n[{clip(name)}]" for name in message.files)
    return f"\n{write_time(message.at) if message.at else '—'} {author}\n{message.text}{files}"


def _clip_text(text: str, length: int) -> str:
    return shorten("\n".join(clip(line, length) for line in text.splitlines()).strip(), length)
