"""The administrator's board: who works, what waits, what failed, and the remedy."""
