"""The machine: plain Python on rows, answers and paths. Knows nothing of the web or the database."""
