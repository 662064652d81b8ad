"""/stats and its buttons."""

from datetime import timedelta

from aiogram import Router
from aiogram.utils.i18n import gettext as _

from lines_bot.people import Action
from lines_bot.queries.queries import Queries
from lines_bot.references import Kind, References
from lines_bot.statistics.samples import Samples
from lines_bot.statistics.summary import EVERY_LINE, KEPT
from lines_bot.telegram.callbacks import ShowStatistics
from lines_bot.telegram.charts import Charts
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import UserError
from lines_bot.telegram.views.statistics import make_chart, render_statistics, render_statistics_choice
from lines_bot_handlers.arguments import find_lines, read_name_and_length

_HOUR = timedelta(hours=1)


async def ask_statistics(request: Request, queries: Queries, samples: Samples, charts: Charts) -> None:
    name, asked = await read_name_and_length(
        request.words, queries.company.find_lines, lambda each: each.name
    )
    period = timedelta(hours=24) if asked is None else asked
    if not _HOUR <= period <= KEPT:
        raise UserError(_("From 1 hour to 90 days, for example: /stats 7d"))
    if not name:
        return await _answer(EVERY_LINE, _("All lines"), "", period, samples, charts, request)
    found = await find_lines(name, queries)
    if len(found) > 1:
        return await request.reply.answer(render_statistics_choice(found, name, period // _HOUR))
    (line,) = found
    return await _answer(line.id, line.name, line.ref, period, samples, charts, request)


async def press_statistics(
    request: Request,
    callback_data: ShowStatistics,
    queries: Queries,
    references: References,
    samples: Samples,
    charts: Charts,
) -> None:
    line, name = EVERY_LINE, _("All lines")
    if callback_data.line:
        line = await references.ref_to_id(Kind.LINE, callback_data.line)
        name = (await queries.alert_subjects.list_of(Kind.LINE, [line]))[0].name
    period = timedelta(hours=callback_data.hours)
    await _answer(line, name, callback_data.line, period, samples, charts, request)


async def _answer(
    line: str, name: str, ref: str, period: timedelta, samples: Samples, charts: Charts, request: Request
) -> None:
    figures = await samples.read(line, period)
    view = render_statistics(figures, name, ref)
    if figures.is_empty:
        return await request.reply.send(view)
    return await request.reply.send_picture(await charts.draw(make_chart(figures)), view)


def make_router() -> Router:
    router = Router(name="statistics")
    flags = {"action": Action.SEE}
    router.message.register(ask_statistics, command("stats"), flags=flags)
    router.callback_query.register(press_statistics, ShowStatistics.filter(), flags=flags)
    return router
