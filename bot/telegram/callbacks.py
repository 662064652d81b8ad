"""What buttons carry. The prefix holds a version: a button of an older shape is known as such, not misread.

Everything here can be forged: a payload names things by short references, and the handler checks both the
person and the thing, exactly as for a command.
"""

from typing import Annotated, Literal

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

StateFilter = Literal["all", "error", "disconnected", "active"]
Pick = Literal["assign", "spam", "last", "session", "unspam", "close", "bot", "group", "history", "export"]
MuteLength = Literal["30m", "1h", "9", "well", "end"]


class ShowChannels(CallbackData, prefix="cl1"):
    state: StateFilter = "all"
    page: int = 0
    text: str = ""
    beside: bool = False


class ShowChannel(CallbackData, prefix="cc1"):
    channel: str


class ShowBroken(CallbackData, prefix="cb1"):
    page: int = 0


class Reconnect(CallbackData, prefix="rc1"):
    channel: str


class ShowQueue(CallbackData, prefix="qu1"):
    """`beside`: in a message of its own, because the pressed one stays: a card or the board."""

    line: str = ""
    page: int = 0
    beside: bool = False


class ShowStatistics(CallbackData, prefix="st1"):
    line: str = ""
    hours: Annotated[int, Field(ge=1, le=90 * 24)] = 24


class PickSession(CallbackData, prefix="ps1"):
    purpose: Pick
    line: str = ""
    page: int = 0
    beside: bool = False


class PickOperator(CallbackData, prefix="po1"):
    session: str
    page: int = 0


class Assign(CallbackData, prefix="as1"):
    session: str
    operator: str
    seen: str


class Spam(CallbackData, prefix="sp1"):
    session: str


class Unspam(CallbackData, prefix="us1"):
    session: str


class ShowLast(CallbackData, prefix="la1"):
    session: str
    back: int = 0


class ReconnectCard(CallbackData, prefix="ar1"):
    card: int


class ShowPeople(CallbackData, prefix="pe1"):
    page: int = 0


class TakeCard(CallbackData, prefix="at1"):
    card: int


class MuteCard(CallbackData, prefix="mu1"):
    """`length`: half an hour, an hour, until nine, until it is well; or the end of the mute."""

    card: int
    length: MuteLength


class TurnCard(CallbackData, prefix="ap1"):
    card: int
    page: int


class ShowDetails(CallbackData, prefix="ad1"):
    card: int


class AskWhy(CallbackData, prefix="aw1"):
    card: int


class EndMute(CallbackData, prefix="um1"):
    """Ends a mute from the list of mutes; `key` is the reference of its key."""

    key: str


class EndWindow(CallbackData, prefix="uw1"):
    kind: Literal["quiet", "maintenance"]


class ApplyRule(CallbackData, prefix="ru1"):
    """`rule` is the reference of the change that was shown."""

    rule: str


class ShowSession(CallbackData, prefix="ss1"):
    """`beside`: in a message of its own, because the pressed one is a list."""

    session: str
    beside: bool = False


class ShowSessions(CallbackData, prefix="sl1"):
    text: str = ""
    page: int = 0


class AssignMe(CallbackData, prefix="am1"):
    session: str
    seen: str


class PickGroup(CallbackData, prefix="pg1"):
    session: str
    page: int = 0


class AssignGroup(CallbackData, prefix="ag1"):
    session: str
    group: str
    seen: str


class AssignBot(CallbackData, prefix="ab1"):
    session: str
    seen: str


class AskClose(CallbackData, prefix="ac1"):
    session: str


class Close(CallbackData, prefix="cs1"):
    """Good for the person `by` alone, until that second."""

    session: str
    by: int
    until: int


class ShowHistory(CallbackData, prefix="hi1"):
    session: str
    page: int = 0
    newest: bool = True


class Export(CallbackData, prefix="ex1"):
    session: str


class Undo(CallbackData, prefix="un1"):
    entry: int


class Cancel(CallbackData, prefix="cx1"):
    """Nothing is done; only the person `by` decides that."""

    by: int
