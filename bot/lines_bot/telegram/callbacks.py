"""What buttons carry. The prefix holds a version: a button of an older shape is known as such, not misread.

Everything here can be forged: a payload names things by short references, and the handler checks both the
person and the thing, exactly as for a command. What cannot be a reference or a number of ours is no button.
"""

from typing import Annotated, Literal

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

StateFilter = Literal["all", "broken", "error", "disconnected", "active"]
Pick = Literal[
    "assign", "spam", "last", "session", "unspam", "close", "bot", "group", "history", "export", "say"
]
Ref = Annotated[str, Field(pattern=r"^[0-9a-f]{6,40}$")]
AnyRef = Annotated[str, Field(pattern=r"^([0-9a-f]{6,40})?$")]
Fingerprint = Annotated[str, Field(pattern=r"^[0-9a-f]{4,8}$")]
Number = Annotated[int, Field(ge=0, lt=2**31)]  # what a database's integer holds
LongNumber = Annotated[int, Field(ge=0, le=2**52)]  # what Telegram promises of a person's number
MuteLength = Literal["30m", "1h", "9", "well", "end"]
KeyPurpose = Literal["why", "mute", "unmute", "rules"]
Subject = Literal["channels", "sessions", "clients", "alerts", "statistics", "people", "more"]
CommandName = Annotated[str, Field(pattern=r"^[a-z_]{2,32}$")]


class RunCommand(CallbackData, prefix="do1"):
    """Pressing it is sending the command, about what `about` refers to, with the words behind `words`.

    With `by`, it is good for that person alone.
    """

    command: CommandName
    about: AnyRef = ""
    words: AnyRef = ""
    by: LongNumber = 0
    beside: bool = False


class PickKey(CallbackData, prefix="pk1"):
    """Which channel or line a command is about; `words` stands for the rest of it."""

    purpose: KeyPurpose
    words: AnyRef = ""
    page: Number = 0


class ShowHelp(CallbackData, prefix="he1"):
    pass


class ShowSubject(CallbackData, prefix="hs1"):
    subject: Subject


class ShowChannels(CallbackData, prefix="cl1"):
    state: StateFilter = "all"
    page: Number = 0
    text: AnyRef = ""
    beside: bool = False


class ShowChannel(CallbackData, prefix="cc1"):
    channel: Ref


class ShowBroken(CallbackData, prefix="cb1"):
    page: Number = 0


class Reconnect(CallbackData, prefix="rc1"):
    channel: Ref


class ShowQueue(CallbackData, prefix="qu1"):
    """`beside`: in a message of its own, because the pressed one stays: a card or the board."""

    line: AnyRef = ""
    page: Number = 0
    beside: bool = False


class ShowWaiting(CallbackData, prefix="wa1"):
    """One client of the queue, with what can be done, in place of the list: a page of it, or of a line's."""

    session: Ref
    line: AnyRef = ""
    page: Number = 0


class ShowStatistics(CallbackData, prefix="st1"):
    line: AnyRef = ""
    hours: Annotated[int, Field(ge=1, le=90 * 24)] = 24


class PickSession(CallbackData, prefix="ps1"):
    purpose: Pick
    line: AnyRef = ""
    page: Number = 0
    beside: bool = False


class PickOperator(CallbackData, prefix="po1"):
    session: Ref
    page: Number = 0


class Assign(CallbackData, prefix="as1"):
    session: Ref
    operator: Ref
    seen: Fingerprint


class Spam(CallbackData, prefix="sp1"):
    session: Ref


class Unspam(CallbackData, prefix="us1"):
    session: Ref


class ShowLast(CallbackData, prefix="la1"):
    session: Ref
    back: Number = 0


class ReconnectCard(CallbackData, prefix="ar1"):
    card: Number


class ShowRule(CallbackData, prefix="sr1"):
    """One rule for everything, with values to choose from."""

    name: CommandName


class SetLanguage(CallbackData, prefix="la2"):
    """The language in which whoever presses is spoken to in private."""

    locale: Literal["en", "ru"]


class SetGroupLanguage(CallbackData, prefix="lg1"):
    locale: Literal["en", "ru"]


class EndTrial(CallbackData, prefix="et1"):
    """Somebody saw a trial alert."""


class GrantRole(CallbackData, prefix="gr1"):
    """The answer to whether this person shall have this role; good for who asked, until that second."""

    person: LongNumber
    role: Literal["lead", "admin"]
    by: LongNumber
    until: LongNumber


class ShowPeople(CallbackData, prefix="pe1"):
    page: Number = 0


class PickAccount(CallbackData, prefix="pa1"):
    """Which operator a person is."""

    person: LongNumber
    page: Number = 0


class ShowAlerts(CallbackData, prefix="al1"):
    page: Number = 0


class ShowCard(CallbackData, prefix="sc1"):
    """The card as it stands, in place of what was shown instead."""

    card: Number


class ChooseMute(CallbackData, prefix="mc1"):
    card: Number


class ChooseTaker(CallbackData, prefix="tc1"):
    card: Number


class TakeCard(CallbackData, prefix="at1"):
    card: Number


class ReleaseCard(CallbackData, prefix="rl1"):
    card: Number


class HandOverCard(CallbackData, prefix="ho1"):
    card: Number
    person: LongNumber


class MuteCard(CallbackData, prefix="mu1"):
    """`length`: half an hour, an hour, until nine, until it is well; or the end of the mute."""

    card: Number
    length: MuteLength


class TurnCard(CallbackData, prefix="ap1"):
    card: Number
    page: Number


class FilterCard(CallbackData, prefix="af1"):
    card: Number
    line: AnyRef


class ShowDetails(CallbackData, prefix="ad1"):
    """On older cards; the same as asking why."""

    card: Number


class AskWhy(CallbackData, prefix="aw1"):
    card: Number


class PressExtension(CallbackData, prefix="xb1"):
    """A button that an extension put on cards; `button` stands for its label."""

    card: Number
    button: Fingerprint


class EndMute(CallbackData, prefix="um1"):
    """Ends a mute from the list of mutes; `key` is the reference of its key."""

    key: Ref


class EndWindow(CallbackData, prefix="uw1"):
    kind: Literal["quiet", "maintenance"]


class ApplyRule(CallbackData, prefix="ru1"):
    """`rule` is the reference of the change that was shown."""

    rule: Ref


class ShowSession(CallbackData, prefix="ss1"):
    """`beside`: in a message of its own, because the pressed one is a list."""

    session: Ref
    beside: bool = False


class ShowSessions(CallbackData, prefix="sl1"):
    text: AnyRef = ""
    page: Number = 0


class AssignMe(CallbackData, prefix="am1"):
    session: Ref
    seen: Fingerprint


class PickGroup(CallbackData, prefix="pg1"):
    session: Ref
    page: Number = 0


class AssignGroup(CallbackData, prefix="ag1"):
    session: Ref
    group: Ref
    seen: Fingerprint


class AssignBot(CallbackData, prefix="ab1"):
    session: Ref
    seen: Fingerprint


class AskClose(CallbackData, prefix="ac1"):
    session: Ref


class Close(CallbackData, prefix="cs1"):
    """Good for the person `by` alone, until that second."""

    session: Ref
    by: LongNumber
    until: LongNumber


class ShowHistory(CallbackData, prefix="hi1"):
    session: Ref
    page: Number = 0
    newest: bool = True


class Export(CallbackData, prefix="ex1"):
    session: Ref


class Undo(CallbackData, prefix="un1"):
    entry: Number


class Cancel(CallbackData, prefix="cx1"):
    """Nothing is done; only the person `by` decides that."""

    by: LongNumber


class SetPrivacy(CallbackData, prefix="pr1"):
    discreet: bool
