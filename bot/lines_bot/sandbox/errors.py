"""The one way in which a call to the sandbox is refused."""

INVALID_PARAMS = -32602
REFUSED = -32000


class CallError(Exception):
    """A call that is answered with a JSON-RPC error and changes nothing."""

    def __init__(self, code: int, message: str, data: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


def invalid(message: str) -> CallError:
    return CallError(INVALID_PARAMS, message)


def refused(reason: str, message: str, **data: object) -> CallError:
    """A refusal by the platform's rules; `reason` is one of the contract's table."""
    return CallError(REFUSED, message, {"reason": reason, **data})
