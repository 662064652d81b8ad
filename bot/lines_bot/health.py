"""What a supervisor asks over HTTP: `/healthz`, 503 when not well, and `/metrics` for Prometheus."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from lines_bot.alerts.incidents import Incidents
from lines_bot.alerts.monitor import Monitor
from lines_bot.clock import Clock
from lines_bot.lines import LinesClient
from lines_bot.settings import BadSettings, Listen
from lines_bot.store.errors import DatabaseTrouble
from lines_bot.telegram.alerts.card_store import CardStore
from lines_bot.telegram.outgoing.rate_limiter import OutgoingRateLimiter

_DELIVERY_AGE = timedelta(minutes=2)
_POLLS_MISSED = 4
_LEAST_AGE = timedelta(seconds=60)


@dataclass(frozen=True)
class Health:
    """Reads how the bot is. A poll is too old after four that should have been, a minute at least.

    `count_failures`: looks in a row that came to nothing; `count_unreadable`: updates that nobody could read.
    """

    monitor: Monitor
    incidents: Incidents
    card_store: CardStore
    lines: LinesClient
    rate_limiter: OutgoingRateLimiter
    poll_every: timedelta
    clock: Clock
    count_failures: Callable[[], int]
    count_unreadable: Callable[[], int]

    async def list_troubles(self) -> list[str]:
        """A sentence for each thing that is not well."""
        troubles = []
        age = self._age_of_poll()
        if age is None or age > max(_POLLS_MISSED * self.poll_every, _LEAST_AGE):
            troubles.append(
                "Lines was not looked at yet" if age is None else "the last look at Lines is too old"
            )
        if failures := self.count_failures():
            troubles.append(f"the last {failures} looks at Lines came to nothing")
        try:
            waiting = await self.card_store.find_oldest_undelivered()
        except DatabaseTrouble as trouble:
            return [*troubles, str(trouble)]
        if waiting is not None and self.clock.now() - waiting > _DELIVERY_AGE:
            troubles.append("an alert has not been delivered for too long")
        return troubles

    async def measure(self) -> bytes:
        """The figures in Prometheus's text format."""
        registry = CollectorRegistry()

        def tell(name: str, words: str, value: float | None) -> None:
            if value is not None:
                Gauge(f"lines_bot_{name}", words, registry=registry).set(value)

        poll, age = self.monitor.last, self._age_of_poll()
        tell(
            "poll_age_seconds",
            "Age of the last look at Lines",
            age.total_seconds() if age is not None else None,
        )
        tell(
            "lines_readable", "1 when the last look succeeded", float(poll.trouble is None) if poll else None
        )
        tell("lines_latency_seconds", "The last answered request to Lines", self.lines.latency)
        tell("telegram_latency_seconds", "The last answered request to Telegram", self.rate_limiter.latency)
        tell("failed_looks", "Looks at Lines in a row that came to nothing", self.count_failures())
        tell("unreadable_updates", "Updates of Telegram that could not be read", self.count_unreadable())
        try:
            await self._measure_memory(tell)
        except DatabaseTrouble:
            tell("memory_usable", "1 when the database answers", 0)
        else:
            tell("memory_usable", "1 when the database answers", 1)
        return generate_latest(registry)

    async def _measure_memory(self, tell: Callable[[str, str, float | None], None]) -> None:
        waiting = await self.card_store.find_oldest_undelivered()
        tell("open_incidents", "Incidents that are open", len(await self.incidents.list_open()))
        tell(
            "undelivered_cards",
            "Cards that Telegram has not taken",
            await self.card_store.count_undelivered(),
        )
        oldest = (self.clock.now() - waiting).total_seconds() if waiting else 0.0
        tell("undelivered_age_seconds", "How long the oldest of them waits", oldest)

    def _age_of_poll(self) -> timedelta | None:
        last = self.monitor.last
        return timedelta(seconds=self.clock.monotonic() - last.ended_at) if last else None


@asynccontextmanager
async def serve_health(health: Health, listen: Listen | None) -> AsyncIterator[None]:
    """Answer while the block runs; nothing listens without an address."""
    if listen is None:
        yield
        return

    async def tell_health(_request: web.Request) -> web.Response:
        troubles = await health.list_troubles()
        return web.Response(status=503 if troubles else 200, text="\n".join(troubles) or "ok")

    async def tell_metrics(_request: web.Request) -> web.Response:
        return web.Response(body=await health.measure(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.router.add_get("/healthz", tell_health)
    app.router.add_get("/metrics", tell_metrics)
    async with listen_on(listen, app):
        yield


@asynccontextmanager
async def listen_on(listen: Listen, app: web.Application) -> AsyncIterator[None]:
    """Serve while the block runs. Raises BadSettings if this machine does not give the address."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, listen.host, listen.port).start()
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno and error.errno > 0 else "no such host"
            raise BadSettings(
                f"HEALTH_LISTEN cannot be used: {reason.lower()}. Choose another host or port."
            ) from error
        yield
    finally:
        await runner.cleanup()
