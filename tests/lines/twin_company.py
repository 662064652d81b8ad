"""The small company in which the twins of the vendor's examples act."""

from collections.abc import Mapping

SESSION, SUPPORT_SESSION, SPAM, OLD_SPAM = "session", "support-session", "spam", "old-spam"
DELETED = {"__deletedAt": "2026-11-01T00:00:00.000Z"}


def channel(name: str, kind: str, state: str = "active", **more: object) -> dict[str, object]:
    return {"__id": name, "__name": name, "_type": kind, "_state": state, "_line": "line", **more}


def client(name: str, channel: str, username: str, **more: object) -> dict[str, object]:
    return {"__id": name, "__name": name, "_channel": channel, "_username": username, "$wrote": True, **more}


def session(name: str, state: str, channel: str, client: str, hour: int, **more: object) -> dict[str, object]:
    return {
        "__id": name,
        "__createdAt": f"2026-11-22T{hour:02}:00:00.000Z",
        "_state": state,
        "_channel": channel,
        "_clients": [client],
        "_line": "line",
        "_priority": "Medium",
        **more,
    }


COMPANY: Mapping[str, object] = {
    "now": "2026-11-22T09:30:00.000Z",
    "me": "operator",
    "users": [
        {"__id": "operator", "__name": "Анна", "presence": "online"},
        {"__id": "other", "__name": "John", "presence": "online"},
    ],
    "userGroups": [{"__id": "group", "__name": "First line", "$users": ["operator", "other"]}],
    "lines": [
        {"__id": "deleted-line", "__name": "Some live chat", **DELETED},
        {
            "__id": "line",
            "__name": "Some live chat",
            "$operators": ["group"],
            "$bot": True,
            "$apps": [{"namespace": "_clients", "code": "_contacts"}],
        },
    ],
    "channels": [
        channel("telegram", "telegram"),
        channel("bot", "telegramBot"),
        channel("broken-bot", "telegramBot", "error"),
        channel("mail", "inbox", "disconnected"),
        channel("vk", "vkontakte", "error"),
        channel("portal", "support"),
        channel("deleted", "inbox", "error", **DELETED),
    ],
    "clients": [
        client("namesake", "bot", "telegram_username"),
        client("client", "telegram", "telegram_username"),
        client("silent", "bot", "never_wrote", **{"$wrote": False}),
        client("employee", "portal", "ivan"),
        client("returned", "telegram", "came_back"),
    ],
    "sessions": [
        session("old", "Closed", "telegram", "client", 7),
        session(SESSION, "Waiting", "telegram", "client", 8),
        session(SUPPORT_SESSION, "Waiting", "portal", "employee", 8),
        session(OLD_SPAM, "MarkedAsSpam", "telegram", "returned", 7),
        session(SPAM, "MarkedAsSpam", "telegram", "returned", 8),
    ],
    "messages": [
        {"__id": "m1", "session": SESSION, "client": "client", "body": "Hello?", "type": "text"},
        {"__id": "m2", "session": SESSION, "client": "client", "body": "Anybody here?", "type": "text"},
    ],
}
