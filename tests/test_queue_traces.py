"""The alarms of a queue over simulated hours; ten thousand of them: `python -m tests.queue_traces 10000`."""

from datetime import timedelta
from random import Random

from tests.queue_traces import Figures, watch

TRACES = 150


def test_the_hard_alarm_is_never_later_than_a_plain_threshold_and_the_early_tier_comes_before_it() -> None:
    figures = Figures()
    for seed in range(TRACES):
        watch(Random(seed), figures)
    assert figures.plain >= TRACES / 10
    assert figures.late == 0
    assert figures.lead > timedelta(0)
