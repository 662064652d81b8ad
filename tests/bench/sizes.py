"""How large the measured company and its team are."""

LINES, CHANNELS, WAITING = 5, 40, 100
PEOPLE = range(1000, 1300)
