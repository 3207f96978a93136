import time
from collections import Counter

from ml.repeats import repeated
from ml.splitting import digest, is_test, split
from tests.ml.conftest import toy_rows


def test_it_identifies_content_whatever_the_order_of_its_keys():
    assert digest({"a": "ä", "b": 1}) == digest({"b": 1, "a": "ä"})
    assert digest({"a": "x"}) != digest({"a": "y"})


def test_it_protects_one_example_in_five():
    drawn = sum(is_test(digest({"text": str(at)}), "salt") for at in range(5000))
    assert 900 < drawn < 1100


def test_it_draws_another_test_set_with_another_salt():
    digests = [digest({"text": str(at)}) for at in range(200)]
    assert [is_test(one, "a") for one in digests] != [is_test(one, "b") for one in digests]


def test_it_leaves_test_rows_test_and_loses_nothing():
    rows = toy_rows(90)
    for row in rows[::5]:
        row["split"] = "test"
    done, left_out = split(rows)
    assert left_out == 0
    assert [row["id"] for row in done] == [row["id"] for row in rows]
    assert {r["id"] for r in done if r["split"] == "test"} == {r["id"] for r in rows[::5]}


def test_it_shares_out_each_label_about_alike():
    done, _ = split(toy_rows(3000))
    counts = Counter((row["answer"]["label"], row["split"]) for row in done)
    assert all(120 < count < 180 for (_, name), count in counts.items() if name == "validation")


def test_it_keeps_a_label_with_few_rows_for_learning():
    rows = toy_rows(90)
    rare = {"id": "x", "data": {"text": "one of a kind"}, "answer": {"label": "rare"}}
    done, _ = split([*rows, rare])
    assert [row["split"] for row in done if row["id"] == "x"] == ["train"]


def test_it_gives_validation_a_row_from_four_on_and_never_more_than_half():
    for seed in range(40):
        done, _ = split(toy_rows(12, seed=seed))
        counts = Counter(row["answer"]["label"] for row in done if row["split"] == "validation")
        assert len(counts) == 3 and set(counts.values()) <= {1, 2}


def test_it_moves_no_row_while_data_grows():
    before = {row["id"]: row["split"] for row in split(toy_rows(600))[0]}
    for count in (610, 660, 1200, 2400):
        after = {row["id"]: row["split"] for row in split(toy_rows(count))[0]}
        assert {one: after[one] for one in before} == before


def test_it_moves_no_row_whose_label_is_changed():
    rows = toy_rows(600)
    before = {row["id"]: row["split"] for row in split(rows)[0]}
    for row in rows[:100]:
        row["answer"] = {"label": rows[-1]["answer"]["label"]}
    assert {row["id"]: row["split"] for row in split(rows)[0]} == before


def test_it_splits_the_same_way_whatever_the_order_of_rows():
    rows = toy_rows(60)
    forward = {row["id"]: row["split"] for row in split(rows)[0]}
    backward = {row["id"]: row["split"] for row in split(rows[::-1])[0]}
    assert forward == backward


def test_it_leaves_out_what_nearly_repeats_a_test_row():
    text = "Win a free holiday today, call 0800 123 now!"
    rows = toy_rows(30)
    rows[0] |= {"data": {"text": text}, "split": "test"}
    rows[1]["data"] = {"text": "WIN a free holiday  today - call 0800-123 now"}
    rows[2]["data"] = {"text": "Win a free holiday tomorrow, ask at the desk"}
    done, left_out = split(rows)
    assert left_out == 1
    assert {"1"} == {row["id"] for row in rows} - {row["id"] for row in done}


def test_it_finds_long_texts_that_differ_in_a_word():
    long = " ".join(f"word{chr(97 + at % 26)}{chr(97 + at // 26)}" for at in range(100))
    other = long.replace("wordca", "changed")
    assert other != long
    assert repeated([other, long[: len(long) // 2]], [long]) == [True, False]


def test_it_compares_chinese_by_its_characters():
    text = "这家店的服务态度非常好而且送货速度也很快我很满意下次还会再来购买其他的东西"
    assert repeated([text + "。", text[:-1] + "们", "这个东西质量太差了"], [text]) == [
        True,
        True,
        False,
    ]


def test_it_takes_texts_without_any_letter_apart():
    assert repeated(["!!!", "😀"], ["😀"]) == [False, True]


def test_it_compares_a_hundred_thousand_rows_in_seconds():
    texts = [row["data"]["text"] + f" {chr(97 + at % 26) * (at % 9 + 1)}{'xyz'[at % 3]}"
             for at, row in enumerate(toy_rows(100_000, seed=1))]  # fmt: skip
    start = time.monotonic()
    repeated(texts[20_000:], texts[:20_000])
    assert time.monotonic() - start < 120
