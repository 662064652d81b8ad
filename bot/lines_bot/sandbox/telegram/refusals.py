"""What Telegram refuses, in its own words (from the public sources of telegram-bot-api and tdlib)."""

from typing import Any


class Refusal(Exception):
    """An answer with `ok: false`: the HTTP status, the description and Telegram's `parameters`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def envelope(self) -> dict[str, Any]:
        envelope: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            envelope["parameters"] = self.parameters
        return envelope


def bad_request(words: str) -> Refusal:
    return Refusal(400, f"Bad Request: {words}")


def forbidden(words: str) -> Refusal:
    return Refusal(403, f"Forbidden: {words}")


def unauthorized() -> Refusal:
    return Refusal(401, "Unauthorized")


def unknown_method() -> Refusal:
    return Refusal(404, "Not Found")


def not_simulated(what: str) -> Refusal:
    """Telegram would accept it, the sandbox cannot do it: said plainly instead of a fake success."""
    return bad_request(f"the sandbox does not simulate {what}")


def too_many_requests(retry_after: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def upgraded(new_chat_id: int) -> Refusal:
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    return Refusal(400, words, migrate_to_chat_id=new_chat_id)


def terminated_by_other_poll() -> Refusal:
    return Refusal(
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )


def not_modified() -> Refusal:
    return bad_request(
        "message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message"
    )


def stale_query() -> Refusal:
    return bad_request("query is too old and response timeout expired or query ID is invalid")
