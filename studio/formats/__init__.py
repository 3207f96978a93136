"""How dates look: the day before the month, the month in letters, 24 hours."""
