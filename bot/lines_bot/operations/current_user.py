"""The platform user whose rights the bot has."""

from lines_bot.lines import LinesClient


class CurrentUser:
    def __init__(self, lines: LinesClient) -> None:
        self._lines = lines
        self._id: str | None = None

    async def read(self) -> str | None:
        """The user's id, if the platform tells; asked for once. Raises LinesError."""
        if self._id is None:
            user = (await self._lines.describe()).user
            self._id = user.id if user else None
        return self._id
