"""JSON-RPC 2.0 over one HTTP address: batches, quota, retries, and the truth about what was not answered."""

import asyncio
import json
import math
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from typing import TypeVar

from aiolimiter import AsyncLimiter
from pydantic import BaseModel, SecretStr, ValidationError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential_jitter

from lines_bot.lines.answers import first_flaw, read_outcomes
from lines_bot.lines.calls import Call, unanswered
from lines_bot.lines.circuit import Circuit
from lines_bot.lines.endpoint import Endpoint
from lines_bot.lines.errors import (
    BadAnswer,
    LinesError,
    QuotaExceeded,
    TimedOut,
    Unavailable,
    Unreachable,
)

A = TypeVar("A", bound=BaseModel)

BATCH = 100
IN_FLIGHT = 4
BURST = 10  # seconds' worth of the rate that may go at once
BACK_OFF = wait_exponential_jitter(multiplier=0.5, max=10, jitter=0.5)
WORTH_REPEATING = (Unreachable, TimedOut, BadAnswer, QuotaExceeded)


class Anything(BaseModel):
    """An answer, whatever it says."""


class Transport:
    """Carries calls; those made in the same turn of the loop, or waiting for the quota, share one request."""

    def __init__(
        self,
        url: str,
        token: SecretStr,
        *,
        rate: float,
        verify: ssl.SSLContext | bool,
        deadline: float,
        timeout: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._endpoint = Endpoint(url, token, verify=verify, timeout=timeout, clock=clock)
        self._host = self._endpoint.host
        self._deadline = deadline
        self._clock = clock
        self._sleep = sleep
        burst = max(1.0, rate * BURST / 60)
        self._limiter = AsyncLimiter(burst, 60 * burst / rate)
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._entrance = asyncio.Lock()
        self._circuit = Circuit(self._host, clock, deadline)
        self._numbers = count(1)
        self._waiting: list[Call] = []
        self._unanswered: set[Call] = set()
        self._deliveries: set[asyncio.Task[None]] = set()
        self._planned = False
        self._closed = False

    async def read(self, method: str, params: Mapping[str, object], answer: type[A]) -> A:
        """Call a method that changes nothing; it is repeated until the deadline."""
        return await self._call(method, params, answer, changes=False)

    async def change(self, method: str, params: Mapping[str, object], answer: type[A]) -> A:
        """Call a method that changes something, once. OutcomeUnknown if it may have happened all the same."""
        return await self._call(method, params, answer, changes=True)

    @property
    def latency(self) -> float | None:
        """Seconds the last answered request took."""
        return self._endpoint.latency

    @property
    def trouble(self) -> Unavailable | None:
        """What is known to keep Lines from answering now: an outage, or a pause it asked for."""
        return self._circuit.trouble

    async def probe(self) -> None:
        """Return when Lines answers, at once unless it is known to be down.

        Asked until the deadline as by any read, and raised is what keeps it from answering.
        """
        if not self._circuit.is_open:
            return
        try:
            await self._call("system.describe", {}, Anything, changes=False, probes=True)
        except LinesError:
            if self._circuit.is_open:
                raise

    async def aclose(self) -> None:
        self._closed = True
        for call in list(self._unanswered):
            call.settle(call.failure(BadAnswer("The Lines client was closed before an answer came.")))
        for delivery in self._deliveries:
            delivery.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)
        await self._endpoint.aclose()

    async def _call(
        self,
        method: str,
        params: Mapping[str, object],
        answer: type[A],
        *,
        changes: bool,
        probes: bool = False,
    ) -> A:
        if self._closed:
            raise Unreachable("The Lines client is closed.")
        # Calls of one turn share a request, so that those beside the one that finds out cost nothing.
        if trouble := self._circuit.claim(probes=probes or self._planned):
            raise trouble
        loop = asyncio.get_running_loop()
        number = next(self._numbers)
        body = json.dumps(
            {"jsonrpc": "2.0", "id": number, "method": method, "params": params}, allow_nan=False
        )
        call = Call(
            id=number,
            method=method,
            params=params,
            changes=changes,
            body=body.encode(),
            give_up_at=self._clock() + self._deadline,
            answer=loop.create_future(),
        )
        self._waiting.append(call)
        self._unanswered.add(call)
        if not self._planned:
            self._planned = True
            loop.call_soon(self._start_deliveries)
        try:
            async with asyncio.timeout(self._deadline):
                result = await call.answer
            return answer.model_validate(result, by_alias=True, by_name=False, context=self)
        except TimeoutError:
            waiting = "answer" if call.sent else "have time for"
            late = TimedOut(f"Lines at {self._host} did not {waiting} {method} within {self._deadline:g} s.")
            raise call.failure(late) from None
        except ValidationError as error:
            raise call.failure(BadAnswer(f"Lines answered {method} with {first_flaw(error)}.")) from None
        finally:
            self._unanswered.discard(call)

    def _start_deliveries(self) -> None:
        self._planned = False
        for _ in range(0, len(self._waiting), BATCH):
            delivery = asyncio.create_task(self._deliver())
            self._deliveries.add(delivery)
            delivery.add_done_callback(self._deliveries.discard)

    async def _deliver(self) -> None:
        batch: list[Call] = []

        def out_of_time(state: RetryCallState) -> bool:
            next_attempt = self._clock() + state.upcoming_sleep
            return next_attempt >= min((call.give_up_at for call in unanswered(batch)), default=-math.inf)

        retrying = AsyncRetrying(
            retry=retry_if_exception_type(WORTH_REPEATING),
            wait=_pause,
            stop=out_of_time,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            await retrying(self._attempt, batch)
        except Unavailable as error:
            for call in unanswered(batch):
                call.settle(call.failure(error))
        except Exception as error:
            # A flaw of ours: the callers must hear of it rather than wait.
            for call in unanswered(batch):
                call.settle(error)

    async def _attempt(self, batch: list[Call]) -> None:
        """Send what is left of `batch`, or whatever is waiting; raise if reads are left without an answer."""
        async with self._slots:
            async with self._entrance:
                if not batch and not self._waiting:
                    return
                if (pause := self._circuit.pause) > 0:
                    await self._sleep(pause)
                await self._limiter.acquire()
                if not batch:
                    batch += self._waiting[:BATCH]
                    del self._waiting[:BATCH]
            if calls := unanswered(batch):
                await self._exchange(calls)

    async def _exchange(self, calls: list[Call]) -> None:
        for call in calls:
            call.sent = True
        sent_at = self._clock()
        try:
            document = await self._endpoint.post(_join(calls))
            outcomes = read_outcomes(document, (call.id for call in calls))
        except Unavailable as error:
            self._give_up_changes(calls, error)
            self._note_failure(calls, error, sent_at)
            raise
        for call in calls:
            if call.id in outcomes:
                call.settle(outcomes[call.id])
        if outcomes:
            self._circuit.close()
        if rest := unanswered(calls):
            lost = BadAnswer(f"Lines answered {len(calls) - len(rest)} of {len(calls)} calls.")
            self._give_up_changes(rest, lost)
            if not outcomes:
                self._note_failure(calls, lost, sent_at)
            raise lost

    def _note_failure(self, calls: list[Call], error: Unavailable, sent_at: float) -> None:
        """Whoever waits besides `calls`, which are repeated, is told at once that Lines is down."""
        if not isinstance(error, WORTH_REPEATING):
            self._circuit.close()
        elif self._circuit.fail(error, sent_at, changes=any(call.changes for call in calls)):
            for call in self._unanswered.difference(calls):
                if not (call.changes and call.sent):
                    call.settle(call.failure(error))

    def _give_up_changes(self, calls: list[Call], error: Unavailable) -> None:
        for call in calls:
            if call.changes:
                call.settle(call.failure(error))


def _join(calls: list[Call]) -> bytes:
    return calls[0].body if len(calls) == 1 else b"[" + b",".join(call.body for call in calls) + b"]"


def _pause(state: RetryCallState) -> float:
    """Seconds before the next attempt: what the platform asks for, else ever longer ones."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, QuotaExceeded) and error.retry_after is not None:
        return error.retry_after
    return BACK_OFF(state)
