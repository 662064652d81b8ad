"""Whatever names and texts are held, Telegram takes every view, and nothing foreign hides in it."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import product
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lines_bot.alerts.engine import Change
from lines_bot.alerts.families import ChannelSubject, GrowthSubject, QueueSubject, SourceSubject
from lines_bot.alerts.incidents import Incident
from lines_bot.alerts.monitor import Poll
from lines_bot.alerts.mutes import Mute
from lines_bot.alerts.subjects import Subject
from lines_bot.lines import (
    BadAnswer,
    Channel,
    ChannelState,
    ChannelType,
    NotFound,
    NotReconnectable,
    PlatformError,
    Presence,
    Session,
    SessionState,
    SpamNotAllowed,
    WrongState,
)
from lines_bot.operations.ledger import Entry, Outcome, Verb
from lines_bot.operations.operations import Result, StaleObject, Unconfirmed
from lines_bot.pagination import PAGE_SIZE, Page, paginate
from lines_bot.people import Action, ChatContext, Person, Role
from lines_bot.queries.models import (
    AlertSubject,
    ChannelList,
    ChannelSummary,
    ClientSummary,
    LastMessages,
    LineSummary,
    MessageSummary,
    OperatorSummary,
    QueueSummary,
    SessionSummary,
)
from lines_bot.references import UnknownReference
from lines_bot.sandbox.telegram import limits
from lines_bot.telegram.alerts.card_content import CARD_PAGE
from lines_bot.telegram.callbacks import PickKey, PickSession
from lines_bot.telegram.language import Language
from lines_bot.telegram.views import (
    accounts,
    alert_subjects,
    cards,
    channels,
    clients,
    incidents,
    people,
    session_picker,
    sessions,
)
from lines_bot.telegram.views.commands import SUBJECTS
from lines_bot.telegram.views.errors import describe_error
from lines_bot.telegram.views.help import render_help, render_subject, render_unknown_command
from lines_bot.telegram.views.messages import render_last_messages, render_words_request
from lines_bot.telegram.views.models import CardContent, IncidentSummary
from lines_bot.telegram.views.status import Status, render_status
from lines_bot.telegram.views.view import View, shorten

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
EVERYTHING = frozenset(Action)
MANY = 150
ANY_WORDS: Mapping[str, str] = defaultdict(lambda: "4f2a93")
Item = TypeVar("Item")
HOSTILE = (
    "",
    " ",
    "\u200b\u200b",
    "😀" * 4096,
    "Ж" * 4096,
    "👨‍👩‍👧‍👦" * 500,
    "\u202egnp.exe\u2066",
    "line\nfeed\r\x00\x07\u2028tab\t",
    "<b>bold</b> & *bold* [x](tg://user?id=1) @everyone /grant #4f2a91 {name} {0} %s",
    "a" * 59 + "😀",
    "\u0301" * 200,
)


@dataclass(frozen=True)
class Chance:
    """Where the content of a view comes from: drawn at random, or always the same text and the most items."""

    text: Callable[[], str]
    pick: Callable[[Sequence[object]], int]
    size: Callable[[int], int]

    def one_of(self, options: Sequence[Item]) -> Item:
        return options[self.pick(options)]

    def list(self, make: Callable[[], Item], most: int) -> list[Item]:
        return [make() for _ in range(self.size(most))]

    def channel(self) -> ChannelSummary:
        text = self.text()
        return ChannelSummary(
            id=text,
            ref="4f2a91",
            name=self.text(),
            type=self.one_of([ChannelType(text), None, ChannelType.INBOX]),
            state=self.one_of([ChannelState(text), None, *ChannelState]),
            line=self.text(),
            since=self.one_of([NOW, None]),
            obstacle=self.one_of([NotReconnectable(type=text), WrongState(state=text), None]),
        )

    def session(self) -> SessionSummary:
        text = self.text()
        return SessionSummary(
            id=text,
            ref="4f2a91",
            client=self.text(),
            channel=self.text(),
            channel_type=ChannelType(text),
            line=self.text(),
            state=self.one_of([SessionState(text), None, *SessionState]),
            operator=self.text(),
            since=self.one_of([NOW, None]),
            seen="ffff",
            is_open=self.one_of([True, False]),
            spam_obstacle=self.one_of([SpamNotAllowed(type=text), None]),
            can_unspam=self.one_of([True, False]),
        )

    def line(self) -> LineSummary:
        return LineSummary(self.text(), "4f2a91", self.text(), 99_999, self.one_of([NOW, None]))

    def client(self) -> ClientSummary:
        return ClientSummary(self.text(), "4f2a91", self.text(), self.text(), self.text(), self.text())

    def key(self) -> AlertSubject:
        return AlertSubject(self.one_of(["channel:a", "queue:a"]), "4f2a91", self.text())

    def operator(self) -> OperatorSummary:
        presence = self.one_of([Presence(self.text()), None, *Presence])
        return OperatorSummary(self.text(), "4f2a91", self.text(), presence, 99_999)

    def message(self) -> MessageSummary:
        files = self.list(self.text, 30)
        return MessageSummary(self.text(), True, self.one_of([NOW, None]), self.text(), files)

    def person(self) -> Person:
        return Person(2**52, self.text(), self.one_of(list(Role)))

    def entry(self) -> Entry:
        outcome = self.one_of([Outcome.FAILED, None, *Outcome])
        return Entry(1, Verb.RECONNECT, "x", None, self.text(), NOW, outcome, NOW, self.text())

    def page(self, make: Callable[[], Item]) -> Page[Item]:
        items = [make() for _ in range(self.size(PAGE_SIZE))]
        return Page(items, 500, 1000, 8000, 4001)

    def incident(self) -> IncidentSummary:
        subjects: list[Subject] = [
            ChannelSubject(id="x", name=self.text(), type=self.text(), line=self.text(), can_reconnect=True),
            QueueSubject(id="x", line=self.text(), waiting=99_999, oldest=NOW, limit=9_999),
            GrowthSubject(
                id="x",
                line=self.text(),
                waiting=99_999,
                oldest=NOW,
                limit=9_999,
                full_at=NOW,
            ),
            SourceSubject(trouble=self.one_of(["BadAnswer", "QuotaExceeded", "Unreachable", "Unheard"])),
        ]
        closed = self.one_of([None, NOW])
        incident = Incident(
            id=2**31 - 1,
            key="channel:x",
            subject=self.one_of(subjects),
            since=NOW - timedelta(days=400),
            opened_at=NOW,
            flapping=self.one_of([0, 999]),
            owner=self.text(),
            owned_until=self.one_of([None, NOW + timedelta(hours=1)]),
            well_since=self.one_of([None, NOW]),
            closed_at=closed,
            ending=self.one_of([Change.CLOSED, Change.REMOVED]) if closed else None,
        )
        mute = self.one_of([Mute("x", NOW, self.text()), Mute("x", None, self.text()), None])
        return IncidentSummary(incident, "4f2a91", mute, self.one_of([self.entry(), None]), 99)

    def facts(self) -> CardContent:
        shown = [self.incident() for _ in range(self.one_of([1, CARD_PAGE]))]
        return CardContent(
            card=2**31 - 1,
            family=shown[0].incident.subject.family,
            is_missed=self.one_of([True, False]),
            page=Page(shown, 500, 1000, 8000, 4001) if len(shown) > 1 else paginate(shown, 0),
            incidents=[each.incident for each in shown],
            resent=True,
            happened_at=NOW,
            delivered_at=NOW + timedelta(hours=1),
            muted=self.one_of([True, False]),
            now=NOW,
        )


def show_list(chance: Chance) -> View:
    shown = ChannelList(
        page=chance.page(chance.channel),
        counts={"active": 9999, "error": 9999, "disconnected": 9999, "other": 9999},
        state=chance.one_of([None, ChannelState.ERROR]),
        text=chance.text(),
        text_ref="4f2a91",
        is_near=chance.one_of([True, False]),
        taken_at=NOW,
        trouble=BadAnswer(chance.text()),
    )
    return channels.render_channels(shown)


def show_queue(chance: Chance) -> View:
    lines = chance.list(chance.line, MANY)
    shown = QueueSummary(
        lines=lines,
        line=chance.one_of([None, chance.line()]),
        page=chance.page(chance.session),
        taken_at=NOW,
        trouble=BadAnswer(chance.text()),
    )
    return sessions.render_queue(shown, EVERYTHING)


def show_reconnected(chance: Chance) -> View:
    item = Channel(id="x", state=ChannelState(chance.text()))
    result = Result(item, chance.entry(), chance.one_of([True, False]), True)
    return channels.render_reconnected(chance.channel(), result, EVERYTHING)


def show_result(chance: Chance) -> View:
    result = Result(Session(id="x"), chance.entry(), chance.one_of([True, False]), True)
    show = chance.one_of([sessions.render_assigned, sessions.render_spam, sessions.render_unspammed])
    return show(chance.session(), result, EVERYTHING)


def show_error(chance: Chance) -> View:
    text = chance.text()
    errors: list[Exception] = [
        PlatformError(text),
        NotReconnectable(type=text),
        WrongState(state=text),
        NotFound(collection=text, id=text),
        UnknownReference(text),
        Unconfirmed(Channel(id="x", state=ChannelState(text))),
        Unconfirmed(Session(id="x", state=SessionState(text))),
        StaleObject(Session(id="x", state=SessionState(text)), chance.entry()),
        ValueError(text),
    ]
    return View(describe_error(chance.one_of(errors)))


VIEWS: dict[str, Callable[[Chance], View]] = {
    "channels": show_list,
    "channel": lambda chance: channels.render_channel(chance.channel(), EVERYTHING),
    "broken": lambda chance: channels.render_broken(chance.list(chance.channel, MANY), 1, EVERYTHING),
    "channel choice": lambda chance: channels.render_channel_choice(
        chance.list(chance.channel, MANY), chance.text()
    ),
    "reconnecting": lambda chance: channels.render_reconnecting(chance.channel()),
    "reconnected": show_reconnected,
    "queue": show_queue,
    "sessions": lambda chance: session_picker.render_sessions(
        chance.page(chance.session),
        PickSession(purpose=chance.one_of(["spam", "assign", "last"]), line="4f2a91"),
    ),
    "session choice": lambda chance: session_picker.render_session_choice(
        chance.list(chance.session, MANY), chance.text(), "assign"
    ),
    "operators": lambda chance: session_picker.render_operators(
        chance.session(), chance.page(chance.operator), chance.text()
    ),
    "line choice": lambda chance: session_picker.render_line_choice(
        chance.list(chance.line, MANY), chance.text()
    ),
    "working": lambda chance: sessions.render_working(chance.session()),
    "result": show_result,
    "talk": lambda chance: render_last_messages(
        LastMessages(
            chance.session(),
            chance.list(chance.message, 1) if (back := chance.one_of([0, 900])) == 0 else [],
            back,
            True,
        ),
        EVERYTHING,
    ),
    "earlier talk": lambda chance: render_last_messages(
        LastMessages(chance.session(), chance.list(chance.message, 5), 900, True), EVERYTHING
    ),
    "help": lambda chance: render_help(
        chance.person(), ChatContext(-1001, is_private=chance.one_of([True, False]), is_open=True), EVERYTHING
    ),
    "subject": lambda chance: render_subject(chance.one_of(list(SUBJECTS)), EVERYTHING),
    "unknown command": lambda chance: render_unknown_command(chance.text(), ["queue"], []),
    "keys": lambda chance: alert_subjects.render_alert_subjects(
        PickKey(purpose="why"), chance.page(chance.key)
    ),
    "key choice": lambda chance: alert_subjects.render_alert_subject_choice(
        "mute", chance.list(chance.key, PAGE_SIZE), chance.text(), "4f2a92"
    ),
    "words asked for": lambda chance: render_words_request(chance.session()),
    "stranger": lambda chance: people.render_stranger(chance.person()),
    "granted": lambda chance: people.render_granted(chance.person()),
    "revoked": lambda chance: people.render_revoked(chance.person(), ANY_WORDS),
    "people": lambda chance: people.render_people(
        paginate(chance.list(chance.person, MANY), 1, 25), ANY_WORDS
    ),
    "person": lambda chance: people.render_person(chance.person(), ANY_WORDS),
    "operators of a person": lambda chance: accounts.render_operators(
        chance.person(), chance.page(chance.operator), ANY_WORDS, chance.one_of(["", chance.text()])
    ),
    "channels to write first in": lambda chance: clients.render_writable(chance.page(chance.channel)),
    "clients to write to first": lambda chance: clients.render_recipients(
        chance.channel(), chance.page(chance.client), ANY_WORDS
    ),
    "card": lambda chance: cards.render_card(chance.facts()),
    "details": lambda chance: View(incidents.describe_details(chance.page(chance.incident), NOW)),
    "error": show_error,
    "status": lambda chance: render_status(
        Status(Poll(NOW, BadAnswer(chance.text()), 0), NOW, 12.3, None, 99_999, 99_999)
    ),
}


@cache
def language(locale: str) -> Language:
    return Language(locale, ZoneInfo("Asia/Yekaterinburg"))


def pick(place: int, options: Sequence[object]) -> int:
    return min(place, len(options) - 1)


def hides(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs") and char != "\n"


def check(view: View) -> None:
    """Telegram would take it, and nothing in it is invisible."""
    message = view.as_message()
    limits.check_text(message["text"], message["entities"])
    limits.check_keyboard(message["reply_markup"])
    buttons = [button.text for row in message["reply_markup"].inline_keyboard for button in row]
    assert not [char for text in (message["text"], *buttons) for char in text if hides(char)]


@pytest.mark.parametrize("locale", ["en", "ru"])
@pytest.mark.parametrize("name", VIEWS)
def test_a_view_full_of_one_hostile_text_can_be_sent(locale: str, name: str) -> None:
    for text, choice in product(HOSTILE, range(3)):
        chance = Chance(partial(str, text), partial(pick, choice), lambda most: most)
        with language(locale).speak():
            check(VIEWS[name](chance))


@pytest.mark.parametrize("name", VIEWS)
@given(data=some.data())
@settings(max_examples=25, deadline=None)
def test_a_view_of_anything_can_be_sent(name: str, data: some.DataObject) -> None:
    texts = some.one_of(some.sampled_from(HOSTILE), some.text(max_size=100))
    chance = Chance(
        lambda: data.draw(texts),
        lambda options: data.draw(some.integers(0, len(options) - 1)),
        lambda most: data.draw(some.integers(0, min(most, 4))),
    )
    with language(data.draw(some.sampled_from(["en", "ru"]))).speak():
        check(VIEWS[name](chance))


def test_no_markup_of_a_foreign_name_becomes_markup() -> None:
    channel = Chance(lambda: HOSTILE[8], lambda _options: 1, lambda most: most).channel()
    with language("en").speak():
        message = channels.render_channel(channel, EVERYTHING).as_message()
    assert "<b>bold</b> & *bold* [x](tg://user?id=1)" in message["text"]
    assert {entity.type for entity in message["entities"]} <= {"bold", "code", "date_time"}


def test_a_long_text_is_cut_between_characters_and_says_so() -> None:
    assert shorten("😀" * 10, 20) == "😀" * 10
    assert shorten("😀" * 11, 20) == "😀" * 9 + "…"
    assert shorten("a" + "😀" * 11, 20) == "a" + "😀" * 9 + "…"


def test_what_does_not_fit_is_counted() -> None:
    chance = Chance(lambda: "x", lambda _options: 0, lambda most: most)
    with language("en").speak():
        queue = show_queue(chance).as_message()["text"]
        talk = VIEWS["earlier talk"](chance).as_message()["text"]
    assert "… +138" in queue
    assert "📎 +27" in talk


def test_a_list_is_drawn_once_for_all_who_ask_in_one_language() -> None:
    def draw(state: ChannelState, at: datetime = NOW) -> View:
        channel = ChannelSummary(
            "1", "4f2a91", "Shop", None, state, "Line", NOW, obstacle=WrongState(state=state)
        )
        return channels.render_channels(
            ChannelList(
                page=paginate([channel], 0),
                counts={"active": 1},
                state=None,
                text="",
                text_ref="",
                is_near=False,
                taken_at=at,
                trouble=None,
            )
        )

    with language("en").speak():
        view = draw(ChannelState.ACTIVE)
        assert draw(ChannelState.ACTIVE) is view
        assert view.as_message() is view.as_message()
        assert draw(ChannelState.ERROR) is not view
        assert draw(ChannelState.ACTIVE, NOW + timedelta(seconds=1)) is not view
    with language("ru").speak():
        assert "работает" in draw(ChannelState.ACTIVE).as_message()["text"]
