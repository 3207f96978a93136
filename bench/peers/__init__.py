"""What we measure ourselves against, built as its own documentation builds it."""
