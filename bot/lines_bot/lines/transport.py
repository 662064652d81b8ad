"""JSON-RPC 2.0 over one HTTP address: batches, quota, retries, and the truth about what was not answered."""

import asyncio
import json
import math
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from itertools import count
from typing import TypeVar

import httpx
from aiolimiter import AsyncLimiter
from pydantic import BaseModel, SecretStr, ValidationError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential_jitter

from lines_bot.lines.answers import check_status, first_flaw, read_outcomes
from lines_bot.lines.calls import Call, unanswered
from lines_bot.lines.content import compute, is_large, read_json, receive, unpack
from lines_bot.lines.errors import (
    BadAnswer,
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
        secret = token.get_secret_value()
        if not (secret and secret.isascii() and secret.isprintable() and " " not in secret):
            raise ValueError("The Lines token must be a line of visible ASCII characters.")
        self.latency: float | None = None
        self._address = _address(url, secret)
        self._host = self._address.host
        self._secret = secret
        self._deadline = deadline
        self._timeout = timeout
        self._clock = clock
        self._sleep = sleep
        self._http = httpx.AsyncClient(
            headers={
                "Authorization": f"Bearer {secret}",
                "Content-Type": "application/json",
                "Accept-Encoding": "gzip",
            },
            # No certificates are read for a plain address.
            verify=verify if self._address.scheme == "https" else False,
            # A proxy of the environment would read the token of a plain address.
            trust_env=self._address.scheme == "https",
            # Less than the whole request gets, so that "never connected" is told apart from "never answered".
            timeout=httpx.Timeout(timeout, connect=timeout / 2),
        )
        burst = max(1.0, rate * BURST / 60)
        self._limiter = AsyncLimiter(burst, 60 * burst / rate)
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._entrance = asyncio.Lock()
        self._quota_back_at = clock()
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

    async def aclose(self) -> None:
        self._closed = True
        for call in list(self._unanswered):
            call.settle(call.failure(BadAnswer("The Lines client was closed before an answer came.")))
        for delivery in self._deliveries:
            delivery.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)
        await self._http.aclose()

    async def _call(self, method: str, params: Mapping[str, object], answer: type[A], *, changes: bool) -> A:
        if self._closed:
            raise Unreachable("The Lines client is closed.")
        if (pause := self._quota_back_at - self._clock()) > self._deadline:
            raise QuotaExceeded(
                f"The request quota of Lines at {self._host} is used up: it is asked again in {pause:.0f} s.",
                retry_after=pause,
            )
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
                if (pause := self._quota_back_at - self._clock()) > 0:
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
        try:
            outcomes = read_outcomes(await self._post(calls), (call.id for call in calls))
        except Unavailable as error:
            if isinstance(error, QuotaExceeded) and error.retry_after:
                self._quota_back_at = self._clock() + error.retry_after
            self._give_up_changes(calls, error)
            raise
        for call in calls:
            if call.id in outcomes:
                call.settle(outcomes[call.id])
        if rest := unanswered(calls):
            lost = BadAnswer(f"Lines answered {len(calls) - len(rest)} of {len(calls)} calls.")
            self._give_up_changes(rest, lost)
            raise lost

    def _give_up_changes(self, calls: list[Call], error: Unavailable) -> None:
        for call in calls:
            if call.changes:
                call.settle(call.failure(error))

    async def _post(self, calls: list[Call]) -> object:
        """The JSON that came back. An `Unavailable` if none did."""
        body = calls[0].body if len(calls) == 1 else b"[" + b",".join(call.body for call in calls) + b"]"
        started = self._clock()
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._http.stream("POST", self._address, content=body) as response,
            ):
                check_status(response, self._host)
                packed = await receive(response, self._host)
        except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout):
            raise TimedOut(f"Lines at {self._host} did not answer within {self._timeout:g} s.") from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise Unreachable(
                f"Lines at {self._host} cannot be reached: {error or 'no connection'}."
            ) from None
        except httpx.HTTPError as error:
            raise BadAnswer(
                f"Lines at {self._host} broke off its answer: {error or type(error).__name__}."
            ) from None
        self.latency = self._clock() - started

        def read() -> object:
            content = unpack(packed, response, self._host).replace(self._secret.encode(), b"[token]")
            return read_json(content, response, self._host)

        return await compute(read, apart=is_large(packed, response))


def _address(url: str, secret: str) -> httpx.URL:
    """ValueError if this cannot be the address of a server, or would give the token away."""
    with suppress(httpx.InvalidURL):
        address = httpx.URL(url)
        if address.scheme in ("http", "https") and address.host and secret not in url:
            return address
    raise ValueError("The Lines address must be an http(s) URL, and the token no part of it.")


def _pause(state: RetryCallState) -> float:
    """Seconds before the next attempt: what the platform asks for, else ever longer ones."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, QuotaExceeded) and error.retry_after is not None:
        return error.retry_after
    return BACK_OFF(state)
