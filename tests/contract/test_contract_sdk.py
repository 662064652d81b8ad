import pytest

from tests.contract.servers import Caller
from tests.contract.test_contract_calls import METHODS

pytestmark = pytest.mark.asyncio(loop_scope="session")

APP_ITEM = {"_applicationItem": {"namespace": "crm", "code": "contacts", "id": "17"}}
# Every operation of the vendor's SDK page, and a call that must succeed in the standard company.
OPERATIONS: dict[str, tuple[str, dict[str, object]]] = {
    "lines.search": ("lines.search", {"where": {"eq": ["__name", "Shop"]}, "size": 1}),
    "channels.search": ("channels.search", {"where": {"neq": ["_state", "active"]}}),
    "clients.search": ("clients.search", {"where": {"eq": ["_username", "anna"]}}),
    "sessions.search": ("sessions.search", {"where": {"all": ["_clients", ["k-anna"]]}}),
    "channel.disconnect": ("channels.disconnect", {"id": "c-bot"}),
    "channel.reconnect": ("channels.reconnect", {"id": "c-viber"}),
    "client.save": ("clients.save", {"id": "k-mail", "data": APP_ITEM}),
    "sessions.create": ("sessions.create", {"channel": "c-bot", "account": "ivan"}),
    "session.assignToOperator": ("sessions.assignToOperator", {"id": "s-mine", "operator": "u-anna"}),
    "session.assignToOperatorGroup": (
        "sessions.assignToOperatorGroup",
        {"id": "s-mine", "userGroup": "g-first"},
    ),
    "session.assignToBot": ("sessions.assignToBot", {"id": "s-mine"}),
    "session.close": ("sessions.close", {"id": "s-mine"}),
    "session.markAsSpam": ("sessions.markAsSpam", {"id": "s-mine"}),
    "session.unmarkAsSpam": ("sessions.unmarkAsSpam", {"id": "s-spam"}),
    "session.getLastMessage": ("sessions.getLastMessage", {"id": "s-mine"}),
    "session.getAllMessages": ("sessions.getAllMessages", {"id": "s-mine"}),
    "session.sendSystemMessage": ("sessions.sendSystemMessage", {"id": "s-mine", "text": "Priority: High"}),
}
# What the platform offers around Lines, and what the contract adds.
AROUND = {"users.search", "userGroups.search", "userGroups.users", "system.describe"}


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_every_operation_of_the_sdk_is_served(server: Caller, operation: str) -> None:
    method, params = OPERATIONS[operation]
    result = await server.call(method, **params)
    assert result.get("item") or result["result"]


async def test_the_contract_has_no_method_that_no_operation_stands_for() -> None:
    assert {method for method, _ in OPERATIONS.values()} | AROUND == METHODS
