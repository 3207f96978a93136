"""See docs/how-it-flows.md for what this room does."""
