"""Trying whether alerts arrive: a message on the way of an alert, to each chat that would get one."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from aiogram.exceptions import TelegramAPIError

from lines_bot.clock import Clock
from lines_bot.people import Person
from lines_bot.settings import AlertTarget
from lines_bot.telegram.alerts.router import AlertRouter
from lines_bot.telegram.alerts.suppression import SuppressionReader
from lines_bot.telegram.language import speak_to
from lines_bot.telegram.outgoing.delivery import ChatGone, Delivery
from lines_bot.telegram.outgoing.expiring_buttons import ExpiringButtons
from lines_bot.telegram.views.trials import TrialResult, render_trial

TRIAL_LENGTH = timedelta(minutes=10)


class AlertTrials:
    """Sends trial alerts. They are no incidents: nothing counts them, and nothing is left of them."""

    def __init__(
        self,
        router: AlertRouter,
        delivery: Delivery,
        suppressions: SuppressionReader,
        expiring_buttons: ExpiringButtons,
        clock: Clock,
    ) -> None:
        self._router = router
        self._delivery = delivery
        self._suppressions = suppressions
        self._expiring_buttons = expiring_buttons
        self._clock = clock

    async def send(self, by: Person) -> Sequence[TrialResult]:
        """To every chat of alerts at once; its buttons are good for ten minutes."""
        targets = await self._router.list_targets()
        return await asyncio.gather(*(self._send(target, by) for target in targets))

    async def _send(self, target: AlertTarget, by: Person) -> TrialResult:
        suppression = await self._suppressions.read()
        with speak_to(target.chat):
            view = render_trial(by.name, self._clock.now() + TRIAL_LENGTH)
        begun = self._clock.monotonic()
        try:
            receipt = await self._delivery.send(target, view, silent=suppression.is_quiet(target.chat))
        except (ChatGone, TelegramAPIError) as error:
            return TrialResult(target, self._clock.monotonic() - begun, error=error)
        if receipt.refusal is None:
            self._expiring_buttons.remember(target.chat, receipt.message, view)
        return TrialResult(target, self._clock.monotonic() - begun, refusal=receipt.refusal)
