"""Alert cards: a function of stored incidents, so an edit shows what is true and never what was."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Code, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.incidents import Incident
from lines_bot.alerts.observations import ChannelSubject
from lines_bot.telegram.alerts.card_content import CardContent, LineFilter
from lines_bot.telegram.callbacks import (
    AskWhy,
    FilterCard,
    MuteCard,
    PickSession,
    ReconnectCard,
    ShowDetails,
    ShowQueue,
    TakeCard,
    TurnCard,
)
from lines_bot.telegram.views.digests import tell_missed
from lines_bot.telegram.views.incidents import describe_incident, tell_entry, tell_one
from lines_bot.telegram.views.labels import count_channels
from lines_bot.telegram.views.view import View, button, clip, fill, moment, pair, stack, turn_pages

_LATE = timedelta(seconds=60)


def show_card(facts: CardContent) -> View:
    """The card as it stands now: one incident in full, several as a list, what was missed as a digest."""
    if facts.family == "missed":
        return View(stack(tell_missed(facts), *_tell_delivery(facts)))
    one = len(facts.incidents) == 1
    body = tell_one(facts.page.items[0], facts.now) if one else _tell_many(facts)
    return View(stack(*body, *_tell_delivery(facts)), _lay_out(facts))


def _tell_many(facts: CardContent) -> list[Text | str]:
    """A group: how many of it are open, by line when it is a storm, then a page of its members."""
    open_now = [each for each in facts.incidents if each.closed_at is None]
    bad = [each for each in open_now if each.well_since is None]
    mark = "🔴" if bad else "🟡" if open_now else "🟢"
    if facts.family == "channel":
        title = _("{bad} of {channels} still in trouble").format(
            bad=len(bad), channels=count_channels(len(facts.incidents))
        )
        title = (
            title
            if open_now
            else _("{channels} well again").format(channels=count_channels(len(facts.incidents)))
        )
    else:
        title = _("Queues in trouble: {bad} of {all}").format(bad=len(bad), all=len(facts.incidents))
    by_line = Counter(each.subject.line for each in bad if isinstance(each.subject, ChannelSubject))
    told: list[Text | str] = [fill("{mark} {title}", mark=mark, title=Bold(title))]
    if len(by_line) > 1:
        told.append(" · ".join(f"{clip(line, 30) or '—'}: {count}" for line, count in by_line.most_common(8)))
    told += ["", *(describe_incident(shown, facts.now) for shown in facts.page.items)]
    if entries := [shown.entry for shown in facts.page.items if shown.entry]:
        told.append(tell_entry(max(entries, key=lambda entry: entry.id)))
    owners = {clip(each.owner or "", 30) for each in open_now if each.is_owned(facts.now)}
    if owners:
        told.append(fill("🙋 {told}", told=_("Taken by {names}").format(names=", ".join(sorted(owners)))))
    return told


def _tell_delivery(facts: CardContent) -> list[Text | str]:
    told: list[Text | str] = []
    if facts.delivered_at - facts.happened_at > _LATE:
        told.append(
            fill(
                "🕒 {told}",
                told=fill(
                    _("Delivered late: happened {happened}, delivered {delivered}"),
                    happened=moment(facts.happened_at),
                    delivered=moment(facts.delivered_at),
                ),
            )
        )
    if facts.resent:
        told.append(_("(resent)"))
    return told


def show_refused(chat: int, refusal: str, stands: bool) -> View:
    """Told to administrators: an alert does not look as it should, or is not there at all."""
    told = (
        _("Telegram refused how an alert looks in the chat {chat}. There it is plain text without buttons.")
        if stands
        else _("Telegram refused an alert in the chat {chat}. It is not shown there; /alerts shows it.")
    )
    reason = _("Telegram says: {reason}").format(reason=clip(refusal, 300))
    return View(stack(fill("⚠️ {told}", told=fill(told, chat=Code(str(chat)))), reason))


def _lay_out(facts: CardContent) -> list[list[InlineKeyboardButton]]:
    open_now = [each for each in facts.incidents if each.closed_at is None]
    details = button(_("Details"), ShowDetails(card=facts.card))
    pages = turn_pages(facts.page, lambda page: TurnCard(card=facts.card, page=page))
    filters = pair([_offer_line(facts.card, each) for each in facts.filters])
    if not open_now:
        return [*filters, pages, [details]]
    owned = all(each.is_owned(facts.now) for each in open_now)
    take = [] if owned else [button("🙋 " + _("Take"), TakeCard(card=facts.card))]
    first = [*_offer_cure(facts, open_now), *take]
    if facts.muted:
        mutes = [[button("🔔 " + _("Unmute"), MuteCard(card=facts.card, length="end"))]]
    else:
        lengths = {
            "30m": _("Mute 30 min"),
            "1h": _("Mute 1 h"),
            "9": _("Mute until 9:00"),
            "well": _("Mute until well"),
        }
        each = [
            button("🔕 " + title, MuteCard(card=facts.card, length=length))
            for length, title in lengths.items()
        ]
        mutes = [each[:2], each[2:]]
    return [*filters, pages, first, *mutes, [details, button(_("Why"), AskWhy(card=facts.card))]]


def _offer_line(card: int, line: LineFilter) -> InlineKeyboardButton:
    """A line to list alone; the chosen one leads back to all."""
    name = f"{line.name or '—'}: {line.bad}"
    if line.is_chosen:
        return button("✔️ " + name, FilterCard(card=card, line=""))
    return button(name, FilterCard(card=card, line=line.ref))


def _offer_cure(facts: CardContent, open_now: Sequence[Incident]) -> list[InlineKeyboardButton]:
    """What would end the trouble: reconnecting channels, assigning who waits."""
    if facts.family in ("queue", "growth") and len(facts.page.items) == 1:
        ref = facts.page.items[0].ref
        return [
            button(_("Assign"), PickSession(purpose="assign", line=ref, beside=True), "primary"),
            button(_("Queue"), ShowQueue(line=ref, beside=True)),
        ]
    cures = [
        each
        for each in open_now
        if isinstance(each.subject, ChannelSubject) and each.subject.can_reconnect and each.well_since is None
    ]
    working = any(shown.entry and shown.entry.outcome is None for shown in facts.page.items)
    if not cures or working:
        return []
    title = (
        _("Reconnect") if len(facts.incidents) == 1 else _("Reconnect all ({count})").format(count=len(cures))
    )
    return [button(title, ReconnectCard(card=facts.card), "primary")]
