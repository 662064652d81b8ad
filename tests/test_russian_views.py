"""What people are shown in Russian: no view and no error leaves a word in English."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from lines_bot import lines
from lines_bot.alerts.monitor import Poll
from lines_bot.alerts.rules import BadRule
from lines_bot.lines import (
    Channel,
    ChannelState,
    ChannelType,
    Refused,
    Session,
    SessionPriority,
    SessionState,
    Unavailable,
)
from lines_bot.operations.ledger import Entry, Outcome, Verb
from lines_bot.operations.operations import Result, StaleObject, Unconfirmed
from lines_bot.pagination import paginate
from lines_bot.people import Action, ChatContext, NotAllowed, PermanentAdmin, Person, Role
from lines_bot.queries.models import (
    AlertSubject,
    ChannelList,
    ChannelSummary,
    ClientSummary,
    GroupSummary,
    History,
    LastMessages,
    LineSummary,
    MessageSummary,
    OperatorSummary,
    QueueSummary,
    SessionDetails,
    SessionList,
    SessionSummary,
)
from lines_bot.references import UnknownReference
from lines_bot.telegram.callbacks import KeyPurpose, Pick, PickKey, PickSession, RunCommand
from lines_bot.telegram.language import Language
from lines_bot.telegram.user_errors import NameNotFound, NotYourButton
from lines_bot.telegram.views import (
    accounts,
    alert_subjects,
    assignment,
    channels,
    clients,
    confirmations,
    people,
    session_card,
    session_picker,
    sessions,
)
from lines_bot.telegram.views.board import BoardContent, BoardLine, render_board
from lines_bot.telegram.views.commands import SUBJECTS
from lines_bot.telegram.views.errors import describe_error
from lines_bot.telegram.views.help import render_help, render_subject, render_unknown_command
from lines_bot.telegram.views.messages import render_history, render_last_messages, render_words_request
from lines_bot.telegram.views.status import Status, render_status
from lines_bot.telegram.views.view import View, button

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
EVERYTHING = frozenset(Action)
# Commands, references, settings, and the names of products and zones are the same in every language.
SAME = re.compile(
    r"/help mute|namespace/code/id|shop/orders|[a-z]+_[a-z]+|/[a-z_]+|#[0-9a-f]+|lines-bot check"
    r"|\b([A-Z]+_[A-Z]+|ADMINS|CHATS|ELMA365|Telegram|Viber|Instagram|HTTP|MSK|id)\b"
)


@pytest.fixture(autouse=True)
def _speak_russian() -> Iterator[None]:
    with Language("ru", ZoneInfo("Europe/Moscow")).speak():
        yield


LEAD = Person(7, "Анна", Role.LEAD)
SESSION = Session(id="1", state=SessionState.CLOSED)
ENTRY = Entry(1, Verb.ASSIGN, "1", None, "Олег", NOW, Outcome.DONE, NOW, None)
UNLIKE_OTHERS = [
    lines.BadAnswer("", status=502),
    lines.QuotaExceeded("", retry_after=7),
    lines.OutcomeUnknown("", method="", params={}),
    lines.ProtocolError(""),
    lines.UnsupportedContract("", contract=2),
    lines.LinesError(""),
    lines.WrongState(state=SessionState.CLOSED),
    *(lines.NotFound(collection=each) for each in ("channels", "sessions", "users", "lines", "clients")),
    lines.PlatformError("так нельзя"),
    StaleObject(SESSION, ENTRY),
    Unconfirmed(SESSION),
    Unconfirmed(Channel(id="1", state=ChannelState.ERROR)),
    *(NotAllowed(LEAD, action) for action in Action),
    PermanentAdmin(),
    UnknownReference("4f2a91"),
    NotYourButton(),
    NameNotFound("Такого нет.", "опд", ["Опт"]),
    BadRule("queue_limit", "1–100000"),
    ValueError("a flaw of ours"),
]


@pytest.mark.parametrize(
    "error",
    [
        *(kind("") for kind in Unavailable.__subclasses__()),
        *(kind() for kind in Refused.__subclasses__() if kind is not lines.PlatformError),
        *UNLIKE_OTHERS,
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_error_is_told_in_russian(error: Exception) -> None:
    assert find_foreign_words(View(describe_error(error))) == []


def test_every_view_is_russian() -> None:
    foreign = {view.text.render()[0]: find_foreign_words(view) for view in render_views()}
    assert {text: words for text, words in foreign.items() if words} == {}


def find_foreign_words(view: View) -> list[str]:
    """Latin words in the text and on the buttons, but those that are the same in every language."""
    shown = [
        view.text.render()[0],
        *(button.text for row in view.make_keyboard().inline_keyboard for button in row),
    ]
    return [word for text in shown for word in re.findall(r"[A-Za-z]{2,}", SAME.sub("", text))]


def make_channel(kind: ChannelType | None, state: ChannelState | None) -> ChannelSummary:
    obstacle = Channel(id="1", type=kind, state=state).obstacle_to_reconnect()
    return ChannelSummary("1", "4f2a91", "Чат", kind, state, "Магазин", NOW, obstacle)


def make_session(state: SessionState) -> SessionSummary:
    return SessionSummary(
        id="1",
        ref="4f2a92",
        client="Пётр",
        channel="Чат",
        channel_type=ChannelType.LIVECHAT,
        line="Магазин",
        state=state,
        operator="Олег",
        since=NOW,
        seen="0001",
        is_open=Session(id="1", state=state).obstacle_to_assign() is None,
        spam_obstacle=None,
        can_unspam=True,
    )


def render_session_views(session: SessionSummary) -> Iterator[View]:
    """What is shown of one session, and of where it can go."""
    groups = paginate([GroupSummary("1", "4f2a96", "Дежурные")], 0)
    message = MessageSummary("", False, NOW, "Здравствуйте", ["договор"])
    done = Result(SESSION, ENTRY, can_undo=True)
    yield assignment.render_groups(session, groups)
    yield assignment.render_groups(session, groups, "де")
    yield assignment.render_with_group(session, "Дежурные", done, EVERYTHING)
    yield assignment.render_with_bot(session, done, EVERYTHING)
    yield assignment.render_closed(session, done, EVERYTHING)
    yield assignment.render_close_question(session, 7, 60)
    yield render_words_request(session)
    for priority in SessionPriority:
        card = SessionDetails(session, priority, "Дежурные", NOW, NOW, NOW, NOW, ["Заказ"], message)
        yield session_card.render_card(card, EVERYTHING)
    for newest_first in (False, True):
        yield render_history(History(session, paginate([message], 0), newest_first))
    yield render_history(History(session, paginate([], 0), newest_first=True))


def render_views() -> Iterator[View]:
    """One of everything a person can be shown, with names in Russian; alerts have tests of their own."""
    trouble = lines.TimedOut("")
    every = [make_channel(kind, state) for kind in (None, *ChannelType) for state in (None, *ChannelState)]
    for page in (every, []):
        taken_at = NOW - timedelta(minutes=3)
        shown = ChannelList(paginate(page, 1), {}, None, "", "", bool(page), taken_at, trouble)
        yield channels.render_channels(shown)
        yield channels.render_broken(page, 0, EVERYTHING)
    yield channels.render_channel_choice(every, "чат")
    yield channels.render_reconnecting(every[0])
    active = make_channel(ChannelType.INBOX, ChannelState.ACTIVE)
    for channel in (*every, active):
        yield channels.render_channel(channel, EVERYTHING)
    for result in (
        Result(Channel(id="1"), ENTRY),
        Result(Channel(id="1"), ENTRY, repeated=True),
        Result(Channel(id="1"), ENTRY, answer_lost=True),
    ):
        yield channels.render_reconnected(active, result, EVERYTHING)
        yield channels.render_reconnected(every[0], result, EVERYTHING)
    shop, wholesale = (
        LineSummary("1", "4f2a93", "Магазин", 2, NOW),
        LineSummary("2", "4f2a94", "Опт", 0, None),
    )
    all_sessions = [make_session(state) for state in SessionState]
    for each in (all_sessions, []):
        for line in (None, shop):
            queue = QueueSummary([shop, wholesale], line, paginate(each, 0), NOW, trouble)
            yield sessions.render_queue(queue, EVERYTHING)
    yield session_picker.render_session_choice(all_sessions, "пётр", "spam")
    yield session_picker.render_line_choice([shop, wholesale], "о")
    operators = paginate([OperatorSummary("1", "4f2a95", "Олег", None, 3)], 0)
    for session in all_sessions:
        yield sessions.render_working(session)
        yield session_picker.render_operators(session, operators)
        yield session_picker.render_operators(session, operators, "олег")
        for answer_lost in (False, True):
            done = Result(SESSION, ENTRY, answer_lost=answer_lost)
            yield sessions.render_assigned(session, done, EVERYTHING)
            yield sessions.render_spam(session, done, EVERYTHING)
            yield sessions.render_unspammed(session, done, EVERYTHING)
        message = MessageSummary("", False, NOW, "Здравствуйте", ["договор"])
        yield render_last_messages(LastMessages(session, [message], 1, True), EVERYTHING)
        yield render_last_messages(LastMessages(session, [], 0, False), EVERYTHING)
    for session in all_sessions:
        yield from render_session_views(session)
    for purpose in get_args(Pick):
        yield session_picker.render_sessions(paginate(all_sessions, 0), PickSession(purpose=purpose))
        yield session_picker.render_sessions(paginate([], 0), PickSession(purpose=purpose))
    yield session_card.render_found(SessionList(paginate(all_sessions, 0), "чат", "4f2a97"), EVERYTHING)
    yield session_card.render_found(SessionList(paginate([], 0), "чат", "4f2a97"), EVERYTHING)
    yield confirmations.render_cancelled()
    yield confirmations.render_undone(Result(SESSION, ENTRY))
    yield confirmations.render_undone(Result(SESSION, None, answer_lost=True))
    for place in (
        ChatContext(7, is_private=True, is_open=True),
        ChatContext(-1, is_private=False, is_open=True),
    ):
        yield render_help(LEAD, place, EVERYTHING)
        yield people.render_closed_chat(place)
    for role in Role:
        yield people.render_granted(Person(7, "Анна", role))
    for subject in SUBJECTS:
        yield render_subject(subject, EVERYTHING)
    for meant in ([], ["queue"]):
        yield render_unknown_command("queu", meant, [])
    yield render_unknown_command("queu", ["queue"], [button("/queue", RunCommand(command="queue"))])
    wholesale_key = AlertSubject("queue:wholesale", "4f2a91", "Опт")
    for key_purpose in get_args(KeyPurpose):
        yield alert_subjects.render_alert_subjects(
            PickKey(purpose=key_purpose), paginate([AlertSubject("queue:wholesale", "4f2a91", "Опт")], 0)
        )
    for query in ("", "опт"):
        yield alert_subjects.render_alert_subject_choice("why", [wholesale_key], query, "")
    yield people.render_stranger(LEAD)
    yield people.render_anonymous()
    refs = dict.fromkeys([*people.list_person_words(LEAD), "7 -", "7 #4f2a95"], "4f2a98")
    yield people.render_revoked(LEAD, refs)
    yield people.render_people(paginate([LEAD], 0), refs)
    yield people.render_people(paginate([], 0), {})
    yield people.render_person(LEAD, refs)
    yield people.render_person(Person(7, "Анна"), refs)
    for query in ("", "олег"):
        yield accounts.render_operators(replace(LEAD, user="1"), operators, refs, query)
    yield accounts.render_linked(LEAD, operators.items[0])
    yield accounts.render_unlinked(LEAD)
    for writable in ([active], []):
        yield clients.render_writable(paginate(writable, 0))
    client = ClientSummary("1", "4f2a99", "Пётр", "пётр", "Чат", "")
    for known in ([client], []):
        yield clients.render_recipients(active, paginate(known, 0), {"пётр": "4f2a9a"})
        yield clients.render_create_question(active, "пётр", "4f2a9a", 7, 0)
    for poll in (None, Poll(NOW, None, 0), Poll(NOW, trouble, 0)):
        yield render_status(Status(poll, NOW, 0.2, None, 1, 1))
    board_lines = [BoardLine("Магазин", 2, NOW), BoardLine("Опт", 0, None)]
    yield render_board(BoardContent({ChannelState.ERROR: 1, None: 2}, board_lines, 1, NOW))
    yield render_board(BoardContent({}, [], 0, None))
