"""What the labelling tests share."""

import pytest


@pytest.fixture
def always(monkeypatch):
    """Every draw comes out as said."""
    return lambda value: monkeypatch.setattr("random.random", lambda: value)
