"""Texts on disk are the texts that were given, and cost next to nothing in memory."""

import tracemalloc

import pytest

from ml import nearby
from ml.shelved import Shelf

TEXTS = ["one", "", "中文 👍", "line\r\nend", "half \ud83d", "x" * 3_000_000]


def test_it_gives_back_what_it_was_given(tmp_path):
    with Shelf(tmp_path) as shelf:
        for text in TEXTS:
            shelf.add(text)
        shelf.ready()
        assert list(shelf) == TEXTS
        assert [shelf[at] for at in (5, 0, 2)] == [TEXTS[5], "one", "中文 👍"]
        with pytest.raises(IndexError):
            shelf[len(TEXTS)]
    assert not list(tmp_path.iterdir())


def test_near_repeats_of_long_texts_are_found_in_little_memory(tmp_path):
    long = " ".join(f"word{n}" for n in range(2_500))
    tracemalloc.start()
    with Shelf(tmp_path) as shelf:
        for n in range(600):  # 12 MB
            shelf.add(f"{n} {n * 7} {long[n:]} {n}")
        shelf.ready()
        found = nearby.groups(shelf, aside=tmp_path)
        peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found[0]) > 500
    assert peak < 25_000_000
