"""The audit: who did what, and the same as a table."""

import csv
import io
import re
from collections.abc import Mapping, Sequence

from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.operations.ledger import Outcome, Verb
from lines_bot.pagination import Page
from lines_bot.queries.models import EntrySummary
from lines_bot.spelling import normalize
from lines_bot.telegram.company_callbacks import ExportAudit, ShowAudit
from lines_bot.telegram.views.labels import name_verb
from lines_bot.telegram.views.view import View, button, clip, fill, moment, reference, stack, turn_pages

_MARKS = {Outcome.DONE: "✅", Outcome.REFUSED: "⛔", Outcome.FAILED: "⚠️", Outcome.UNKNOWN: "❔"}
_COLUMNS = ("time", "person", "user", "verb", "object", "name", "argument", "outcome", "detail", "chat")
# A spreadsheet may part cells at any of these, whatever the file says.
_FORMULA = re.compile(r"""^(?=[\t\r])|(?:^|(?<=[;,|\t\r\n]))(?=[\s"]*[=+\-@＝＋－＠])""")


def name_verbs() -> Mapping[str, Verb]:
    """Every word that means a verb: the ledger's own, and the one people see."""
    own = {verb.value: verb for verb in Verb}
    return {**own, **{normalize(name_verb(verb)): verb for verb in Verb}}


def render_audit(page: Page[EntrySummary], text: str, text_ref: str) -> View:
    """The newest first, two lines each."""
    body: list[Text | str] = []
    for row in page.items:
        body += ["", *_describe(row)]
    title = fill(_("Audit: {total}"), total=page.total)
    export = [button("💾 " + _("Export"), ExportAudit(text=text_ref))] if page.items else []
    return View(
        stack(
            Bold(title, f" · {clip(text)}" if text else ""),
            *(body or ["", _("Nothing found.")]),
            "",
            _("Narrow it: /audit anna spam today, /audit close 7d, /audit #4f2a91"),
        ),
        [turn_pages(page, lambda number: ShowAudit(text=text_ref, page=number)), export],
    )


def write_audit(rows: Sequence[EntrySummary]) -> str:
    """The rows as CSV, which no spreadsheet takes for formulas."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    for row in rows:
        entry = row.entry
        values = [
            entry.intended_at.isoformat(timespec="seconds"),
            entry.person_name,
            row.user,
            entry.verb,
            entry.object,
            row.name,
            row.argument,
            entry.outcome or "",
            entry.detail or "",
        ]
        safe = [_FORMULA.sub("'", value) for value in values]
        writer.writerow([*safe, entry.chat])
    return file.getvalue()


def _describe(row: EntrySummary) -> Sequence[Text]:
    entry = row.entry
    who = clip(entry.person_name) + (f" ({clip(row.user)})" if row.user else "")
    return [
        fill(
            "{mark} {time} · {who} · {verb}",
            mark=_MARKS[entry.outcome] if entry.outcome else "⏳",
            time=moment(entry.intended_at),
            who=Bold(who),
            verb=name_verb(entry.verb),
        ),
        fill(
            "    {name} {ref}{argument} · {chat}",
            name=clip(row.name, 30),
            ref=reference(row.ref) if row.ref else "",
            argument=f" → {clip(row.argument, 40)}" if row.argument else "",
            chat=fill(_("chat {id}"), id=entry.chat if entry.chat is not None else "—"),
        ),
    ]
