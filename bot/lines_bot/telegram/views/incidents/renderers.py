"""What is said about the incidents of each family, and nowhere else."""

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.engine import Change
from lines_bot.alerts.families import ChannelSubject, GrowthSubject, QueueSubject, SourceSubject
from lines_bot.alerts.incidents import Incident
from lines_bot.alerts.policy import Policy
from lines_bot.lines import ChannelState, ChannelType
from lines_bot.telegram.callbacks import PickSession, ShowQueue
from lines_bot.telegram.views.labels import count_channels, count_waiting, name_channel_type, name_duration
from lines_bot.telegram.views.models import IncidentSummary
from lines_bot.telegram.views.view import button, clip, fill, moment, reference


class Renderer:
    """The words of one family."""

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
            title = fill(_("{name} is well again"), name=name)
        elif incident.well_since:
            title = fill(_("{name} looks well; the alert closes if it stays so"), name=name)
        elif subject.state == ChannelState.DISCONNECTED:
            title = fill(_("{name} is disconnected"), name=name)
        else:
            title = fill(_("{name} is in Error"), name=name)
        return [fill("{mark} {title}", mark=self.mark(incident), title=title), place, describe_time(incident)]

    def describe_group(self, bad: int, total: int, *, is_over: bool) -> str:
        if is_over:
            return _("{channels} well again").format(channels=count_channels(total))
        return _("{bad} of {channels} still in trouble").format(bad=bad, channels=count_channels(total))

    def describe_rule(self, policy: Policy) -> str:
        hold = policy.channel
        return _(
            "Rule: an alert after {hold} in Error and {count} readings; closed after {well} without it."
        ).format(hold=name_duration(hold.bad_for), count=hold.bad_readings, well=name_duration(hold.well_for))


class QueueRenderer(Renderer):
    def describe(self, shown: IncidentSummary) -> list[Text]:
        incident, line = shown.incident, self.name(shown)
        if incident.ending is Change.REMOVED:
            return _describe_removed_line(self, shown)
        subject = QueueSubject.narrow(incident.subject)
        numbers = Text(count_waiting(subject.waiting))
        if subject.oldest:
            numbers = fill(
                _("{waiting}, the first came {time}"), waiting=numbers, time=moment(subject.oldest)
            )
        if incident.closed_at:
            title = fill(_("The queue of {line} is within its limit again"), line=line)
        elif incident.well_since:
            title = fill(
                _("The queue of {line} is within its limit; the alert closes if it stays so"), line=line
            )
        else:
            title = fill(_("The queue of {line} is over its limit"), line=line)
        return [
            fill("{mark} {title}", mark=self.mark(incident), title=title),
            numbers,
            describe_time(incident),
        ]

    def describe_shortly(self, shown: IncidentSummary) -> Text:
        if shown.incident.closed_at:
            return self.name(shown)
        waiting = count_waiting(QueueSubject.narrow(shown.incident.subject).waiting)
        return fill("{told}: {waiting}", told=self.name(shown), waiting=waiting)

    def describe_group(self, bad: int, total: int, *, is_over: bool) -> str:
        return _("Queues in trouble: {bad} of {all}").format(bad=bad, all=total)

    def describe_rule(self, policy: Policy) -> str:
        return _("Rule: an alert when {limit} or more wait for {hold}, or one waits for {wait}.").format(
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
    def mark(self, incident: Incident) -> str:
        return super().mark(incident) if incident.closed_at or incident.well_since else "🟠"

    def describe(self, shown: IncidentSummary) -> list[Text]:
        incident, line = shown.incident, self.name(shown)
        subject = GrowthSubject.narrow(incident.subject)
        if incident.ending is Change.REMOVED:
            return _describe_removed_line(self, shown)
        if incident.closed_at or incident.well_since:
            title = fill(_("The queue of {line} has stopped growing"), line=line)
            return [fill("🟢 {title}", title=title), describe_time(incident)]
        told = [
            fill(
                "{mark} {title}",
                mark=self.mark(incident),
                title=fill(_("The queue of {line} is growing"), line=line),
            ),
            fill(
                _("{waiting}, the limit is {limit}"),
                waiting=count_waiting(subject.waiting),
                limit=subject.limit,
            ),
        ]
        if subject.full_at:
            told.append(fill(_("At this pace it reaches the limit {time}"), time=moment(subject.full_at)))
        return told


class SourceRenderer(Renderer):
    def name(self, shown: IncidentSummary) -> Text:
        return Text(_("Lines cannot be read"))

    def describe(self, shown: IncidentSummary) -> list[Text]:
        incident = shown.incident
        if incident.closed_at:
            return [fill("🟢 {told}", told=Bold(_("Lines can be read again"))), describe_time(incident)]
        return [
            fill("🔴 {told}", told=Bold(_("Lines cannot be read"))),
            Text(_describe_outage(SourceSubject.narrow(incident.subject))),
            Text(_("Until Lines can be read, no other alert opens or closes.")),
            describe_time(incident),
        ]

    def describe_group(self, bad: int, total: int, *, is_over: bool) -> str:
        return _("Lines can be read again") if is_over else _("Lines cannot be read")

    def describe_rule(self, policy: Policy) -> str:
        return _("Rule: one alert when Lines could not be read twice, for 20 s.")


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


def _describe_removed_line(renderer: Renderer, shown: IncidentSummary) -> list[Text]:
    """Its last numbers say nothing any more."""
    title = fill(_("The line {line} was removed from Lines"), line=renderer.name(shown))
    mark = renderer.mark(shown.incident)
    return [fill("{mark} {title}", mark=mark, title=title), describe_time(shown.incident)]


def _describe_outage(subject: SourceSubject) -> str:
    status = f" (HTTP {subject.status})" if subject.status else ""
    known = {
        "Unreachable": _("It cannot be reached."),
        "TimedOut": _("It does not answer in time."),
        "BadAnswer": _("What it answers is unreadable{status}; it may be restarting.").format(status=status),
        "QuotaExceeded": _("The quota of requests to Lines is used up."),
        "AccessDenied": _("Lines refuses the bot's token. An administrator must check LINES_TOKEN."),
        "WrongAddress": _("There is no bridge at the Lines address. An administrator must check LINES_URL."),
    }
    return known.get(
        subject.trouble, _("The bridge did not understand the bot. An administrator runs: lines-bot check")
    )
