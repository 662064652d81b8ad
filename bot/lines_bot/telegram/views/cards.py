"""Alert cards, from the incidents as they are stored."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Code, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.engine import Change
from lines_bot.alerts.incidents import Incident
from lines_bot.people import Person
from lines_bot.telegram.callbacks import (
    AskWhy,
    ChooseMute,
    ChooseTaker,
    FilterCard,
    HandOverCard,
    MuteCard,
    MuteLength,
    PressExtension,
    ReconnectCard,
    ReleaseCard,
    ShowCard,
    TakeCard,
    TurnCard,
)
from lines_bot.telegram.views.alerts import describe_reasons
from lines_bot.telegram.views.digests import describe_missed
from lines_bot.telegram.views.incidents import (
    describe_details,
    describe_entry,
    describe_in_full,
    describe_incident,
)
from lines_bot.telegram.views.incidents.renderers import RENDERERS, find_renderer
from lines_bot.telegram.views.models import CardButton, CardContent, Explanation, LineFilter
from lines_bot.telegram.views.view import (
    Rows,
    View,
    button,
    clip,
    fill,
    marked,
    moment,
    pair,
    stack,
    turn_pages,
)

_LATE = timedelta(seconds=60)
_LONGEST_LABEL = 18


def render_card(content: CardContent) -> View:
    """The card as it stands now: one incident in full, several as a list, what was missed as a digest."""
    if content.is_missed:
        return View(stack(describe_missed(content), *_describe_delivery(content)))
    one = len(content.incidents) == 1
    body = describe_in_full(content.page.items[0], content.now) if one else _describe_many(content)
    return View(stack(*body, *_describe_delivery(content)), _lay_out(content))


def _describe_many(content: CardContent) -> list[Text | str]:
    """A group: how many of it are open, by line when it is a storm, then a page of its members."""
    open_now = [each for each in content.incidents if each.closed_at is None]
    bad = [each for each in open_now if each.well_since is None]
    mark = "🔴" if bad else "🟡" if open_now else "🟢"
    is_well = all(each.closed_at and each.ending is not Change.REMOVED for each in content.incidents)
    title = RENDERERS[content.family].describe_group(len(bad), len(content.incidents), is_over=is_well)
    by_line = Counter(parent.name for each in bad if (parent := each.subject.parent) is not None)
    told: list[Text | str] = [fill("{mark} {title}", mark=mark, title=Bold(title))]
    if len(by_line) > 1:
        told.append(" · ".join(f"{clip(line, 30) or '—'}: {count}" for line, count in by_line.most_common(8)))
    told += ["", *(describe_incident(shown, content.now) for shown in content.page.items)]
    if entries := [shown.entry for shown in content.page.items if shown.entry]:
        told.append(describe_entry(max(entries, key=lambda entry: entry.id)))
    owners = {clip(each.owner or "", 30) for each in open_now if each.is_owned(content.now)}
    if owners:
        told.append(marked("🙋", _("On it: {names}").format(names=", ".join(sorted(owners)))))
    return told


def _describe_delivery(content: CardContent) -> list[Text | str]:
    told: list[Text | str] = []
    if content.delivered_at - content.happened_at > _LATE:
        told.append(
            marked(
                "🕒",
                fill(
                    _("Delivered late: happened {happened}, delivered {delivered}"),
                    happened=moment(content.happened_at),
                    delivered=moment(content.delivered_at),
                ),
            )
        )
    if content.resent:
        told.append(_("(resent)"))
    return told


def render_refused(chat: int, refusal: str, stands: bool) -> View:
    """Told to administrators: an alert does not look as it should, or is not there at all."""
    told = (
        _("Telegram refused the look of an alert in chat {chat}: it is plain text without buttons there.")
        if stands
        else _("Telegram refused an alert in chat {chat}: it is not shown there. /alerts shows it.")
    )
    reason = _("Telegram says: {reason}").format(reason=clip(refusal, 300))
    return View(stack(marked("⚠️", fill(told, chat=Code(str(chat)))), reason))


def render_mute_choice(content: CardContent) -> View:
    """The same card with the lengths of a mute in place of its buttons."""
    lengths: dict[MuteLength, str] = {
        "30m": _("Mute 30 min"),
        "1h": _("Mute 1 h"),
        "9": _("Mute until 9:00"),
        "well": _("Mute until fixed"),
    }
    buttons = [
        button("🔕 " + title, MuteCard(card=content.card, length=length)) for length, title in lengths.items()
    ]
    return replace(render_card(content), rows=[*pair(buttons), [_offer_card(content.card)]])


def render_people_choice(content: CardContent, people: Sequence[Person]) -> View:
    """The same card with the people it can be handed to in place of its buttons."""
    buttons = [
        button(f"🙋 {clip(each.name, 28)}", HandOverCard(card=content.card, person=each.id))
        for each in people
    ]
    return replace(render_card(content), rows=[*pair(buttons), [_offer_card(content.card)]])


def render_reasons(content: CardContent, why: Explanation) -> View:
    """What the card's page says in full, with exact times, and why it was told."""
    told = stack(describe_details(content.page, content.now), "", *describe_reasons(why))
    return View(told, [[_offer_card(content.card)]])


def _offer_card(card: int) -> InlineKeyboardButton:
    return button("◀️ " + _("Back"), ShowCard(card=card))


def _lay_out(content: CardContent) -> Rows:
    """What can be done about what is still in trouble; the rest only waits for its end."""
    card = content.card
    open_now = [each for each in content.incidents if each.closed_at is None]
    bad = [each for each in open_now if each.well_since is None]
    pages = turn_pages(content.page, lambda page: TurnCard(card=card, page=page))
    filters = pair([_offer_line(card, each) for each in content.filters])
    cures = _offer_cure(content, open_now) if bad else []
    owning = []
    if open_now and all(each.is_owned(content.now) for each in open_now):
        owning = [
            button(_("Release"), ReleaseCard(card=card)),
            button(_("Hand over…"), ChooseTaker(card=card)),
        ]
    elif bad:
        cures = [*cures, button("🙋 " + _("Take"), TakeCard(card=card))]
    last = [button(_("Why"), AskWhy(card=card))]
    if content.muted:
        last = [button("🔔 " + _("Unmute"), MuteCard(card=card, length="end")), *last]
    elif bad:
        last = [button("🔕 " + _("Mute…"), ChooseMute(card=card)), *last]
    extras = pair([_offer_extra(card, each) for each in content.extras]) if open_now else []
    return [*filters, pages, *_split(cures), owning, last, *extras]


def _offer_extra(card: int, extra: CardButton) -> InlineKeyboardButton:
    if extra.url:
        return InlineKeyboardButton(text=extra.label, url=extra.url)
    return button(extra.label, PressExtension(card=card, button=extra.mark))


def _split(buttons: Sequence[InlineKeyboardButton]) -> Rows:
    """One row, or two where a long name needs one for itself."""
    if any(len(each.text) > _LONGEST_LABEL for each in buttons):
        return [[each] for each in buttons]
    return [buttons]


def _offer_line(card: int, line: LineFilter) -> InlineKeyboardButton:
    """A line to list alone; the chosen one leads back to all."""
    name = f"{line.name or '—'}: {line.bad}"
    if line.is_chosen:
        return button("✔️ " + name, FilterCard(card=card, line=""))
    return button(name, FilterCard(card=card, line=line.ref))


def _offer_cure(content: CardContent, open_now: Sequence[Incident]) -> list[InlineKeyboardButton]:
    """What would end the trouble: reconnecting channels, assigning who waits."""
    if len(content.page.items) == 1:
        (shown,) = content.page.items
        if offered := find_renderer(shown.incident).offer_cure(shown):
            return offered
    cures = [each for each in open_now if each.subject.is_curable and each.well_since is None]
    working = any(shown.entry and shown.entry.outcome is None for shown in content.page.items)
    if not cures or working:
        return []
    if len(cures) > 1:
        title = _("Reconnect all ({count})").format(count=len(cures))
    elif len(content.incidents) > 1:
        title = _("Reconnect {name}").format(name=cures[0].subject.title)
    else:
        title = _("Reconnect")
    return [button(title, ReconnectCard(card=content.card), "primary")]
