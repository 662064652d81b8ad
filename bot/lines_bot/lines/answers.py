"""What an HTTP answer says: an error of the road, or an outcome for each call."""

import re
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import datetime
from email.utils import parsedate_to_datetime
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

MISUNDERSTOOD = frozenset({-32700, -32600, -32601, -32602})
UNCLEAR = object()
LONGEST_MESSAGE = 1000
LONGEST_PAUSE = 300.0  # seconds: the quota is counted by the minute, and nobody may keep the bot blind


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
            raise QuotaExceeded(
                f"The request quota of Lines at {host} is used up.{_tell_pause(response)}",
                retry_after=read_retry_after(response),
            )
    if not response.is_success:
        raise BadAnswer(
            f"Lines at {host} is out of order (HTTP {status}).{_tell_pause(response)}",
            status=status,
            retry_after=read_retry_after(response),
        )


def read_retry_after(response: httpx.Response) -> float | None:
    """Seconds that the server asks to wait, five minutes at most; None if it does not say."""
    seconds = _read_pause(response)
    return None if seconds is None else min(seconds, LONGEST_PAUSE)


def _read_pause(response: httpx.Response) -> float | None:
    told = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", told):
        return float(told) or None
    until, sent = _read_date(told), _read_date(response.headers.get("Date", ""))
    # A date counts from the answer's own, so that no two clocks need to agree.
    seconds = (until - sent).total_seconds() if until and sent else 0
    return seconds if seconds > 0 else None


def _read_date(told: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(told)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else None


def _tell_pause(response: httpx.Response) -> str:
    seconds = _read_pause(response)
    if seconds is None:
        return ""
    until = "" if seconds <= LONGEST_PAUSE else f"; it is asked again after {LONGEST_PAUSE:g} s"
    return f" It asks to wait {seconds:g} s{until}."


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
                return ProtocolError(message[:LONGEST_MESSAGE], code=code)
            data = rest.get("data")
            named = data if isinstance(data, dict) else {}
            told = {name: text for name, text in named.items() if isinstance(text, str)}
            return refusal(told.get("reason") or "platform", message[:LONGEST_MESSAGE], told)
    return None


def first_flaw(error: ValidationError) -> str:
    """Where an answer is not as agreed, in words."""
    flaw = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{'.'.join(map(str, flaw['loc'])) or 'the answer'}: {flaw['msg']}"
