"""The one place where errors become words: what happened, what is true now, what to do."""

from collections.abc import Callable

from aiogram.utils.formatting import Code, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.rule_book import UnknownRuleChange
from lines_bot.alerts.rules import BadRule
from lines_bot.i18n import N_
from lines_bot.lines import (
    AccessDenied,
    AppNotBound,
    BadAnswer,
    BodyTooLarge,
    Channel,
    ChannelType,
    Forbidden,
    GroupNotInLine,
    LinesError,
    NoBot,
    NoPriorContact,
    NotAssignee,
    NotFound,
    NotReconnectable,
    OpenSessionExists,
    OperatorOffline,
    OutcomeUnknown,
    PlatformError,
    ProtocolError,
    QuotaExceeded,
    Session,
    SessionState,
    SpamNotAllowed,
    TimedOut,
    Unreachable,
    UnspamNotAllowed,
    UnsupportedContract,
    WrongAddress,
    WrongState,
)
from lines_bot.operations.ledger import Entry
from lines_bot.operations.operations import StaleObject, Unconfirmed, UndoExpired
from lines_bot.people import NotAllowed, PermanentAdmin, Role
from lines_bot.references import UnknownReference
from lines_bot.store.errors import (
    DatabaseFull,
    DatabaseLocked,
    DatabaseMissing,
    DatabaseReadOnly,
    DatabaseTrouble,
    DatabaseUnreachable,
)
from lines_bot.telegram.user_errors import (
    HeldByAnother,
    LateRequest,
    NameNotFound,
    NotYourButton,
    UnknownCard,
    UserError,
)
from lines_bot.telegram.views.commands import give_example
from lines_bot.telegram.views.labels import (
    name_channel_state,
    name_channel_type,
    name_duration,
    name_session_state,
)
from lines_bot.telegram.views.view import clip, fill, moment, stack


def describe_error(error: Exception) -> Text:
    """A sentence or two for a person. Anything unforeseen is named as such: the log has the rest."""
    for kind, say in _SAYINGS.items():
        if isinstance(error, kind):
            return say(error)
    return Text(
        _(
            "Something went wrong inside the bot. Nothing more was done; "
            "an administrator finds the reason in its log."
        )
    )


def is_foreseen(error: Exception) -> bool:
    """Whether there are words for it; all else is the bot's own fault."""
    return isinstance(error, tuple(_SAYINGS))


def describe_repeat(entry: Entry | None) -> Text:
    """Somebody was first."""
    if entry is None or entry.finished_at is None:
        return Text(_("Nothing to do."))
    return fill(
        _("Already done by {name} {time}."), name=clip(entry.person_name), time=moment(entry.finished_at)
    )


def _say_misnamed(error: NameNotFound) -> Text:
    if not error.near:
        return _say_misunderstood(error)
    return stack(error.words, fill(_("Did you mean {names}?"), names=", ".join(map(clip, error.near))))


def _say_misunderstood(error: UserError) -> Text:
    return stack(error.words, _offer_example(error.command) if error.command else None)


def _say_not_found(error: NotFound) -> Text:
    missing = {
        "channels": _("This channel is gone from Lines; it may have been deleted. Nothing was changed."),
        "sessions": _("This session is gone from Lines; it may have been deleted. Nothing was changed."),
        "users": _("This operator is gone from Lines; choose another. Nothing was changed."),
        "lines": _("This line is gone from Lines; it may have been deleted. Nothing was changed."),
    }
    unnamed = _("This is gone from Lines; it may have been deleted. Nothing was changed.")
    return Text(missing.get(error.collection or "", unnamed))


def _say_wrong_state(error: WrongState) -> Text:
    state = error.state or ""
    if state in list(SessionState):
        told = name_session_state(SessionState(state))
        return Text(_("The session is already: {state}. Nothing was changed.").format(state=told))
    return Text(
        _("This cannot be done in the state “{state}”. Nothing was changed.").format(
            state=clip(state) or _("unknown")
        )
    )


def _say_not_reconnectable(error: NotReconnectable) -> Text:
    kind = name_channel_type(ChannelType(error.type) if error.type else None)
    return Text(
        _("A channel of the type “{type}” cannot be reconnected from here: do it in ELMA365.").format(
            type=clip(kind)
        )
    )


def _say_no_spam(error: SpamNotAllowed) -> Text:
    kind = name_channel_type(ChannelType(error.type) if error.type else None)
    return Text(_("Sessions of the type “{type}” cannot be marked as spam.").format(type=clip(kind)))


def _say_open_session(error: OpenSessionExists) -> Text:
    return Text(_("A session with this client is open already. Nothing was changed."))


def _say_platform(error: PlatformError) -> Text:
    return Text(_("Lines refused: {reason}").format(reason=clip(str(error), 300)))


def _say_quota(error: QuotaExceeded) -> Text:
    if error.retry_after:
        return Text(
            _("Lines asks for a pause of {seconds} s: its limit of requests is used up.").format(
                seconds=round(error.retry_after)
            )
        )
    return Text(_("The limit of requests to Lines is used up. Try again in a minute."))


def _say_bad_answer(error: BadAnswer) -> Text:
    status = f" (HTTP {error.status})" if error.status else ""
    return Text(
        _("Lines answers with an error{status}; it may be restarting. Try again in a minute.").format(
            status=status
        )
    )


def _say_unknown_outcome(error: OutcomeUnknown) -> Text:
    return Text(
        _(
            "Lines did not answer and cannot be checked now: unknown whether it was done. Look again "
            "in a minute before you repeat it."
        )
    )


def _say_unconfirmed(error: Unconfirmed) -> Text:
    state = _name_state(error.item)
    if not state:
        return Text(_("Not done (confirmed by re-reading Lines). Try again."))
    return Text(
        _("Not done (confirmed by re-reading Lines), the state is: {state}. Try again.").format(state=state)
    )


def _say_changed(error: StaleObject) -> Text:
    state = _name_state(error.item)
    told = (
        _("The session has moved on, it is now: {state}. Nothing was changed.").format(state=state)
        if isinstance(error.item, Session)
        else _("It has changed since. Nothing was changed now; look again.")
    )
    return fill("{told} {who}", told=told, who=describe_repeat(error.entry) if error.entry else "")


def _offer_example(command: str) -> Text:
    return fill(_("For example: {example}"), example=Code(give_example(command)))


def _name_state(item: object) -> str:
    """The state of a channel or session; clients and messages have none."""
    match item:
        case Channel(state=state):
            return name_channel_state(state)
        case Session(state=state):
            return name_session_state(state)
        case _:
            return ""


def _say_not_allowed(error: NotAllowed) -> Text:
    return Text(
        {
            Role.VIEWER: _("Only people with a role can do this. Ask an administrator."),
            Role.OPERATOR: _("Only operators can do this. Ask an administrator."),
            Role.LEAD: _("Only leads can do this. Ask an administrator."),
            Role.ADMIN: _("Only administrators can do this."),
        }[error.enough]
    )


def _say_unknown_reference(error: UnknownReference) -> Text:
    return Text(
        _("Nothing is known under {ref}. Copy it from a list, like #4f2a91.").format(
            ref="#" + clip(error.short.removeprefix("#"), 20)
        )
    )


def _say_bad_rule(error: BadRule) -> Text:
    told = fill(
        _("{name}: expected {expected}. Nothing was changed."),
        name=clip(error.name),
        expected=_(error.expected),
    )
    return stack(told, _offer_example("rules"))


def _say_held(error: HeldByAnother) -> Text:
    told = _("{name} is on it: only {name} or a lead can change that. Nothing was changed.")
    return fill(told, name=clip(error.owner, 30))


def _say_late(error: LateRequest) -> Text:
    if error.is_tap:
        told = _("I was away when you pressed this, up to {length} ago. Nothing was done: press it again.")
    else:
        told = _("You wrote this {length} ago, while I was away. Nothing was done. Still?")
    return Text(told.format(length=name_duration(error.waited)))


def _say(text: str) -> Callable[[Exception], Text]:
    return lambda _error: Text(_(text))


_SAYINGS: dict[type[Exception], Callable[..., Text]] = {
    NameNotFound: _say_misnamed,
    UserError: _say_misunderstood,
    NotAllowed: _say_not_allowed,
    PermanentAdmin: _say(
        N_("This person is an administrator by the bot's settings; only ADMINS there can change that.")
    ),
    DatabaseLocked: _say(
        N_(
            "The bot's memory (DATABASE_URL) is locked by another program, perhaps a backup. "
            "What you sent is done when that is over."
        )
    ),
    DatabaseFull: _say(
        N_(
            "There is no space left for the bot's memory (DATABASE_URL): the bot can store nothing. "
            "An administrator must free some on its disk."
        )
    ),
    DatabaseReadOnly: _say(
        N_(
            "The bot's memory (DATABASE_URL) is read-only: the bot can store nothing. "
            "An administrator must let the bot write to it."
        )
    ),
    DatabaseMissing: _say(
        N_(
            "The bot's memory (DATABASE_URL) was deleted or replaced while the bot ran. "
            "An administrator must put it back and restart the bot."
        )
    ),
    DatabaseUnreachable: _say(
        N_("The bot's memory (DATABASE_URL) cannot be reached. What you sent is done when that is over.")
    ),
    DatabaseTrouble: _say(
        N_("The bot's memory (DATABASE_URL) cannot be used. An administrator runs: lines-bot check")
    ),
    UnknownReference: _say_unknown_reference,
    BadRule: _say_bad_rule,
    LateRequest: _say_late,
    UnknownRuleChange: _say(N_("This change is too old. Send /rules again. Nothing was changed.")),
    NotYourButton: _say(
        N_("Only the person who asked can answer this. Send the command yourself. Nothing was changed.")
    ),
    HeldByAnother: _say_held,
    UnknownCard: _say(N_("This alert is no longer known.")),
    StaleObject: _say_changed,
    UndoExpired: _say(N_("Too late: this button worked for 60 s. Nothing was changed.")),
    Unconfirmed: _say_unconfirmed,
    OutcomeUnknown: _say_unknown_outcome,
    NotFound: _say_not_found,
    Forbidden: _say(N_("The bot's user in ELMA365 has no right to do this. Nothing was changed.")),
    NotReconnectable: _say_not_reconnectable,
    SpamNotAllowed: _say_no_spam,
    UnspamNotAllowed: _say(
        N_("Only the client's last session, or one from a mailbox, can come back from spam.")
    ),
    WrongState: _say_wrong_state,
    NotAssignee: _say(N_("Only the assigned operator or bot may close it. Nothing was changed.")),
    NoBot: _say(N_("No bot is connected to this line. Nothing was changed.")),
    GroupNotInLine: _say(N_("That group is not among the line's operators. Nothing was changed.")),
    OperatorOffline: _say(
        N_("That operator is offline and can only read. Nothing was changed: choose another.")
    ),
    OpenSessionExists: _say_open_session,
    NoPriorContact: _say(
        N_("This client never wrote to that bot, so it may not write first. Nothing was changed.")
    ),
    AppNotBound: _say(N_("The line's settings do not allow this app to be linked. Nothing was changed.")),
    PlatformError: _say_platform,
    QuotaExceeded: _say_quota,
    AccessDenied: _say(N_("Lines refuses the bot's token. An administrator must check LINES_TOKEN.")),
    WrongAddress: _say(N_("There is no bridge at the Lines address. An administrator must check LINES_URL.")),
    BodyTooLarge: _say(N_("The request was larger than Lines takes. Nothing was changed.")),
    Unreachable: _say(N_("No connection to Lines. Nothing was changed; try again in a minute.")),
    TimedOut: _say(N_("Lines did not answer in time. Try again in a minute.")),
    BadAnswer: _say_bad_answer,
    UnsupportedContract: _say(
        N_(
            "The bridge in ELMA365 and this bot are of different versions. "
            "An administrator runs: lines-bot check"
        )
    ),
    ProtocolError: _say(N_("The bridge did not understand the bot. An administrator runs: lines-bot check")),
    LinesError: _say(N_("Lines could not do this.")),
}
