"""All reading for people: what Lines says, as plain rows with short references."""
