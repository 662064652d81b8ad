"""JSON-RPC 2.0 as the contract narrows it: bytes in, an answer out."""

import json
from typing import NoReturn

from lines_bot.sandbox.errors import CallError, invalid
from lines_bot.sandbox.methods import METHODS
from lines_bot.sandbox.world import World

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
MAX_CALLS = 100

Answer = dict[str, object]


def parse(body: bytes) -> object:
    """Raises CallError for what is not JSON."""
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise CallError(PARSE_ERROR, "The body is not JSON.") from None


def answer(world: World, body: bytes) -> Answer | list[Answer]:
    try:
        payload = parse(body)
    except CallError as refusal:
        return _error(None, refusal)
    if not isinstance(payload, list):
        return _answer_call(world, payload)
    if not 1 <= len(payload) <= MAX_CALLS:
        return _error(
            None, CallError(INVALID_REQUEST, f"A batch holds 1 to {MAX_CALLS} calls, not {len(payload)}.")
        )
    return [_answer_call(world, call) for call in payload]


def methods_of(body: bytes) -> tuple[str, ...]:
    """Names of the methods that a body calls, as far as it can be read."""
    try:
        payload = parse(body)
    except CallError:
        return ()
    calls = payload if isinstance(payload, list) else [payload]
    return tuple(str(call.get("method")) for call in calls if isinstance(call, dict))


def _answer_call(world: World, call: object) -> Answer:
    identifier = call.get("id") if isinstance(call, dict) else None
    if isinstance(identifier, bool) or not isinstance(identifier, (str, int, float)):
        identifier = None
    try:
        return {"jsonrpc": "2.0", "id": identifier, "result": _run(world, call, identifier)}
    except CallError as refusal:
        return _error(identifier, refusal)


def _run(world: World, call: object, identifier: str | float | None) -> Answer:
    if not isinstance(call, dict) or call.get("jsonrpc") != "2.0" or not isinstance(call.get("method"), str):
        raise CallError(INVALID_REQUEST, "A call needs jsonrpc '2.0', an id and a method.")
    if identifier is None:
        raise CallError(
            INVALID_REQUEST, "A call needs an id, a string or a number: notifications are not taken."
        )
    method = METHODS.get(call["method"])
    if method is None:
        raise CallError(METHOD_NOT_FOUND, f"There is no method {call['method']!r}.")
    params = call.get("params")
    if params is not None and not isinstance(params, dict):
        raise invalid("The params must be an object.")
    return method(world, params or {})


def _error(identifier: str | float | None, refusal: CallError) -> Answer:
    error = {"code": refusal.code, "message": refusal.message}
    if refusal.data is not None:
        error["data"] = refusal.data
    return {"jsonrpc": "2.0", "id": identifier, "error": error}


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
