"""/rules and /why."""

from collections.abc import Sequence

from aiogram import Router
from aiogram.utils.formatting import Code
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.policy import EVERYTHING, Scope
from lines_bot.alerts.rule_book import RuleBook, RuleChange, RuleValue
from lines_bot.alerts.rules import DEFAULT, RULES, BadRule, rewrite_value
from lines_bot.people import Action
from lines_bot.queries.queries import Queries
from lines_bot.references import EVERYONE, References
from lines_bot.telegram.alerts.reader import AlertReader
from lines_bot.telegram.callbacks import ApplyRule, ShowRule
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import UserError
from lines_bot.telegram.views.alerts import render_why
from lines_bot.telegram.views.rules import (
    list_rule_choices,
    name_rule_target,
    render_rule,
    render_rule_applied,
    render_rule_change,
    render_rules,
)
from lines_bot.telegram.views.view import fill
from lines_bot_handlers.alert_subject_picker import choose_alert_subject


async def ask_rules(request: Request, queries: Queries, rules: RuleBook) -> None:
    words = request.words.split()
    if not words:
        listed = await rules.list()
        names = await queries.alert_subjects.name_scopes(rule.scope for rule in listed)
        values = {name: await rules.find(name, [EVERYTHING]) for name in RULES}
        return await request.reply.answer(render_rules(values, listed, names))
    whom, name, value = _split(words)
    scopes: Sequence[Scope] = (EVERYTHING,)
    title = ""
    if whom:
        meant = await choose_alert_subject(request, "rules", whom, f"{name} {value}", queries)
        if meant is None:
            return None
        scopes, title = meant.scopes, meant.name
    before, after = await rules.find(name, scopes), RuleValue(value, scopes[0])
    if value == DEFAULT:
        if before.scope != scopes[0]:
            raise UserError(
                fill(
                    _("{rule} is not set for {whom}. Nothing was changed."),
                    rule=Code(name),
                    whom=name_rule_target(title),
                )
            )
        after = await rules.find(name, scopes[1:])
    change = RuleChange(scopes[0], title, name, value)
    names = await queries.alert_subjects.name_scopes(scopes)
    ref = await rules.propose(change)
    return await request.reply.answer(render_rule_change(change, before, after, names, ref))


def _split(words: Sequence[str]) -> tuple[str, str, str]:
    """Whom a rule is for, its name, and its value as it is stored. Raises BadRule."""
    places = [place for place, word in enumerate(words) if word.casefold() in RULES]
    place = places[-1] if places else max(0, len(words) - 2)
    name, value = words[place].casefold(), " ".join(words[place + 1 :])
    return " ".join(words[:place]), name, rewrite_value(name, value)


async def show_rule(
    request: Request, callback_data: ShowRule, rules: RuleBook, references: References
) -> None:
    name = callback_data.name
    if name not in RULES:
        raise BadRule(name, ", ".join(RULES))
    value = await rules.find(name, [EVERYTHING])
    words = [f"{name} {choice}" for choice in list_rule_choices(name, value)]
    refs = await references.refs_of_texts(words, EVERYONE)
    await request.reply.answer(render_rule(name, value, {}, refs))


async def press_apply(request: Request, callback_data: ApplyRule, rules: RuleBook) -> None:
    await request.reply.answer(
        render_rule_applied(await rules.apply(callback_data.rule, request.person.name))
    )


async def ask_why(request: Request, queries: Queries, alert_reader: AlertReader) -> None:
    if meant := await choose_alert_subject(request, "why", request.words, "", queries):
        await request.reply.answer(render_why(await alert_reader.explain(meant, request.context.chat)))


def make_router() -> Router:
    router = Router(name="rules")
    rules = {"action": Action.RULE}
    router.message.register(ask_rules, command("rules"), flags=rules)
    router.callback_query.register(show_rule, ShowRule.filter(), flags=rules)
    router.callback_query.register(press_apply, ApplyRule.filter(), flags=rules)
    router.message.register(ask_why, command("why"), flags={"action": Action.SEE})
    return router
