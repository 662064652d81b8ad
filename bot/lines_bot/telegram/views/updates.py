"""What administrators are told of updates that could not be handled, and askers of those that came late."""
