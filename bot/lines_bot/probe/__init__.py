"""The first day in a company: which guesses of the bridge are right, and a script that knows the rest."""
