"""How anything is changed in Lines: once, on record, and told as it is.

May this person → was it done already → does a rule forbid it → intent to the ledger → Lines → outcome to the
ledger → look again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

from lines_bot.lines import LinesError, NotFound, OutcomeUnknown, Refused
from lines_bot.operations.ledger import Before, Entry, Ledger, Outcome, Verb
from lines_bot.people import Action, ChatContext, NotAllowed, Person, may

Item = TypeVar("Item")
Listener = Callable[[Entry], Awaitable[None]]
Refresh = Callable[[Person], Awaitable[Person]]


@dataclass(frozen=True)
class Result(Generic[Item]):
    """What is true after an operation.

    `item` was read after it; `entry` is the ledger's line, of the one who did it first when `repeated`.
    `answer_lost`: Lines never answered, and `item` alone tells that it was done. `can_undo` for a while.
    """

    item: Item
    entry: Entry | None
    repeated: bool = False
    answer_lost: bool = False
    can_undo: bool = False


class Unconfirmed(Exception):
    """The answer was lost, and the object, read again, does not show the change."""

    def __init__(self, item: Any) -> None:
        super().__init__("the answer was lost and the object shows no change")
        self.item = item


class StaleObject(Exception):
    """The object is no longer what the pressed button showed."""

    def __init__(self, item: Any, entry: Entry | None) -> None:
        super().__init__("the object changed since it was shown")
        self.item = item
        self.entry = entry


@dataclass(frozen=True)
class Operation(Generic[Item]):
    """One operation on one object: how to see that it is done, what forbids it, and the call itself.

    `remember` is what an undo or a look-up needs to know of the time before; `is_done` is given it, empty
    while nothing was tried. `seen` is what the pressed button remembered, compared by `is_as_seen`.
    `by_asker`: it may be done many times, so only the same message asking again is a repetition.
    """

    verb: Verb
    action: Action
    object_id: str
    argument: str | None
    read: Callable[[], Awaitable[Item]]
    is_done: Callable[[Item, Before], bool]
    obstacle: Callable[[Item], Awaitable[Exception | None]]
    call: Callable[[Item], Awaitable[Item]]
    remember: Callable[[Item], Before] = field(default=lambda _item: {})
    seen: str | None = None
    is_as_seen: Callable[[Item], bool] = field(default=lambda _item: True)
    by_asker: bool = False


@dataclass
class _Turn:
    """Those who want to change one object at the same moment.

    `outcomes` of what was asked, each with its place among the `finished`: it is shared with those only who
    had asked before it was there.
    """

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    finished: int = 0
    outcomes: dict[Hashable, tuple[int, Result[Any] | Exception]] = field(default_factory=dict)

    def keep(self, key: Hashable, outcome: Result[Any] | Exception) -> None:
        self.finished += 1
        self.outcomes[key] = self.finished, outcome

    def find(self, key: Hashable, since: int) -> Result[Any] | Exception | None:
        finished, outcome = self.outcomes.get(key, (0, None))
        return outcome if finished > since else None


class OperationExecutor:
    """Carries operations out, one at a time on each object."""

    def __init__(
        self, ledger: Ledger, from_entry: Callable[[Entry], Operation[Any]], refresh: Refresh
    ) -> None:
        self._ledger = ledger
        self._from_entry = from_entry
        self._refresh = refresh
        self._turns: WeakValueDictionary[str, _Turn] = WeakValueDictionary()
        self._listeners: list[Listener] = []
        self._completion_listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Be told of every entry when it is written and when it is finished."""
        self._listeners.append(listener)

    def listen_to_completions(self, listener: Listener) -> None:
        """Be told of every entry that another life of this process began."""
        self._completion_listeners.append(listener)

    async def perform(self, operation: Operation[Item], by: Person, context: ChatContext) -> Result[Item]:
        """Do it, or tell that it is done. Raises NotAllowed, StaleObject, Unconfirmed and LinesError."""
        self._require(by, operation, context)
        asker = (by.id, context.chat, context.request_message_id) if operation.by_asker else None
        key = (operation.verb, operation.argument, operation.seen, asker)
        turn = self._turns.setdefault(operation.object_id, _Turn())
        asked = turn.finished
        async with turn.lock:
            # A crowd that presses at once asks Lines once: those who waited share what came of it.
            match turn.find(key, asked):
                case Result() as result:
                    return replace(result, repeated=True, can_undo=False)
                case Exception() as error:
                    raise error.with_traceback(None)
            try:
                result = await self._perform(operation, by, context)
            except (LinesError, StaleObject, Unconfirmed) as error:
                turn.keep(key, error)
                raise
            if not result.repeated:
                turn.outcomes.clear()
            turn.keep(key, result)
            return result

    async def complete(self, entry: Entry) -> Entry | None:
        """Finish an entry that was begun and never ended, by what its object says; None if it cannot be read.

        Meant for the time before anything new is begun.
        """
        turn = self._turns.setdefault(entry.object, _Turn())
        async with turn.lock:
            current = await self._ledger.get(entry.id)
            if current is None or current.outcome is not None:
                return current
            try:
                return await self._complete(current)
            except LinesError:
                return None

    async def _perform(self, operation: Operation[Item], by: Person, context: ChatContext) -> Result[Item]:
        last = await self._find_last(operation.object_id)
        asked = await self._ledger.find_by_request(
            operation.verb, operation.object_id, operation.argument, context
        )
        item = await operation.read()
        if asked is not None and asked.outcome is Outcome.DONE:
            return Result(item, asked, repeated=True)
        obstacle = await operation.obstacle(item)
        if obstacle is None and not operation.is_as_seen(item):
            obstacle = StaleObject(item, last)
        if operation.is_done(item, {}):
            entry = last if _is_about(last, operation) else None
            if entry is not None or obstacle is None:
                return Result(item, entry, repeated=True)
        if obstacle is not None:
            raise obstacle
        # Much can have happened since the request: its predecessors, or a long list before it.
        self._require(await self._refresh(by), operation, context)
        entry = await self._ledger.intend(
            operation.verb, operation.object_id, operation.argument, by, context, operation.remember(item)
        )
        await self._tell(entry)
        return await self._carry_out(operation, item, entry)

    def _require(self, by: Person, operation: Operation[Any], context: ChatContext) -> None:
        if not may(by, operation.action, context):
            raise NotAllowed(by, operation.action)

    async def _find_last(self, object_id: str) -> Entry | None:
        """The newest entry about the object; one that never ended is completed first."""
        last = await self._ledger.find_last(object_id)
        return await self._complete(last) if last and last.outcome is None else last

    async def _complete(self, entry: Entry) -> Entry:
        operation = self._from_entry(entry)
        try:
            item = await operation.read()
        except NotFound as error:
            finished = await self._finish(entry, Outcome.UNKNOWN, str(error))
        else:
            outcome = Outcome.DONE if operation.is_done(item, entry.before) else Outcome.FAILED
            finished = await self._finish(entry, outcome, "The bot was stopped before Lines answered.")
        for listener in self._completion_listeners:
            await listener(finished)
        return finished

    async def _carry_out(self, operation: Operation[Item], item: Item, entry: Entry) -> Result[Item]:
        try:
            answered = await operation.call(item)
        except OutcomeUnknown as unknown:
            return await self._look_up(operation, entry, unknown)
        except LinesError as error:
            outcome = Outcome.REFUSED if isinstance(error, Refused) else Outcome.FAILED
            await self._finish(entry, outcome, str(error))
            raise
        entry = await self._finish(entry, Outcome.DONE)
        try:
            return Result(await operation.read(), entry)
        except LinesError:
            return Result(answered, entry)

    async def _look_up(
        self, operation: Operation[Item], entry: Entry, unknown: OutcomeUnknown
    ) -> Result[Item]:
        """The answer was lost: what the object says now is what is true."""
        try:
            item = await operation.read()
        except LinesError:
            await self._finish(entry, Outcome.UNKNOWN, str(unknown))
            raise unknown from None
        if not operation.is_done(item, entry.before):
            await self._finish(entry, Outcome.FAILED, str(unknown))
            raise Unconfirmed(item) from unknown
        return Result(item, await self._finish(entry, Outcome.DONE, str(unknown)), answer_lost=True)

    async def _finish(self, entry: Entry, outcome: Outcome, detail: str | None = None) -> Entry:
        finished = await self._ledger.finish(entry, outcome, detail)
        await self._tell(finished)
        return finished

    async def _tell(self, entry: Entry) -> None:
        for listener in self._listeners:
            await listener(entry)


def _is_about(entry: Entry | None, operation: Operation[Any]) -> bool:
    """Whether the entry is this very operation and nothing says that it was not done."""
    if entry is None or (entry.verb, entry.argument) != (operation.verb, operation.argument):
        return False
    return entry.outcome not in (Outcome.REFUSED, Outcome.FAILED)
