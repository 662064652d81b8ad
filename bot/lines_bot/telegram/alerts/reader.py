"""What people read about alerts: what is open, the details of a card, why it was told as it was."""

from collections.abc import Sequence

from lines_bot.alerts.families import find_family, list_related_keys
from lines_bot.alerts.incidents import Incident, Incidents
from lines_bot.alerts.mutes import find_mute
from lines_bot.alerts.policy import Policy
from lines_bot.alerts.rule_book import RuleBook
from lines_bot.operations.ledger import Ledger
from lines_bot.pagination import Page, paginate
from lines_bot.people import Action, ChatContext, People, Person, may
from lines_bot.queries.models import AlertSubject
from lines_bot.telegram.alerts.card_content import CardContentReader
from lines_bot.telegram.alerts.card_store import CardStore
from lines_bot.telegram.alerts.suppression import SuppressionReader
from lines_bot.telegram.views.models import CardContent, Explanation, IncidentSummary

_TAKERS, _MOVES = 7, 5


class AlertReader:
    """The read side of alerts."""

    def __init__(
        self,
        card_store: CardStore,
        incidents: Incidents,
        content: CardContentReader,
        suppressions: SuppressionReader,
        rules: RuleBook,
        ledger: Ledger,
        people: People,
    ) -> None:
        self._card_store = card_store
        self._incidents = incidents
        self._content = content
        self._suppressions = suppressions
        self._rules = rules
        self._ledger = ledger
        self._people = people

    async def open_card(self, card_id: int) -> CardContent:
        """A card as it stands. Raises UnknownCard."""
        return await self._content.read(await self._card_store.get(card_id), await self._suppressions.read())

    async def list_takers(self, by: Person, context: ChatContext) -> Sequence[Person]:
        """Who can be on an alert here: whoever asks, then who did something last, then the rest by name."""
        known = {
            **await self._ledger.list_people(),
            **{each.id: each.name for each in await self._people.list()},
        }
        people = [by, *[await self._people.find(each, name) for each, name in known.items() if each != by.id]]
        return [each for each in people if may(each, Action.TAKE, context)][:_TAKERS]

    async def list_open(self, page: int) -> Page[IncidentSummary]:
        """What is open, oldest first."""
        suppression = await self._suppressions.read()
        part = paginate(await self._incidents.list_open(), page)
        return part.carry(await self._content.summarize(part.items, suppression))

    async def explain_card(self, card_id: int, chat: int) -> Explanation:
        """Why the first incident of a card was told as it was. Raises UnknownCard."""
        incident = (await self._card_store.get(card_id)).incidents[0]
        policy = incident.subject.find_policy(await self._rules.load())
        return await self._explain([incident.key], incident.subject.title, policy, incident, chat)

    async def explain(self, about: AlertSubject, chat: int) -> Explanation:
        """Why there is an alert about a channel or line, or none."""
        keys = list_related_keys(about.key)
        policy = about.find_policy(await self._rules.load())
        incident = await self._incidents.find_latest(keys)
        return await self._explain(keys, about.name, policy, incident, chat)

    async def _explain(
        self, keys: Sequence[str], name: str, policy: Policy, incident: Incident | None, chat: int
    ) -> Explanation:
        conditions = (await self._incidents.load()).conditions
        suppression = await self._suppressions.read()
        moves = await self._ledger.list_moves(keys, incident.opened_at) if incident else ()
        mutes = (find_mute(key, suppression.mutes) for key in keys)
        return Explanation(
            name=name,
            family=find_family(keys[0]).family,
            condition=next((conditions[key] for key in keys if key in conditions), None),
            incident=incident,
            mute=next((mute for mute in mutes if mute), None),
            windows=suppression.list_windows(chat),
            policy=policy,
            moves=moves[-_MOVES:],
        )
