"""What the buttons about channels, clients, lines and the audit carry; see `callbacks`."""

from aiogram.filters.callback_data import CallbackData

from lines_bot.telegram.callbacks import AnyRef, Fingerprint, LongNumber, Number, Ref


class PickDisconnect(CallbackData, prefix="pd1"):
    page: Number = 0


class AskDisconnect(CallbackData, prefix="dq1"):
    channel: Ref


class Disconnect(CallbackData, prefix="dc1"):
    """Good for the person `by` alone, until that second."""

    channel: Ref
    by: LongNumber
    until: LongNumber


class ReconnectAll(CallbackData, prefix="ra1"):
    """Good for the person `by` alone, until that second, and for the channels that `seen` stands for."""

    by: LongNumber
    until: LongNumber
    seen: Fingerprint


class CancelAll(CallbackData, prefix="ca1"):
    """Stands where the number of channels must be typed; the answer to its message reads it."""

    by: LongNumber
    until: LongNumber
    seen: Fingerprint


class ShowLines(CallbackData, prefix="ln1"):
    page: Number = 0


class ShowClient(CallbackData, prefix="ci1"):
    client: Ref


class ShowClients(CallbackData, prefix="ck1"):
    text: AnyRef = ""
    page: Number = 0


class PickRecipient(CallbackData, prefix="pw1"):
    """Who is written to first: a channel, and in it a client who wrote there before."""

    channel: AnyRef = ""
    page: Number = 0


class AskCreate(CallbackData, prefix="nq1"):
    channel: Ref
    account: Ref


class CreateSession(CallbackData, prefix="ns2"):
    """Good for the person `by`, until that second."""

    channel: Ref
    account: Ref
    by: LongNumber
    until: LongNumber


class ShowAudit(CallbackData, prefix="au1"):
    text: AnyRef = ""
    page: Number = 0


class ExportAudit(CallbackData, prefix="ae1"):
    text: AnyRef = ""
