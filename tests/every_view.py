"""One of everything that people are shown, by name, with Russian names in it: for what looks at all of it."""

from collections.abc import Iterator

from lines_bot.alerts.engine import Phase
from lines_bot.lines import ChannelState, SessionState
from lines_bot.people import Action, Person, Role
from lines_bot.telegram.callbacks import ShowWaiting
from lines_bot.telegram.views.board import BoardContent, BoardLine
from lines_bot.telegram.views.cards import (
    render_card,
    render_mute_choice,
    render_people_choice,
    render_reasons,
)
from lines_bot.telegram.views.errors import describe_error
from lines_bot.telegram.views.help import render_start
from lines_bot.telegram.views.sessions import render_waiting
from lines_bot.telegram.views.view import View
from tests.samples import CHAT, NOW, OTHER, QUEUE, make_card, make_incident, make_shown
from tests.test_russian_answers import make_reason, render_answers
from tests.test_russian_cards import CARDS
from tests.test_russian_views import LEAD, UNLIKE_OTHERS, make_session, render_views


def render_cards() -> Iterator[tuple[str, View]]:
    """Every state of an alert's card, and what opens on it."""
    for name, (content, _text) in CARDS.items():
        yield f"card: {name}", render_card(content)
    several = make_card(make_shown(), make_shown(OTHER))
    people = [Person(1, "Анна", Role.LEAD), Person(2, "Олег", Role.OPERATOR)]
    yield "card: mute", render_mute_choice(several)
    yield "card: hand over", render_people_choice(several, people)
    yield "card: why", render_reasons(several, make_reason(Phase.BAD, incident=make_incident(CHAT)))
    queue = make_card(make_shown(QUEUE))
    yield "card: why a queue", render_reasons(queue, make_reason(None, family="queue"))


def render_every_view() -> Iterator[tuple[str, View]]:
    """Everything, in the language that is spoken."""
    yield from render_cards()
    for number, (view, _text) in enumerate(render_answers()):
        yield f"answer {number}", view
    lines = [BoardLine("Магазин", 2, NOW), BoardLine("Опт", 0, None)]
    counts = {ChannelState.ERROR: 1, ChannelState.ACTIVE: 3}
    yield "start", render_start(LEAD, BoardContent(counts, lines, 1, NOW))
    yield "start before Lines was read", render_start(LEAD, BoardContent({}, [], 0, None))
    waiting = make_session(SessionState.WAITING)
    yield "waiting", render_waiting(waiting, ShowWaiting(session=waiting.ref), frozenset(Action))
    for number, view in enumerate(render_views()):
        yield f"view {number}", view
    for error in UNLIKE_OTHERS:
        yield f"error {type(error).__name__}", View(describe_error(error))
