"""What can be done to clients."""

from lines_bot.lines import AppItem, Client, LinesClient
from lines_bot.operations.executor import Operation
from lines_bot.operations.ledger import Verb
from lines_bot.people import Action


def read_app_item(text: str) -> AppItem | None:
    """The app item in `namespace/code/id`; None if that is not what it says."""
    parts = text.strip().split("/")
    if len(parts) != 3 or not all(parts):
        return None
    return AppItem(namespace=parts[0], code=parts[1], id=parts[2])


def write_app_item(item: AppItem) -> str:
    return f"{item.namespace}/{item.code}/{item.id}"


class ClientOperations:
    def __init__(self, lines: LinesClient) -> None:
        self._lines = lines

    def link(self, client_id: str, item: AppItem | None) -> Operation[Client]:
        """Link a client with an app's item, or with none."""

        async def find_obstacle(_client: Client) -> None:
            return None

        return Operation(
            verb=Verb.LINK if item else Verb.UNLINK,
            action=Action.LINK,
            object_id=client_id,
            argument=write_app_item(item) if item else None,
            read=lambda: self._lines.clients.get(client_id),
            is_done=lambda client, _before: client.application_item == item,
            obstacle=find_obstacle,
            call=lambda client: client.with_application_item(item).save(),
            remember=lambda client: {
                "item": write_app_item(client.application_item) if client.application_item else None
            },
        )
