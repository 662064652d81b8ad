"""A time of day that is set takes along what is being timed, so that spans stay what they were."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from lines_bot.alerts.engine import Condition
from lines_bot.alerts.flapping import Flapping
from lines_bot.alerts.growth import Growth
from lines_bot.alerts.incidents import EngineState


def shift_state(state: EngineState, jump: timedelta) -> EngineState:
    """The same state by a clock that was set by `jump`; the history keeps the times it was told with."""
    if not jump:
        return state
    conditions: Mapping[str, Condition] = {
        key: replace(
            each,
            since=each.since + jump,
            read_at=each.read_at and each.read_at + jump,
            changed_at=each.changed_at + jump,
            flapping=_shift_flapping(each.flapping, jump),
        )
        for key, each in state.conditions.items()
    }
    growths: Mapping[str, Growth] = {
        line: replace(each, at=each.at + jump) for line, each in state.growths.items()
    }
    return EngineState(conditions, growths, state.last_good and state.last_good + jump)


def _shift_flapping(flapping: Flapping, jump: timedelta) -> Flapping:
    return replace(
        flapping,
        scored_at=flapping.scored_at + jump,
        bads=tuple(each + jump for each in flapping.bads),
        since=flapping.since and flapping.since + jump,
    )
