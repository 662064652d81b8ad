"""What fits a phone: few buttons with short labels under every view, in both languages."""

import re
from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from aiogram.types import InlineKeyboardButton

from lines_bot.lines import SessionState
from lines_bot.lines.enums import OPEN_STATES
from lines_bot.people import Action
from lines_bot.telegram import callbacks as shared
from lines_bot.telegram import company_callbacks as company
from lines_bot.telegram.language import Language
from lines_bot.telegram.views.session_card import lay_out_card
from lines_bot.telegram.views.view import View
from tests.every_view import render_cards, render_every_view
from tests.test_russian_views import make_session

# How long a label, and a word of it, can be at 360 pixels, by how many share a row; seen in tests.pictures.
FITTING = {1: 40, 2: 24, 3: 14, 4: 10}
UNBROKEN = {1: 34, 2: 15, 3: 9, 4: 6}
MOST_BUTTONS = 8
# What a list has one of for each of its items.
OF_A_LIST = tuple(
    f"{each.__prefix__}:"
    for each in (
        shared.RunCommand,
        shared.ShowSubject,
        shared.ShowChannel,
        shared.Reconnect,
        shared.ShowWaiting,
        shared.ShowQueue,
        shared.PickOperator,
        shared.PickGroup,
        shared.Assign,
        shared.AssignBot,
        shared.AssignGroup,
        shared.Spam,
        shared.Unspam,
        shared.AskClose,
        shared.ShowLast,
        shared.ShowSession,
        shared.ShowHistory,
        shared.Export,
        shared.EndMute,
        shared.HandOverCard,
        company.AskCreate,
        company.PickRecipient,
    )
)


@pytest.fixture(autouse=True, params=["en", "ru"])
def _speak(request: pytest.FixtureRequest) -> Iterator[None]:
    with Language(request.param, ZoneInfo("Europe/Moscow")).speak():
        yield


def list_rows(view: View) -> list[list[InlineKeyboardButton]]:
    return view.make_keyboard().inline_keyboard


def test_every_label_fits_its_row() -> None:
    long = {
        (name, each.text)
        for name, view in render_every_view()
        for row in list_rows(view)
        for each in row
        if len(each.text) > FITTING[len(row)] or max(map(len, each.text.split())) > UNBROKEN[len(row)]
    }
    assert long == set()


def test_no_view_has_more_than_eight_buttons_but_the_rows_of_a_list() -> None:
    crowded = {}
    for name, view in render_every_view():
        own = [
            each.text
            for row in list_rows(view)
            for each in row
            if not (each.callback_data or "").startswith(OF_A_LIST)
        ]
        if len(own) > MOST_BUTTONS:
            crowded[name] = own
    assert crowded == {}


def test_a_card_with_all_that_can_be_done_has_at_most_eight_buttons() -> None:
    counts = {name: sum(map(len, list_rows(view))) for name, view in render_cards()}
    assert {name: count for name, count in counts.items() if count > MOST_BUTTONS} == {}


@pytest.mark.parametrize("state", sorted(OPEN_STATES))
def test_an_open_session_has_at_most_eight_buttons(state: SessionState) -> None:
    session = replace(make_session(state), can_unspam=False)
    assert sum(map(len, lay_out_card(session, frozenset(Action)))) <= MOST_BUTTONS


def test_no_time_of_day_enters_the_words_of_a_card() -> None:
    for name, view in render_cards():
        text, entities = view.text.render()
        units = text.encode("utf-16-le")
        for each in entities:
            if each.type == "date_time":
                begin, end = 2 * each.offset, 2 * (each.offset + each.length)
                units = units[:begin] + "_".encode("utf-16-le") * each.length + units[end:]
        words = units.decode("utf-16-le")
        assert not re.search(r"\d{1,2}:\d{2}|\d{1,2}\.\d{1,2}", words.replace("22:00–08:30", "")), name
