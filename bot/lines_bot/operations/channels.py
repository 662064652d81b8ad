"""What can be done to channels."""

from lines_bot.lines import Channel, ChannelState, LinesClient, Refused
from lines_bot.operations.executor import Operation
from lines_bot.operations.ledger import Verb
from lines_bot.people import Action


class ChannelOperations:
    def __init__(self, lines: LinesClient) -> None:
        self._lines = lines

    def reconnect(self, channel_id: str) -> Operation[Channel]:
        async def find_obstacle(channel: Channel) -> Refused | None:
            return channel.obstacle_to_reconnect()

        return Operation(
            verb=Verb.RECONNECT,
            action=Action.RECONNECT,
            object_id=channel_id,
            argument=None,
            read=lambda: self._lines.channels.get(channel_id),
            is_done=lambda channel, _before: channel.state == ChannelState.ACTIVE,
            obstacle=find_obstacle,
            call=lambda channel: channel.reconnect(),
        )

    def disconnect(self, channel_id: str) -> Operation[Channel]:
        async def find_obstacle(channel: Channel) -> Refused | None:
            return channel.obstacle_to_disconnect()

        return Operation(
            verb=Verb.DISCONNECT,
            action=Action.DISCONNECT,
            object_id=channel_id,
            argument=None,
            read=lambda: self._lines.channels.get(channel_id),
            is_done=lambda channel, _before: channel.state == ChannelState.DISCONNECTED,
            obstacle=find_obstacle,
            call=lambda channel: channel.disconnect(),
            remember=lambda channel: {"type": channel.type},
        )
