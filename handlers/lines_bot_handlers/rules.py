"""/rules and /why."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from lines_bot.alerts.policy import EVERYTHING, Scope
from lines_bot.alerts.rules import RuleBook, read_rule
from lines_bot.people import Action
from lines_bot.queries.alert_subjects import AlertSubjectQueries
from lines_bot.references import Kind, References
from lines_bot.telegram.alerts.reader import AlertReader
from lines_bot.telegram.callbacks import ApplyRule
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.views.alerts import render_why
from lines_bot.telegram.views.rules import render_rule_applied, render_rule_change, render_rules
from lines_bot_handlers.alert_subject_picker import choose_alert_subject

_BETWEEN = "\x1f"


async def ask_rules(
    message: Message,
    alert_subjects: AlertSubjectQueries,
    rules: RuleBook,
    references: References,
    request: Request,
) -> None:
    words = request.words.split()
    listed = await rules.list()
    if len(words) < 2:
        by_scope = {
            scope: (await alert_subjects.list_of(Kind(scope.kind), [scope.id]))[0].name
            for scope in {rule.scope for rule in listed} - {EVERYTHING}
        }
        return await request.reply.answer(render_rules(listed, by_scope))
    *whom, name, value = words
    read_rule(name, value)
    scope, title = EVERYTHING, ""
    if whom:
        meant = await choose_alert_subject(
            "rules", " ".join(whom), f"{name} {value}", alert_subjects, request
        )
        if meant is None:
            return None
        scope, title = Scope("line" if meant.is_line else "channel", meant.target), meant.name
    before = next((rule.value for rule in listed if (rule.scope, rule.name) == (scope, name)), "—")
    change = _BETWEEN.join((scope.kind, scope.id, title, name, value))
    refs = await references.ids_to_refs(Kind.RULE, [change])
    return await request.reply.answer(render_rule_change(title, name, before, value, refs[change]))


async def press_apply(
    query: CallbackQuery, callback_data: ApplyRule, rules: RuleBook, references: References, request: Request
) -> None:
    change = await references.ref_to_id(Kind.RULE, callback_data.rule)
    kind, own_id, title, name, value = change.split(_BETWEEN)
    await rules.set(Scope(kind, own_id), name, value, request.person.name)
    await request.reply.answer(render_rule_applied(title, name, value))


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
