"""The servers that speak the Lines contract, and what the suite holds all of them to.

The contract leaves some corners open. Every server settles them in this one way.

Calls
- A call is an object with `jsonrpc` "2.0", a string or number `id` (true, false and null are none) and a
  string `method`; anything else is -32600. Other members are ignored. An answer repeats a valid `id`,
  else it is null.
- An empty batch, or one of more than 100, is one -32600 answer. A member that is not a call gets its own
  -32600.
- Order: envelope (-32600), method (-32601), params (-32602), then the platform's rules (-32000).
- `params` is an object; absent and null mean none. A known param that is null counts as absent. Unknown
  params (first), missing ones and wrong types are -32602, and the message holds the param's (or field's,
  operator's) name.
- Ids, `account`, and the parts of an application item are non-empty strings. Characters are code points.
- `data` of `clients.save` holds `_applicationItem` and nothing else; null unlinks.

Fields and filters
- Kinds: id (`__id`): eq neq in. text (`__name _username email _externalChatId _externalChatName`): eq neq
  in like. code (`_state _type _priority presence`): eq neq in. time: eq neq in gt gte lt lte. reference
  (`__createdBy __updatedBy _line _channel _userId _userGroupId`): eq neq in. references (`_clients`): has
  all. app (`_applicationItem`): eq neq, with null only. apps (`_apps`): none.
- Values: strings for id, text and code; `$time` for time; an id string or a `$ref` of the right
  collection for references. Null goes with eq, neq and inside `in`. Anything else is -32602.
- `$time` is RFC 3339 with a zone, taken to the millisecond; a day that no calendar has is -32602.
- `eq` null matches absent; `in` is any of `eq` (an empty list matches nothing); `all` of an empty list
  matches every row; an absent list is an empty one. `and` and `or` hold at least one filter.
- A reference is compared by its id: whether that object exists or is deleted does not matter.
- `like` looks for the text in lower case. A leaf has depth 1; every value of `in` and `all` counts as
  one.
- Sort fields: every kind but references, app and apps. `ascending` is true unless told. Nulls come first
  ascending, last descending; equal rows keep the order in which they were made, both ways. References
  sort by id.
- `fields` takes the contract's own names; `[]` gives `__id` alone. `total` ignores `from` and `size`.

Rules, in this order: the objects exist and are not deleted (session before operator or group) → presence →
type → state → what the platform alone knows (a line's groups, bot and apps, who wrote before). A deleted
channel, line or group that a rule looks at counts as none.
- disconnect: state active. reconnect: type, then state not active.
- save: the line of the client's channel lists the app (null always passes).
- create: channel; the token's user is not offline (`operator_offline`); the channel is active
  (`wrong_state`); no open session with the client of that channel and `_username`
  (`open_session_exists`); the user is in a group of the line's operators (`forbidden`); telegramBot: that
  client wrote (`no_prior_contact`). An account that nobody has makes a client. Then AssignedToOperator, the
  token's user, Medium, no `_lastActivityAt`.
- assign…: operator not offline; the session is open (not Closed, not spam); group in the line, line has a
  bot. An operator leaves `_userGroupId` alone; a group gives Waiting and clears `_userId`; a bot clears
  `_userId`.
- close: open (`wrong_state`), then assigned to the token's user or to the bot (`not_assignee`).
- markAsSpam: type, then open. It clears `_userId` and `_priority`; unmarkAsSpam brings them back:
  AssignedToOperator if there was an operator, else Waiting.
- unmarkAsSpam: inbox, or no session that shares a client and is not deleted has a later `__createdAt`
  (`unspam_not_allowed`); then MarkedAsSpam (`wrong_state`).
- sendSystemMessage goes in every state; the message has `type` "system" and no client or operator, the
  session gets `_lastActivityAt`. `userGroups.users` leaves deleted users out and keeps the group's order.
- `_acceptedAt` is now on every assignment and change of state, `_closedAt` on close and spam (null when
  reopened), `__updatedAt` and `__updatedBy` on every change.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import httpx

from lines_bot.sandbox.lines_server import LinesServer, serve
from lines_bot.sandbox.world import World
from tests.contract.bridge_server import start_bridge

Document = Mapping[str, Any]
TOKEN = "contract-token"


class Handle(Protocol):
    """A running server that can be given another company at any time."""

    url: str
    token: str

    async def load(self, document: Document) -> None: ...

    async def stop(self) -> None: ...


class Sandbox:
    def __init__(self, server: LinesServer) -> None:
        self.server = server
        self.url = server.url
        self.token = TOKEN

    async def load(self, document: Document) -> None:
        self.server.world = World(document)

    async def stop(self) -> None:
        await self.server.stop()


async def start_sandbox(document: Document) -> Sandbox:
    return Sandbox(await serve(World(document), TOKEN))


KINDS: dict[str, Callable[[Document], Awaitable[Handle]]] = {"sandbox": start_sandbox, "bridge": start_bridge}


class Caller:
    """Raw JSON-RPC to one server."""

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.http = httpx.AsyncClient(headers={"Authorization": f"Bearer {handle.token}"})

    async def close(self) -> None:
        await self.http.aclose()

    async def post(self, payload: object) -> Any:
        """The JSON of the answer to any JSON."""
        response = await self.http.post(self.handle.url, content=json.dumps(payload))
        assert response.status_code == 200, response.text
        return response.json()

    async def answer(self, method: str, params: object = None) -> dict[str, Any]:
        answer = await self.post({"jsonrpc": "2.0", "id": 7, "method": method, "params": params or {}})
        assert answer["jsonrpc"] == "2.0"
        assert answer["id"] == 7
        return dict(answer)

    async def call(self, method: str, **params: object) -> dict[str, Any]:
        """The result of a call that must succeed."""
        answer = await self.answer(method, params)
        assert "error" not in answer, answer
        return dict(answer["result"])

    async def refusal(self, method: str, **params: object) -> dict[str, Any]:
        """The error of a call that must be refused."""
        answer = await self.answer(method, params)
        assert "result" not in answer, answer
        return dict(answer["error"])

    async def item(self, collection: str, identifier: str) -> dict[str, Any]:
        found = await self.call(f"{collection}.search", where={"eq": ["__id", identifier]})
        return dict(found["result"][0])

    async def state(self) -> dict[str, Any]:
        """All that can be seen of the company."""
        names = ("lines", "channels", "clients", "sessions", "users", "userGroups")
        return {name: (await self.call(f"{name}.search", size=10_000))["result"] for name in names}
