import random
import time

import numpy as np
import pytest

from ml import nearby, shingles
from ml.repeats import normal_form

BASE = "The parcel I ordered two weeks ago has still not arrived, and nobody answers the telephone."


def sentences(count: int, seed: int = 0) -> list[str]:
    draw = random.Random(seed)
    words = ["".join(draw.choices("abcdefghijklmnop", k=draw.randint(3, 9))) for _ in range(500)]
    return [" ".join(draw.choices(words, k=18)) for _ in range(count)]


def test_near_repeats_are_grouped():
    texts = [
        BASE,
        "something else altogether, about an invoice",
        BASE.upper(),
        BASE.replace("telephone", "telephones"),
        BASE.replace("parcel", "parcle") + "!!",
        "我的包裹还没有到，请问什么时候可以收到",
        "我的包裹还没有到，请问什么时候可以收到？",
    ]
    assert nearby.groups(texts) == [[0, 2, 3, 4], [5, 6]]


def test_what_differs_in_more_is_not_grouped():
    assert nearby.groups(["the invoice is wrong", "the parcel is late", "", "!"]) == []
    assert nearby.groups([]) == []
    assert nearby.groups(["", ""]) == [[0, 1]]


def test_every_group_is_held_together_by_pairs_that_are_alike():
    draw = random.Random(1)
    texts = sentences(300)
    for text in list(texts):
        words = text.split(" ")
        words[draw.randrange(18)] = "changed"
        texts.append(" ".join(words))
    found = nearby.groups(texts)
    grouped = {at: tuple(group) for group in found for at in group}
    right = missed = 0
    for at in range(300):
        if nearby.similarity(texts[at], texts[at + 300]) >= nearby.ALIKE:
            right += 1
            missed += at + 300 not in grouped.get(at, ())
    assert right > 200
    assert missed <= right * 0.02
    for group in found:
        for one in group:
            others = (other for other in group if other != one)
            assert any(nearby.similarity(texts[one], texts[o]) >= nearby.ALIKE for o in others)


@pytest.mark.parametrize(
    ("one", "other"),
    [("abcdef", "abcdef"), ("abcdef", "bcdefg"), ("ab", "ab"), ("ab", "cd"), ("aaaaaa", "aaaa")],
)
def test_similarity_is_the_share_of_pieces(one, other):
    a, b = ({form[i : i + 4] for i in range(max(len(form) - 3, 1))} for form in (one, other))
    assert nearby.similarity(one, other) == pytest.approx(len(a & b) / len(a | b))


def test_pieces_end_where_their_text_ends():
    forms = [normal_form(text) for text in ("abcd efgh", "x", "", "中文字符很多", "\ud800 lone")]
    together = shingles.of(forms)
    for at, form in enumerate(forms):
        alone = shingles.of([form])
        piece = together.hashes[together.starts[at] : together.starts[at + 1]]
        assert np.array_equal(piece, alone.hashes)


@pytest.mark.parametrize(
    "texts",
    [
        [BASE] * 20_000,
        [f"{a} {b}" for a in range(100) for b in range(100)],
        [f"Dear customer, your order {at} was sent to {at * 7} and comes" for at in range(2_000)],
    ],
    ids=["copies", "two words", "one mould"],
)
def test_sets_of_one_mould_take_no_quadratic_time(texts):
    started = time.process_time()
    nearby.groups(texts)
    assert time.process_time() - started < 8


def test_it_can_be_stopped_between_chunks():
    class Enough(Exception):
        pass

    calls = 0

    def stop() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Enough

    with pytest.raises(Enough):
        nearby.groups(sentences(2_000), meanwhile=stop)


def test_vectors_close_together_are_paired_once():
    draw = np.random.default_rng(0)
    vectors = draw.standard_normal((600, 384)).astype(np.float32)
    vectors[[50, 51, 550]] = vectors[10]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = nearby.meant_alike(vectors)
    assert found.looked
    assert [other for _, other, _ in found.pairs] == [50, 51, 550]
    assert all(cosine > 0.99 for *_, cosine in found.pairs)


def test_blocks_find_what_all_at_once_would(monkeypatch):
    draw = np.random.default_rng(1)
    vectors = draw.standard_normal((300, 8)).astype(np.float32)  # so few, that many are near
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = np.tril(vectors @ vectors.T, -1) - np.triu(np.ones((300, 300)))
    wanted = [(int(row.argmax()), at) for at, row in enumerate(cosines) if row.max() >= 0.9]
    assert len(wanted) > 10
    monkeypatch.setattr(nearby, "ROWS_A_BLOCK", 70)
    monkeypatch.setattr(nearby, "COLUMNS_A_BLOCK", 40)
    found = nearby.meant_alike(vectors, at_least=0.9).pairs
    assert [(a, b) for a, b, _ in found] == wanted
    halves = nearby.meant_alike(vectors.astype(np.float16), at_least=0.9).pairs
    assert len(set(wanted) & {(a, b) for a, b, _ in halves}) >= 0.9 * len(wanted)


def test_too_many_vectors_are_not_looked_at():
    vectors = np.zeros((nearby.MOST_VECTORS + 1, 2), dtype=np.float32)
    assert nearby.meant_alike(vectors) == nearby.Meant([], looked=False)
