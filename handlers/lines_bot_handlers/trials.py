"""/test: whether alerts arrive, and the button under what it sends."""

from aiogram import Router

from lines_bot.people import Action
from lines_bot.telegram.alerts.trials import AlertTrials
from lines_bot.telegram.callbacks import EndTrial
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.views.trials import render_trial_results, render_trial_seen


async def send_trial(request: Request, trials: AlertTrials) -> None:
    await request.reply.answer(render_trial_results(await trials.send(request.person)))


async def press_end(request: Request, callback_data: EndTrial) -> None:
    await request.reply.answer(render_trial_seen(request.person.name))


def make_router() -> Router:
    router = Router(name="trials")
    router.message.register(send_trial, command("test"), flags={"action": Action.MUTE})
    router.callback_query.register(press_end, EndTrial.filter(), flags={"action": Action.SEE})
    return router
