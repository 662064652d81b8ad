"""Which chats must hear of what."""

from collections.abc import Collection, Mapping, Sequence

from lines_bot.alerts.incidents import Incident
from lines_bot.alerts.rule_book import RuleBook
from lines_bot.settings import AlertTarget
from lines_bot.telegram.alerts.card_store import Undelivered
from lines_bot.telegram.chats import ChatRegistry


class AlertRouter:
    """Routes incidents to chats under the ids they have today; `fallbacks` stand in for a lost one."""

    def __init__(
        self,
        chats: ChatRegistry,
        rules: RuleBook,
        targets: Sequence[AlertTarget],
        fallbacks: Sequence[AlertTarget],
    ) -> None:
        self._chats = chats
        self._rules = rules
        self._targets = targets
        self._fallbacks = fallbacks

    async def route(
        self, undelivered: Undelivered, unreachable: Collection[AlertTarget]
    ) -> Mapping[AlertTarget, list[Incident]]:
        """Everything goes to every target, what nobody took in time to the next one too.

        While one of these is unreachable the fallbacks get everything. Every place with a card that is not
        final is among the answers, because it is told how that ended.
        """
        everything = list(undelivered.incidents.values())
        targets = await self.list_targets()
        parts: dict[AlertTarget, list[Incident]] = dict.fromkeys(targets, everything)
        if not set(targets).isdisjoint(unreachable):
            parts.update(dict.fromkeys(self._fallbacks, everything))
        for incident in everything:
            next_target = await self.find_next_target(incident)
            if next_target is not None:
                told = parts.setdefault(await self._chats.locate(next_target), [])
                if told is not everything:
                    told.append(incident)
        for place in undelivered.list_places():
            parts.setdefault(place, [])
        return parts

    async def list_targets(self) -> Sequence[AlertTarget]:
        """The chats of alerts, under the ids they have today."""
        return [await self._chats.locate(target) for target in self._targets]

    async def find_next_target(self, incident: Incident) -> AlertTarget | None:
        """Where an incident that nobody took in time is told too."""
        if incident.escalated_at is None:
            return None
        target = incident.subject.find_policy(await self._rules.load()).escalate_to
        return AlertTarget(*target) if target else None
