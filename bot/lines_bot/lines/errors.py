"""What can go wrong between a caller and Lines.

    LinesError
    ├── Unavailable            no usable answer came                                 .retry_after
    │   ├── Unreachable        no connection could be opened
    │   ├── TimedOut           no answer in time
    │   ├── BadAnswer          HTML, nothing, garbage or a 5xx came instead          .status
    │   ├── QuotaExceeded      HTTP 429
    │   ├── AccessDenied       HTTP 401 or 403: the token is refused                 .status
    │   ├── WrongAddress       HTTP 404
    │   └── BodyTooLarge       HTTP 413
    ├── OutcomeUnknown         a change was sent and its answer is lost              .method .params
    ├── ProtocolError          the two sides do not understand each other            .code
    │   └── UnsupportedContract                                                      .contract
    └── Refused                Lines, or a rule known beforehand, says no            .reason
        ├── NotFound           .collection .id
        ├── Forbidden
        ├── NotReconnectable   .type
        ├── SpamNotAllowed     .type
        ├── UnspamNotAllowed
        ├── WrongState         .state
        ├── NotAssignee
        ├── NoBot
        ├── GroupNotInLine
        ├── OperatorOffline
        ├── OpenSessionExists  .session
        ├── NoPriorContact
        ├── AppNotBound
        └── PlatformError      anything else that the platform threw

``str(error)`` is a sentence for a person. No error ever holds the token.
"""

from collections.abc import Mapping
from typing import ClassVar


class LinesError(Exception):
    """Any failure of a call to Lines."""


class Unavailable(LinesError):
    """No usable answer came; whether a change was carried out is told by `nothing_was_done`.

    `retry_after` is in seconds, if the platform asked to wait.
    """

    nothing_was_done: ClassVar[bool] = False
    retry_after: float | None = None


class Unreachable(Unavailable):
    """No connection could be opened, so nothing was sent."""

    nothing_was_done = True


class TimedOut(Unavailable):
    """No answer came in the time allowed."""


class BadAnswer(Unavailable):
    """What came is not an answer; `status` is the HTTP status, if there was one."""

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class QuotaExceeded(Unavailable):
    """The platform's quota is used up."""

    nothing_was_done = True

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class AccessDenied(Unavailable):
    """The token is refused."""

    nothing_was_done = True

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class WrongAddress(Unavailable):
    """Nothing speaks Lines at this address."""

    nothing_was_done = True


class BodyTooLarge(Unavailable):
    """The request was bigger than the platform takes."""

    nothing_was_done = True


class OutcomeUnknown(LinesError):
    """A change may or may not have happened: read the object again before doing anything else."""

    def __init__(self, message: str, *, method: str, params: Mapping[str, object]) -> None:
        super().__init__(message)
        self.method = method
        self.params = params


class ProtocolError(LinesError):
    """Lines did not understand the call; `code` is the JSON-RPC code, if there was one."""

    def __init__(self, message: str, *, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class UnsupportedContract(ProtocolError):
    """The bridge speaks a version of the contract that this client does not know."""

    def __init__(self, message: str, *, contract: int) -> None:
        super().__init__(message)
        self.contract = contract


class Refused(LinesError):
    """Lines says no. Without a message of its own, a refusal tells its class's sentence."""

    reason: str
    sentence: ClassVar[str]
    details: ClassVar[tuple[str, ...]] = ()

    def __init__(self, message: str = "", **details: str | None) -> None:
        if unknown := details.keys() - set(self.details):
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        told = {name: details.get(name) for name in self.details}
        super().__init__(message or self.sentence.format(**{k: v or "unknown" for k, v in told.items()}))
        for name, value in told.items():
            setattr(self, name, value)


class NotFound(Refused):
    reason = "not_found"
    sentence = "There is no {id} among the {collection}; it may have been deleted."
    details = ("collection", "id")
    collection: str | None
    id: str | None


class Forbidden(Refused):
    reason = "forbidden"
    sentence = "The user behind the token has no right to do this."


class NotReconnectable(Refused):
    reason = "not_reconnectable"
    sentence = (
        "A channel of type {type} cannot be reconnected from here; reconnect it in the line's settings."
    )
    details = ("type",)
    type: str | None


class SpamNotAllowed(Refused):
    reason = "spam_not_allowed"
    sentence = "A session in a channel of type {type} cannot be marked as spam."
    details = ("type",)
    type: str | None


class UnspamNotAllowed(Refused):
    reason = "unspam_not_allowed"
    sentence = "Only a client's last session, or one in an inbox, can be taken out of spam."


class WrongState(Refused):
    reason = "wrong_state"
    sentence = "This cannot be done in the present state: {state}."
    details = ("state",)
    state: str | None


class NotAssignee(Refused):
    reason = "not_assignee"
    sentence = "Only the operator or the bot assigned to the session can close it."


class NoBot(Refused):
    reason = "no_bot"
    sentence = "No bot is connected to the line."


class GroupNotInLine(Refused):
    reason = "group_not_in_line"
    sentence = "The group is not among the line's operators."


class OperatorOffline(Refused):
    reason = "operator_offline"
    sentence = "The operator is offline."


class OpenSessionExists(Refused):
    reason = "open_session_exists"
    sentence = "A session with this client is already open: {session}."
    details = ("session",)
    session: str | None


class NoPriorContact(Refused):
    reason = "no_prior_contact"
    sentence = "The client has never written to this bot, so the bot may not write first."


class AppNotBound(Refused):
    reason = "app_not_bound"
    sentence = "The line's settings do not allow linking items of this app."


class PlatformError(Refused):
    """Anything else that the platform threw; `reason` is the one it told, known or not."""

    reason = "platform"
    sentence = "The platform refused without saying why."


def refusal(reason: str, message: str, data: Mapping[str, str]) -> Refused:
    """The refusal that a server's reason and data stand for."""
    for kind in Refused.__subclasses__():
        if kind.reason == reason:
            return kind(message, **{name: data.get(name) for name in kind.details})
    unknown = PlatformError(message)
    unknown.reason = reason
    return unknown
