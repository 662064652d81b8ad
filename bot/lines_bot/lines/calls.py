"""One call, from the caller to its answer."""

import asyncio
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass

from lines_bot.lines.errors import LinesError, OutcomeUnknown, Unavailable


@dataclass(eq=False, slots=True)
class Call:
    """One call on its way; `answer` gets its result or a `LinesError`."""

    id: int
    method: str
    params: Mapping[str, object]
    changes: bool
    body: bytes
    give_up_at: float
    answer: asyncio.Future[object]
    sent: bool = False

    def failure(self, error: Unavailable) -> LinesError:
        """What `error` means to this call: a change that may have happened is not simply unavailable."""
        if not self.changes or error.nothing_was_done or not self.sent:
            return copy(error)
        return OutcomeUnknown(
            f"{error} Whether {self.method} was carried out is unknown: look before repeating it.",
            method=self.method,
            params=self.params,
        )

    def settle(self, outcome: object) -> None:
        if self.answer.done():
            return
        if isinstance(outcome, Exception):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)


def unanswered(calls: list[Call]) -> list[Call]:
    return [call for call in calls if not call.answer.done()]
