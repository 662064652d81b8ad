"""/rules and /why."""

from collections.abc import Sequence

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Code
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.policy import EVERYTHING, Scope
from lines_bot.alerts.rule_book import RuleBook, RuleChange, RuleValue
from lines_bot.alerts.rules import DEFAULT, read_rule
from lines_bot.people import Action
from lines_bot.queries.alert_subjects import AlertSubjectQueries
from lines_bot.telegram.alerts.reader import AlertReader
from lines_bot.telegram.callbacks import ApplyRule
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import UserError
from lines_bot.telegram.views.alerts import render_why
from lines_bot.telegram.views.rules import (
    name_rule_target,
    render_rule_applied,
    render_rule_change,
    render_rules,
)
from lines_bot.telegram.views.view import fill
from lines_bot_handlers.alert_subject_picker import choose_alert_subject


async def ask_rules(
    message: Message, alert_subjects: AlertSubjectQueries, rules: RuleBook, request: Request
) -> None:
    words = request.words.split()
    if len(words) < 2:
        listed = await rules.list()
        names = await alert_subjects.name_scopes(rule.scope for rule in listed)
        return await request.reply.answer(render_rules(listed, names))
    *whom, name, value = words
    read_rule(name, value)
    scopes: Sequence[Scope] = (EVERYTHING,)
    title = ""
    if whom:
        meant = await choose_alert_subject(
            "rules", " ".join(whom), f"{name} {value}", alert_subjects, request
        )
        if meant is None:
            return None
        scopes, title = meant.scopes, meant.name
    before, after = await rules.find(name, scopes), RuleValue(value, scopes[0])
    if value.casefold() == DEFAULT:
        if before.scope != scopes[0]:
            raise UserError(
                fill(
                    _("{rule} is not set for {whom}. Nothing was changed."),
                    rule=Code(name),
                    whom=name_rule_target(title),
                )
            )
        value, after = DEFAULT, await rules.find(name, scopes[1:])
    change = RuleChange(scopes[0], title, name, value)
    names = await alert_subjects.name_scopes(scopes)
    ref = await rules.propose(change)
    return await request.reply.answer(render_rule_change(change, before, after, names, ref))


async def press_apply(
    query: CallbackQuery, callback_data: ApplyRule, rules: RuleBook, request: Request
) -> None:
    await request.reply.answer(
        render_rule_applied(await rules.apply(callback_data.rule, request.person.name))
    )


async def ask_why(
    message: Message, alert_subjects: AlertSubjectQueries, alert_reader: AlertReader, request: Request
) -> None:
    if meant := await choose_alert_subject("why", request.words, "", alert_subjects, request):
        await request.reply.answer(render_why(await alert_reader.explain(meant, request.context.chat)))


def make_router() -> Router:
    router = Router(name="rules")
    rules = {"action": Action.RULE}
    router.message.register(ask_rules, Command("rules"), flags=rules)
    router.callback_query.register(press_apply, ApplyRule.filter(), flags=rules)
    router.message.register(ask_why, Command("why"), flags={"action": Action.SEE})
    return router
