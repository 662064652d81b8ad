"""What one reading of the company says about every key that can alert."""

from collections.abc import Collection, Iterable, Mapping

from lines_bot.alerts.engine import Level, Observation
from lines_bot.alerts.families import FAMILIES, SourceSubject
from lines_bot.alerts.policy import Policy, PolicyBook
from lines_bot.alerts.subjects import Evaluation, EvaluationContext, Reading
from lines_bot.lines import LinesError
from lines_bot.snapshot import Snapshot


def observe(
    snapshot: Snapshot, held: Collection[str], context: EvaluationContext, book: PolicyBook
) -> Mapping[str, Evaluation]:
    """Every key that is not well now, and every key in `held`, whatever it is now."""
    reading = Reading(snapshot, held, context, book)
    evaluations = {key: each for family in FAMILIES.values() for key, each in family.observe(reading)}
    gone = Evaluation(Observation(Level.GONE), book.base.channel, None)
    return {**dict.fromkeys(held, gone), **evaluations}


def observe_outage(error: LinesError, held: Iterable[str], policy: Policy) -> Mapping[str, Evaluation]:
    """Lines could not be read: that is all there is to know."""
    unread = Evaluation(Observation(Level.UNREAD), policy.channel, None)
    return {
        **dict.fromkeys(held, unread),
        SourceSubject.make_key(): SourceSubject.observe_outage(error, policy),
    }
