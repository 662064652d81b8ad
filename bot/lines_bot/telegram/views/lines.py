"""Lines: their channels, who waits, and who works."""

from collections.abc import Sequence

from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.pagination import Page
from lines_bot.queries.models import LineDetails
from lines_bot.telegram.callbacks import ShowQueue
from lines_bot.telegram.company_callbacks import ShowLines
from lines_bot.telegram.views.labels import count_states, count_waiting
from lines_bot.telegram.views.view import View, button, clip, fill, marked, moment, pair, stack, turn_pages

_OPERATORS_SHOWN = 5


def render_lines(cards: Page[LineDetails]) -> View:
    """A line each, those with the longest queue first; a button opens its queue."""
    if not cards.items:
        return View(Text(_("No lines.")))
    body: list[Text | str] = []
    for card in cards.items:
        body += ["", *_describe(card)]
    buttons = [
        button(f"{card.line.name} · {card.line.waiting}", ShowQueue(line=card.line.ref))
        for card in cards.items
    ]
    turn = turn_pages(cards, lambda page: ShowLines(page=page))
    return View(stack(Bold(_("Lines")), *body), [*pair(buttons), turn])


def _describe(card: LineDetails) -> Sequence[Text]:
    shown = ", ".join(f"{clip(name, 30)} {count}" for name, count in card.operators[:_OPERATORS_SHOWN])
    more = len(card.operators) - _OPERATORS_SHOWN
    waiting = Text(count_waiting(card.line.waiting))
    if card.line.oldest is not None:
        waiting = fill(_("{waiting}, oldest {time}"), waiting=waiting, time=moment(card.line.oldest))
    return [
        Bold(clip(card.line.name)),
        marked("   ", count_states(card.channels) if card.channels else _("no channels")),
        marked("   ", waiting),
        fill(
            "    {operators}{more}",
            operators=shown or _("no operator holds a session"),
            more=f" +{more}" if more > 0 else "",
        ),
    ]
