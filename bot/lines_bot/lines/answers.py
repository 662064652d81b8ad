"""What an HTTP answer says: an error of the road, or an outcome for each call."""

import json
import re
from collections.abc import Iterable, Mapping
from copy import copy
from http import HTTPStatus

import httpx
from pydantic import ValidationError

from lines_bot.lines.errors import (
    AccessDenied,
    BadAnswer,
    BodyTooLarge,
    LinesError,
    ProtocolError,
    QuotaExceeded,
    WrongAddress,
    refusal,
)

LARGEST = 64 * 1024 * 1024  # bytes
MISUNDERSTOOD = frozenset({-32700, -32600, -32601, -32602})
UNCLEAR = object()
SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def check_status(response: httpx.Response, host: str) -> None:
    """Raise what a status other than success means."""
    status = response.status_code
    match status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            raise AccessDenied(
                f"Lines at {host} refuses the token (HTTP {status}): check that it is valid.", status=status
            )
        case HTTPStatus.NOT_FOUND:
            raise WrongAddress(
                f"Nothing speaks Lines at this address of {host} (HTTP 404): check the address."
            )
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise BodyTooLarge(f"Lines at {host} refuses so big a request (HTTP 413): ask for less at once.")
        case HTTPStatus.TOO_MANY_REQUESTS:
            wait = response.headers.get("Retry-After", "")
            seconds = float(wait) if re.fullmatch(r"\d{1,9}", wait) else None
            hint = "" if seconds is None else f" It asks to wait {seconds:g} s."
            raise QuotaExceeded(
                f"The request quota of Lines at {host} is used up.{hint}", retry_after=seconds
            )
    if not response.is_success:
        raise BadAnswer(f"Lines at {host} is out of order (HTTP {status}).", status=status)


async def read_content(response: httpx.Response, host: str) -> bytes:
    """The body, unless it grows too large."""
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > LARGEST:
            raise BadAnswer(
                f"Lines at {host} sent more than {LARGEST >> 20} MiB: ask for less at once.",
                status=response.status_code,
            )
    return bytes(content)


def read_json(content: bytes, response: httpx.Response, host: str) -> object:
    try:
        document: object = json.loads(content)
        if SURROGATE.search(content):
            # The platform may cut a text inside an emoji; half a character would break whoever shows it.
            document = json.loads(json.dumps(document, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        kind = response.headers.get("Content-Type", "").partition(";")[0] if content else "nothing"
        raise BadAnswer(
            f"Lines at {host} answered with {kind or 'something'} instead of JSON "
            f"(HTTP {response.status_code}).",
            status=response.status_code,
        ) from None
    return document


def read_outcomes(document: object, numbers: Iterable[int]) -> dict[int, object]:
    """Each call's result or `LinesError` by its number; a call without one clear answer is left out."""
    wanted = set(numbers)
    outcomes: dict[int, object] = {}
    ambiguous: set[int] = set()
    about_all: LinesError | None = None
    for response in document if isinstance(document, list) else [document]:
        match response:
            case {"id": bool()}:
                continue
            case {"id": int(number), **outcome} if number in wanted:
                if number in outcomes:
                    ambiguous.add(number)
                outcomes[number] = _read_outcome(outcome)
            case {"id": None, "error": error}:
                about_all = read_error(error) or about_all
    clear = {
        number: outcome
        for number, outcome in outcomes.items()
        if number not in ambiguous and outcome is not UNCLEAR
    }
    if about_all is not None:
        clear = {number: copy(about_all) for number in wanted} | clear
    return clear


def _read_outcome(response: Mapping[object, object]) -> object:
    if "error" in response:
        return read_error(response["error"]) or UNCLEAR
    return response.get("result", UNCLEAR)


def read_error(error: object) -> LinesError | None:
    """The error that a JSON-RPC error object stands for; None if it is not one."""
    match error:
        case {"code": int(code), "message": str(message), **rest}:
            if code in MISUNDERSTOOD:
                return ProtocolError(message, code=code)
            data = rest.get("data")
            told = data if isinstance(data, dict) else {}
            return refusal(str(told.get("reason") or "platform"), message, told)
    return None


def first_flaw(error: ValidationError) -> str:
    """Where an answer is not as agreed, in words."""
    flaw = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{'.'.join(map(str, flaw['loc'])) or 'the answer'}: {flaw['msg']}"
