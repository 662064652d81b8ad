"""The table of roles, by hand and from the README: the bot is measured by this, never by its own code."""

from collections.abc import Mapping, Sequence

from aiogram.filters.callback_data import CallbackData

from lines_bot.people import Action, Person, Role
from lines_bot.telegram import callbacks as shared
from lines_bot.telegram import company_callbacks as company

# Each may also do everything of those before it; a stranger, None, may do nothing.
RANKS: Sequence[Role | None] = (None, Role.VIEWER, Role.OPERATOR, Role.LEAD, Role.ADMIN)

ACTIONS: Mapping[Role, Sequence[Action]] = {
    Role.VIEWER: (Action.HELP, Action.SEE),
    Role.OPERATOR: (
        Action.READ,
        Action.ASSIGN,
        Action.CLOSE,
        Action.SPAM,
        Action.WRITE,
        Action.LINK,
        Action.TAKE,
    ),
    Role.LEAD: (Action.RECONNECT, Action.DISCONNECT, Action.MUTE, Action.RULE, Action.AUDIT),
    Role.ADMIN: (Action.GRANT,),
}

COMMANDS: Mapping[Role, Sequence[str]] = {
    Role.VIEWER: (
        *("help", "me", "language", "status"),
        *("channels", "lines", "queue", "sessions", "stats"),
        *("alerts", "mutes", "why"),
    ),
    Role.OPERATOR: (
        *("session", "last", "history", "export"),
        *("assign", "group", "bot", "close", "spam", "unspam", "say"),
        *("client", "new", "link", "unlink"),
    ),
    Role.LEAD: (
        *("reconnect", "disconnect", "board", "privacy"),
        *("mute", "unmute", "quiet", "maintenance", "test", "rules", "audit"),
    ),
    Role.ADMIN: ("grant", "revoke", "link_me"),
}

# A button that holds a command takes the role of that command; `RunCommand` itself takes none beyond.
BUTTONS: Mapping[Role, Sequence[type[CallbackData]]] = {
    Role.VIEWER: (
        shared.RunCommand,
        shared.ShowHelp,
        shared.ShowSubject,
        shared.ShowChannels,
        shared.ShowChannel,
        company.ShowLines,
        shared.ShowQueue,
        shared.ShowWaiting,
        shared.ShowSessions,
        shared.ShowStatistics,
        shared.ShowAlerts,
        shared.EndTrial,
        shared.SetLanguage,
        shared.PickKey,
        shared.TurnCard,
        shared.FilterCard,
        shared.ShowCard,
        shared.ShowDetails,
        shared.AskWhy,
        shared.PressExtension,
    ),
    Role.OPERATOR: (
        shared.PickSession,
        shared.ShowSession,
        shared.ShowLast,
        shared.ShowHistory,
        shared.Export,
        shared.PickOperator,
        shared.Assign,
        shared.AssignMe,
        shared.PickGroup,
        shared.AssignGroup,
        shared.AssignBot,
        shared.AskClose,
        shared.Close,
        shared.Spam,
        shared.Unspam,
        shared.Undo,
        shared.Cancel,
        shared.TakeCard,
        shared.ReleaseCard,
        shared.ChooseTaker,
        shared.HandOverCard,
        company.ShowClient,
        company.ShowClients,
        company.PickRecipient,
        company.AskCreate,
        company.CreateSession,
    ),
    Role.LEAD: (
        shared.SetGroupLanguage,
        shared.ShowRule,
        shared.ShowBroken,
        shared.Reconnect,
        shared.ReconnectCard,
        company.ReconnectAll,
        company.CancelAll,
        company.PickDisconnect,
        company.AskDisconnect,
        company.Disconnect,
        shared.MuteCard,
        shared.ChooseMute,
        shared.EndMute,
        shared.EndWindow,
        shared.ApplyRule,
        shared.SetPrivacy,
        company.ShowAudit,
        company.ExportAudit,
    ),
    Role.ADMIN: (shared.ShowPeople, shared.PickAccount, shared.GrantRole),
}

LEAST_FOR_ACTION = {action: role for role, actions in ACTIONS.items() for action in actions}
LEAST_FOR_COMMAND = {name: role for role, names in COMMANDS.items() for name in names}
LEAST_FOR_BUTTON = {kind: role for role, kinds in BUTTONS.items() for kind in kinds}


def covers(role: Role | None, least: Role) -> bool:
    """Whether this role may do what takes at least that one."""
    return RANKS.index(role) >= RANKS.index(least)


def list_commands(role: Role | None) -> set[str]:
    """The commands that this role may use."""
    return {name for name, least in LEAST_FOR_COMMAND.items() if covers(role, least)}


async def keep_role(person: Person) -> Person:
    """Everybody holds the role they were made with."""
    return person
