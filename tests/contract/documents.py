"""A small company in which every rule has an object that meets it and one that does not."""

from typing import Any

NOW = "2026-11-22T09:30:00.000Z"
CRM = {"namespace": "crm", "code": "contacts"}


def standard() -> dict[str, Any]:
    return {
        "now": NOW,
        "me": "u-me",
        "users": [
            item("u-me", 1, "Support desk", email="desk@example.com", presence="online"),
            item("u-anna", 2, "Анна", email="anna@example.com", presence="online"),
            item("u-off", 3, "Peter", presence="offline"),
            item("u-gone", 4, "Gone", __deletedAt=NOW),
            item("u-untold", 5, "Untold"),
        ],
        "userGroups": [
            item("g-first", 1, "First", **{"$users": ["u-anna", "u-me", "u-gone"]}),
            item("g-night", 2, "Night", **{"$users": ["u-off"]}),
            item("g-other", 3, "Other", **{"$users": []}),
            item("g-gone", 4, "Gone", __deletedAt=NOW),
        ],
        "lines": [
            item("l-shop", 1, "Shop", **{"$operators": ["g-first", "g-night"], "$bot": True, "$apps": [CRM]}),
            item("l-quiet", 2, "Тихая", **{"$operators": ["g-night"], "$bot": False, "$apps": []}),
            item("l-gone", 3, "Gone", __deletedAt=NOW),
        ],
        "channels": [
            channel("c-bot", 1, "telegramBot"),
            channel("c-inbox", 2, "inbox"),
            channel("c-viber", 3, "viberbot", "error"),
            channel("c-chat", 4, "livechat", "disconnected"),
            channel("c-instagram", 5, "instagram", "error"),
            channel("c-telegram", 6, "telegram", "disconnected"),
            channel("c-internal", 7, "internal"),
            channel("c-support", 8, "support"),
            channel("c-vk", 9, "vkontakte", "error"),
            channel("c-quiet", 10, "inbox", line="l-quiet"),
            channel("c-gone", 11, "inbox", __deletedAt=NOW),
        ],
        "clients": [
            client("k-anna", 1, "c-bot", "anna", wrote=True),
            client("k-ivan", 2, "c-bot", "ivan", wrote=True),
            client("k-silent", 3, "c-bot", "silent", wrote=False),
            client("k-mail", 4, "c-inbox", "mail@example.com", wrote=True),
            client("k-viber", 5, "c-viber", "viber", wrote=True),
            client("k-internal", 6, "c-internal", "internal", wrote=True),
            client("k-quiet", 7, "c-quiet", "quiet@example.com", wrote=True),
            client("k-gone", 8, "c-inbox", "gone@example.com", wrote=True, __deletedAt=NOW),
            client("k-spammer", 9, "c-bot", "spammer", wrote=True),
            client("k-olga", 10, "c-bot", "olga", wrote=True),
        ],
        "sessions": [
            session("s-spam-old", 1, "MarkedAsSpam", "c-bot", "k-anna", _closedAt=at(2)),
            session("s-spam-mail", 2, "MarkedAsSpam", "c-inbox", "k-mail", _closedAt=at(3)),
            session("s-closed", 3, "Closed", "c-bot", "k-ivan", _userId="u-me", _closedAt=at(4)),
            session("s-waiting", 5, "Waiting", "c-bot", "k-anna", _userGroupId="g-night", _priority="High"),
            session("s-mine", 6, "AssignedToOperator", "c-inbox", "k-mail", _userId="u-me"),
            session("s-hers", 7, "AssignedToOperator", "c-viber", "k-viber", _userId="u-anna"),
            session("s-bot", 8, "AssignedToBot", "c-bot", "k-olga"),
            session("s-internal", 9, "Waiting", "c-internal", "k-internal"),
            session("s-support", 10, "Waiting", "c-support"),
            session("s-quiet", 11, "Waiting", "c-quiet", "k-quiet", line="l-quiet"),
            session("s-spam", 12, "MarkedAsSpam", "c-bot", "k-spammer", _closedAt=at(13), _priority="Low"),
            session("s-gone", 13, "Waiting", "c-inbox", __deletedAt=NOW),
        ],
        "messages": [
            message("m-1", 1, "s-mine", "Hello", client="k-mail"),
            message("m-2", 2, "s-waiting", "Здравствуйте", client="k-anna"),
            message("m-3", 3, "s-mine", "Good morning", operator="u-me"),
            message("m-4", 4, "s-mine", "See this", client="k-mail", files=[file("f-1", "чек.pdf", 2048)]),
        ],
    }


def at(minute: int) -> str:
    return f"2026-11-22T08:{minute:02}:00.000Z"


def item(identifier: str, minute: int, name: str, **values: Any) -> dict[str, Any]:
    return {"__id": identifier, "__name": name, "__createdAt": at(minute), "__createdBy": "u-me", **values}


def channel(
    identifier: str, minute: int, kind: str, state: str = "active", line: str = "l-shop", **values: Any
) -> dict[str, Any]:
    return item(identifier, minute, f"{kind} of {line}", _type=kind, _state=state, _line=line, **values)


def client(
    identifier: str, minute: int, channel: str, username: str, wrote: bool, **values: Any
) -> dict[str, Any]:
    hidden = {"$wrote": wrote}
    return item(
        identifier, minute, username.title(), _channel=channel, _username=username, **hidden, **values
    )


def session(
    identifier: str, minute: int, state: str, channel: str, *clients: str, line: str = "l-shop", **values: Any
) -> dict[str, Any]:
    links = {"_channel": channel, "_line": line, "_clients": list(clients), "_apps": []}
    base = {"_state": state, "_acceptedAt": at(minute), "_priority": "Medium"}
    return item(identifier, minute, identifier, **links, **(base | values))


def message(identifier: str, minute: int, session: str, body: str, **values: Any) -> dict[str, Any]:
    known = {"__id": identifier, "__createdAt": at(minute), "session": session, "body": body}
    return {**known, "type": "text", "files": [], "isRead": True, **values}


def file(identifier: str, name: str, size: int) -> dict[str, Any]:
    return {"__id": identifier, "__name": name, "size": size}
