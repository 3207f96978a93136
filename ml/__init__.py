"""The machine: plain Python on rows, answers and paths. Knows neither web nor database."""
