"""What is said about the incidents of each family, and nowhere else."""

from collections.abc import Mapping
from typing import ClassVar

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from lines_bot.alerts.engine import Change, Phase
from lines_bot.alerts.families import ChannelSubject, GrowthSubject, QueueSubject, SourceSubject
from lines_bot.alerts.incidents import Incident
from lines_bot.alerts.policy import Policy
from lines_bot.i18n import N_
from lines_bot.lines import ChannelState, ChannelType
from lines_bot.telegram.callbacks import PickSession, ShowQueue
from lines_bot.telegram.views.labels import count_waiting, name_channel_type, name_duration
from lines_bot.telegram.views.models import IncidentSummary
from lines_bot.telegram.views.view import button, clip, fill, marked, moment, reference


class Renderer:
    """The words of one family; `phases`: how a condition of it stands, None: there is none."""

    phases: ClassVar[Mapping[Phase | None, str]] = {
        None: N_("Works, so no alert."),
        Phase.WELL: N_("Works now; was down recently."),
        Phase.PENDING: N_("Down, but too briefly for an alert so far."),
        Phase.HEALING: N_("Trying to reconnect before calling anyone."),
        Phase.BAD: N_("Down; alert is open."),
        Phase.RECOVERING: N_("Back, watching…"),
    }

    def name(self, shown: IncidentSummary) -> Text:
        """What an incident is about, with the reference of it."""
        return fill("{name} {ref}", name=Bold(clip(shown.incident.subject.title)), ref=reference(shown.ref))

    def mark(self, incident: Incident) -> str:
        """How it stands, as a colour."""
        if incident.ending is Change.REMOVED:
            return "⚪"
        if incident.closed_at:
            return "🟢"
        return "🟡" if incident.well_since else "🔴"

    def describe(self, shown: IncidentSummary) -> list[Text]:
        """One incident in full: a title, and what else is known."""
        raise NotImplementedError

    def describe_shortly(self, shown: IncidentSummary) -> Text:
        """What stands for an incident on one line of a list."""
        return self.name(shown)

    def describe_group(self, bad: int, total: int, *, is_over: bool) -> str:
        """The title of several, of which `bad` are in trouble."""
        raise NotImplementedError

    def describe_rule(self, policy: Policy) -> str:
        """When there is an alert."""
        raise NotImplementedError

    def offer_cure(self, shown: IncidentSummary) -> list[InlineKeyboardButton]:
        """What would end the trouble of one incident, beside a reconnect."""
        return []


class ChannelRenderer(Renderer):
    def describe(self, shown: IncidentSummary) -> list[Text]:
        incident, name = shown.incident, self.name(shown)
        subject = ChannelSubject.narrow(incident.subject)
        place = fill(
            "{line} · {type}",
            line=clip(subject.line) or "—",
            type=clip(name_channel_type(ChannelType(subject.type) if subject.type else None)),
        )
        if incident.ending is Change.REMOVED:
            title = fill(_("{name} was removed from Lines"), name=name)
        elif incident.closed_at:
            title = fill(_("{name} is back"), name=name)
        elif incident.well_since:
            title = fill(_("{name} is back, watching…"), name=name)
        elif subject.state == ChannelState.DISCONNECTED:
            title = fill(_("{name} is down (Disconnected)"), name=name)
        else:
            title = fill(_("{name} is down (Error)"), name=name)
        return [fill("{mark} {title}", mark=self.mark(incident), title=title), place, describe_time(incident)]

    def describe_group(self, bad: int, total: int, *, is_over: bool) -> str:
        if is_over:
            return ngettext("{count} channel is back", "{count} channels are back", total).format(count=total)
        of_all = ngettext("of {count} channel", "of {count} channels", total).format(count=total)
        return ngettext("{count} {of_all} down", "{count} {of_all} down", bad).format(
            count=bad, of_all=of_all
        )

    def describe_rule(self, policy: Policy) -> str:
        hold = policy.channel
        return _("Alert after {hold} in Error ({count} checks); closes after {well} without.").format(
            hold=name_duration(hold.bad_for), count=hold.bad_readings, well=name_duration(hold.well_for)
        )


class QueueRenderer(Renderer):
    phases: ClassVar[Mapping[Phase | None, str]] = {
        **Renderer.phases,
        None: N_("The queue is normal, so no alert."),
        Phase.WELL: N_("The queue is normal now; was over the limit recently."),
        Phase.PENDING: N_("Over the limit, but too briefly for an alert so far."),
        Phase.BAD: N_("Over the limit; alert is open."),
        Phase.RECOVERING: N_("The queue is back to normal, watching…"),
    }

    def describe(self, shown: IncidentSummary) -> list[Text]:
        incident, line = shown.incident, self.name(shown)
        if incident.ending is Change.REMOVED:
            return _describe_removed_line(self, shown)
        subject = QueueSubject.narrow(incident.subject)
        if incident.closed_at:
            title = fill(_("{line}: queue is back to normal"), line=line)
        elif incident.well_since:
            title = fill(_("{line}: queue is back to normal, watching…"), line=line)
        else:
            title = _describe_queue(subject, line)
        told = [fill("{mark} {title}", mark=self.mark(incident), title=title)]
        if incident.well_since:
            told.append(_describe_waiting(subject))
        elif subject.oldest:
            told.append(fill(_("The first came {time}"), time=moment(subject.oldest)))
        return [*told, describe_time(incident)]

    def describe_shortly(self, shown: IncidentSummary) -> Text:
        if shown.incident.closed_at:
            return self.name(shown)
        return _describe_queue(QueueSubject.narrow(shown.incident.subject), self.name(shown))

    def describe_group(self, bad: int, total: int, *, is_over: bool) -> str:
        return _("Queues over the limit: {bad} of {all}").format(bad=bad, all=total)

    def describe_rule(self, policy: Policy) -> str:
        return _("Alert when {limit} or more wait for {hold}, or one client waits {wait}.").format(
            limit=policy.queue_limit,
            hold=name_duration(policy.queue.bad_for),
            wait=name_duration(policy.queue_wait),
        )

    def offer_cure(self, shown: IncidentSummary) -> list[InlineKeyboardButton]:
        return [
            button(_("Assign"), PickSession(purpose="assign", line=shown.ref, beside=True), "primary"),
            button(_("Queue"), ShowQueue(line=shown.ref, beside=True)),
        ]


class GrowthRenderer(QueueRenderer):
    phases: ClassVar[Mapping[Phase | None, str]] = {
        **QueueRenderer.phases,
        Phase.BAD: N_("The queue is growing fast; alert is open."),
    }

    def mark(self, incident: Incident) -> str:
        return super().mark(incident) if incident.closed_at or incident.well_since else "🟠"

    def describe(self, shown: IncidentSummary) -> list[Text]:
        incident, line = shown.incident, self.name(shown)
        subject = GrowthSubject.narrow(incident.subject)
        if incident.ending is Change.REMOVED:
            return _describe_removed_line(self, shown)
        if incident.closed_at or incident.well_since:
            title = fill(_("{line}: queue stopped growing"), line=line)
            return [marked("🟢", title), describe_time(incident)]
        title = fill(
            _("{line}: queue is growing fast, {waiting}, limit {limit}"),
            line=line,
            waiting=count_waiting(subject.waiting),
            limit=subject.limit,
        )
        told = [fill("{mark} {title}", mark=self.mark(incident), title=title)]
        if subject.full_at:
            told.append(fill(_("At this pace it reaches the limit {time}"), time=moment(subject.full_at)))
        return told


class SourceRenderer(Renderer):
    def name(self, shown: IncidentSummary) -> Text:
        return Text(_("No connection to Lines"))

    def describe(self, shown: IncidentSummary) -> list[Text]:
        incident = shown.incident
        if incident.closed_at:
            return [marked("🟢", Bold(_("Lines is back"))), describe_time(incident)]
        return [
            marked("🔴", Bold(_("No connection to Lines"))),
            Text(_describe_outage(SourceSubject.narrow(incident.subject))),
            Text(_("Other alerts are frozen until then.")),
            describe_time(incident),
        ]

    def describe_group(self, bad: int, total: int, *, is_over: bool) -> str:
        return _("Lines is back") if is_over else _("No connection to Lines")

    def describe_rule(self, policy: Policy) -> str:
        return _("Alert after two failed checks of Lines within 20 s.")


RENDERERS: dict[str, Renderer] = {
    ChannelSubject.family: ChannelRenderer(),
    QueueSubject.family: QueueRenderer(),
    GrowthSubject.family: GrowthRenderer(),
    SourceSubject.family: SourceRenderer(),
}


def find_renderer(incident: Incident) -> Renderer:
    return RENDERERS[incident.subject.family]


def describe_time(incident: Incident) -> Text:
    """When it began, or how long it lasted."""
    over = incident.well_since or incident.closed_at
    if over is None:
        return fill(_("Began {time}"), time=moment(incident.since))
    lasted = name_duration(over - incident.since)
    return fill(_("Lasted {length}, ended {time}"), length=lasted, time=moment(over))


def _describe_queue(subject: QueueSubject, line: Text) -> Text:
    """The rule that is broken, with its number and its limit."""
    parts = {"line": line, "count": subject.waiting, "limit": subject.limit}
    waiting, longest = count_waiting(subject.waiting), name_duration(subject.longest_wait)
    if subject.is_late and subject.is_crowded:
        told = _("{line}: {count} waiting, limit {limit} · a client has waited over {longest}")
    elif subject.is_late:
        told = _("{line}: a client has waited over the limit of {longest} · {waiting}")
    elif subject.is_crowded:
        told = _("{line}: {count} waiting, limit {limit}")
    else:
        told = _("{line}: queue is easing · {waiting}")
    return fill(told, **parts, waiting=waiting, longest=longest)


def _describe_waiting(subject: QueueSubject) -> Text:
    waiting = count_waiting(subject.waiting)
    if subject.oldest is None:
        return Text(waiting)
    return fill(_("{waiting}, oldest {time}"), waiting=waiting, time=moment(subject.oldest))


def _describe_removed_line(renderer: Renderer, shown: IncidentSummary) -> list[Text]:
    """Its last numbers say nothing any more."""
    title = fill(_("{line} was removed from Lines"), line=renderer.name(shown))
    mark = renderer.mark(shown.incident)
    return [fill("{mark} {title}", mark=mark, title=title), describe_time(shown.incident)]


def _describe_outage(subject: SourceSubject) -> str:
    status = f" (HTTP {subject.status})" if subject.status else ""
    known = {
        "Unreachable": _("Lines cannot be reached."),
        "TimedOut": _("Lines does not answer in time."),
        "BadAnswer": _("Lines answers with an error{status}; it may be restarting.").format(status=status),
        "QuotaExceeded": _("The limit of requests to Lines is used up."),
        "AccessDenied": _("Lines refuses the bot's token. An administrator must check LINES_TOKEN."),
        "WrongAddress": _("There is no bridge at the Lines address. An administrator must check LINES_URL."),
    }
    return known.get(
        subject.trouble, _("The bridge did not understand the bot. An administrator runs: lines-bot check")
    )
