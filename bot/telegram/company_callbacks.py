"""What the buttons about channels, clients, lines and the audit carry; see `callbacks`."""

from aiogram.filters.callback_data import CallbackData


class PickDisconnect(CallbackData, prefix="pd1"):
    page: int = 0


class AskDisconnect(CallbackData, prefix="dq1"):
    channel: str


class Disconnect(CallbackData, prefix="dc1"):
    """Good for the person `by` alone, until that second."""

    channel: str
    by: int
    until: int


class ReconnectAll(CallbackData, prefix="ra1"):
    """Good for the person `by` alone, until that second, and for the channels that `seen` stands for."""

    by: int
    until: int
    seen: str


class CancelAll(CallbackData, prefix="ca1"):
    """Stands where the number of channels must be typed; the answer to its message reads it."""

    by: int
    until: int
    seen: str


class ShowLines(CallbackData, prefix="ln1"):
    page: int = 0


class ShowClient(CallbackData, prefix="ci1"):
    client: str


class ShowClients(CallbackData, prefix="ck1"):
    text: str
    page: int = 0


class CreateSession(CallbackData, prefix="ns1"):
    channel: str
    account: str


class ShowAudit(CallbackData, prefix="au1"):
    text: str = ""
    page: int = 0


class ExportAudit(CallbackData, prefix="ae1"):
    text: str = ""
