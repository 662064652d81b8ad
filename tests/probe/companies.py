"""Companies to look at: the standard one, with as many rows as it takes."""

from typing import Any

from tests.contract.documents import standard

WORDS = (
    "Здравствуйте, где заказ",
    "canary of a client",
    "canary@example.com",
    "Canary Ivanova",
    "+79001234567",
)


def make_company(rows: int = 0) -> dict[str, Any]:
    """With `rows` more clients, messages of one session and users of one group, and with words to hide."""
    document = standard()
    for name, first in (("clients", "k"), ("users", "u")):
        sample = document[name][1]
        document[name] += [
            sample | {"__id": f"{first}-more-{number}", "__name": WORDS[3]} for number in range(rows)
        ]
    document["userGroups"][0]["$users"] += [f"u-more-{number}" for number in range(rows)]
    sample = document["messages"][0]
    document["messages"] += [sample | {"__id": f"m-more-{number}"} for number in range(rows)]
    document["messages"][0]["body"] = WORDS[0]
    document["clients"][0] |= {"__name": WORDS[1], "_username": WORDS[4]}
    document["users"][1] |= {"__name": WORDS[3], "email": WORDS[2]}
    document["sessions"][0]["_externalChatName"] = WORDS[1]
    return document
