"""Odd updates and odd answers of Telegram, by the thousand: `python -m tests.fuzz 3000`."""
