"""The real process, killed again and again while channels break and heal: `python -m tests.chaos 500`."""
