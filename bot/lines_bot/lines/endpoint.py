"""The HTTP address of the bridge: what is posted there, and the JSON that comes back."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress

import httpx
from pydantic import SecretStr

from lines_bot.lines.answers import check_status
from lines_bot.lines.content import compute, is_large, read_json, receive, unpack
from lines_bot.lines.errors import BadAnswer, TimedOut, Unreachable


class Endpoint:
    """One address and the connections to it. ValueError if the address or the token cannot be right.

    `latency`: seconds the last answered request took.
    """

    def __init__(
        self,
        url: str,
        token: SecretStr,
        *,
        verify: ssl.SSLContext | bool,
        timeout: float,
        clock: Callable[[], float],
    ) -> None:
        secret = token.get_secret_value()
        if not (secret and secret.isascii() and secret.isprintable() and " " not in secret):
            raise ValueError("The Lines token must be a line of visible ASCII characters.")
        self._address = _address(url, secret)
        self.host = self._address.host
        self.latency: float | None = None
        self._secret = secret
        self._timeout = timeout
        self._clock = clock
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

    async def post(self, body: bytes) -> object:
        """The JSON that came back. An `Unavailable` if none did."""
        started = self._clock()
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._http.stream("POST", self._address, content=body) as response,
            ):
                check_status(response, self.host)
                packed = await receive(response, self.host)
        except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout):
            raise TimedOut(f"Lines at {self.host} did not answer within {self._timeout:g} s.") from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise Unreachable(
                f"Lines at {self.host} cannot be reached: {error or 'no connection'}."
            ) from None
        except httpx.HTTPError as error:
            raise BadAnswer(
                f"Lines at {self.host} broke off its answer: {error or type(error).__name__}."
            ) from None
        self.latency = self._clock() - started

        def read() -> object:
            content = unpack(packed, response, self.host).replace(self._secret.encode(), b"[token]")
            return read_json(content, response, self.host)

        return await compute(read, apart=is_large(packed, response))

    async def aclose(self) -> None:
        await self._http.aclose()


def _address(url: str, secret: str) -> httpx.URL:
    """ValueError if this cannot be the address of a server, or would give the token away."""
    with suppress(httpx.InvalidURL):
        address = httpx.URL(url)
        if address.scheme in ("http", "https") and address.host and secret not in url:
            return address
    raise ValueError("The Lines address must be an http(s) URL, and the token no part of it.")
