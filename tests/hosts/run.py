"""Runs a host's file as `python file` would, with the Telegram of the tests in the place of Telegram's."""

import os
import runpy
import sys

from aiogram.client.telegram import PRODUCTION, TelegramAPIServer

if __name__ == "__main__":
    embedded = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"])
    # What `Bot(token)` takes without being told otherwise; a user's file needs no line for the tests.
    for part in ("base", "file"):
        object.__setattr__(PRODUCTION, part, getattr(embedded, part))
    sys.argv = sys.argv[1:]
    sys.path[0] = os.getcwd()
    runpy.run_path(sys.argv[0], run_name="__main__")
