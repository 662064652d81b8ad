"""What a bot asks of Lines to list the channels, with nothing but the standard library."""

QUESTION = {"jsonrpc": "2.0", "id": 1, "method": "channels.search", "params": {"from": 0, "size": 1000}}
