"""/audit and its buttons."""

from aiogram import Router
from aiogram.utils.formatting import Text
from aiogram.utils.i18n import gettext as _

from lines_bot.people import Action
from lines_bot.queries.audit import read_audit
from lines_bot.queries.queries import Queries
from lines_bot.references import References
from lines_bot.telegram.company_callbacks import ExportAudit, ShowAudit
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.views.audit import name_verbs, render_audit, write_audit


async def ask(request: Request, queries: Queries, references: References) -> None:
    text = request.words
    ref = await references.ref_of_text(text, request.chat.chat)
    page = await queries.audit.list(read_audit(text, name_verbs(), request.clock.now(), request.clock.zone))
    await request.reply.answer(render_audit(page, text, ref))


async def turn(request: Request, callback_data: ShowAudit, queries: Queries, references: References) -> None:
    text = await references.text_of(callback_data.text, request.chat.chat)
    page = await queries.audit.list(
        read_audit(text, name_verbs(), request.clock.now(), request.clock.zone), callback_data.page
    )
    await request.reply.answer(render_audit(page, text, callback_data.text))


async def export(
    request: Request, callback_data: ExportAudit, queries: Queries, references: References
) -> None:
    text = await references.text_of(callback_data.text, request.chat.chat)
    rows = await queries.audit.export(read_audit(text, name_verbs(), request.clock.now(), request.clock.zone))
    content = write_audit(rows).encode("utf-8-sig")
    await request.reply.send_file("audit.csv", content, Text(_("Audit, as of now")))


def make_router() -> Router:
    router = Router(name="audit")
    flags = {"action": Action.AUDIT}
    router.message.register(ask, command("audit"), flags=flags)
    router.callback_query.register(turn, ShowAudit.filter(), flags=flags)
    router.callback_query.register(export, ExportAudit.filter(), flags=flags)
    return router
