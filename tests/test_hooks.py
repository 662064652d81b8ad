"""Hooks hear of every alert once, and none of them can hurt the others."""

import asyncio
from contextlib import suppress

from lines_bot.alerts.hooks import AlertEvent, AlertHooks
from lines_bot.alerts.incidents import Incident
from tests.story import Story


async def test_hooks_hear_what_opened_changed_and_ended(calm: Story) -> None:
    heard: list[tuple[AlertEvent, str]] = []
    ended = asyncio.Event()

    async def fail(_event: AlertEvent, _incident: Incident) -> None:
        raise RuntimeError("a flaw of the hook")

    async def hear(event: AlertEvent, incident: Incident) -> None:
        heard.append((event, incident.subject.title))
        if event is AlertEvent.ENDED:
            ended.set()

    calm.app.lines.on_alert(fail)
    calm.app.lines.on_alert(hear)
    hooks: AlertHooks = calm.app.jobs.alert_hooks
    running = asyncio.create_task(hooks.run())
    await calm.poll()
    calm.break_channel("Shop Telegram")
    await calm.poll(times=3)
    calm.heal_channel("Shop Telegram")
    await calm.poll(times=12)
    async with asyncio.timeout(60):
        await ended.wait()
    assert heard[0] == (AlertEvent.OPENED, "Shop Telegram")
    assert heard[-1] == (AlertEvent.ENDED, "Shop Telegram")
    assert heard.count(heard[0]) == 1
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
