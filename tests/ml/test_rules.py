"""What rules speak of, what they say together, and what is no rule."""

import pytest

from ml import rules
from ml.rules import PATTERN, WORDS, Rule

LABELS = ["refund", "delivery", "other"]


@pytest.mark.parametrize(
    ("written", "text", "places"),
    [
        ("refund", "I want a REFUND.", ["REFUND"]),
        ("refund", "refunds are not it, a refund is", ["refund"]),
        ("refund, money  back", "give my money\nback", ["money\nback"]),
        ("退款", "我要退款，马上", ["退款"]),
        ("café", "un Café ici 😀 café", ["Café", "café"]),
        ("cat", "concat catalogue", []),
        ("c++", "I write C++ daily", ["C++"]),
        ("a", "a a a", ["a", "a", "a"]),
    ],
)
def test_words_are_whole_words_whatever_their_case(written, text, places):
    found = Rule(WORDS, written, "x").passages(text)
    assert [text[start:end] for start, end in found] == places


def test_places_of_a_pattern_are_code_points():
    text = "😀👩‍👩‍👧 order 4711, 订单 4712"
    found = Rule(PATTERN, r"\d{4}", "x").passages(text)
    assert [text[start:end] for start, end in found] == ["4711", "4712"]


@pytest.mark.parametrize(
    ("kind", "written", "code"),
    [
        (PATTERN, "(", "unreadable"),
        (PATTERN, r"(a)\1", "unreadable"),
        (PATTERN, "a{100000}", "unreadable"),
        (PATTERN, "x*", "everywhere"),
        (WORDS, " , ", "empty"),
        (PATTERN, "", "empty"),
        (WORDS, "a" * 501, "long"),
    ],
)
def test_what_is_no_rule_is_refused_with_why(kind, written, code):
    with pytest.raises(rules.RuleError) as refused:
        rules.check(kind, written)
    assert refused.value.code == code


def test_no_pattern_takes_for_ever():
    """The same pattern keeps a backtracking engine busy for longer than the universe lasts."""
    assert not Rule(PATTERN, "^(a+)+$", "x").speaks("a" * 5000 + "b")


def test_rules_that_agree_are_surer_than_one_and_the_better_one_wins():
    good, bad = Rule(WORDS, "refund", "refund", 18, 2), Rule(WORDS, "late", "delivery", 4, 4)
    one = rules.suggestion([good, bad], "refund please", LABELS, "label")
    assert one["answer"] == {"label": "refund"} and one["confidence"] == pytest.approx(19 / 22)
    both = rules.suggestion([good, bad], "late refund", LABELS, "label")
    assert both["answer"] == {"label": "refund"} and both["confidence"] < one["confidence"]
    more = Rule(WORDS, "money", "refund", 18, 2)
    agreed = rules.suggestion([good, more], "refund my money", LABELS, "label")
    assert agreed["confidence"] > one["confidence"]
    assert sum(agreed["scores"].values()) == pytest.approx(1)
    assert rules.suggestion([good, bad], "hello", LABELS, "label") is None


def test_several_labels_and_passages_each_for_itself():
    heard = [Rule(WORDS, "refund", "refund", 9, 1), Rule(WORDS, "late", "delivery", 0, 9)]
    said = rules.suggestion(heard, "late refund", LABELS, "labels")
    assert said["answer"] == {"labels": ["refund"]}
    marked = rules.suggestion(heard, "late refund", LABELS, "spans")["answer"]["spans"]
    assert marked == [
        {"start": 0, "end": 4, "label": "delivery", "text": "late"},
        {"start": 5, "end": 11, "label": "refund", "text": "refund"},
    ]


def test_it_is_judged_by_what_people_trust():
    rule = Rule(WORDS, "refund", "refund")
    assert rules.judged(rule, "refund", {"label": "refund"}) == (1, 0)
    assert rules.judged(rule, "refund", {"labels": ["delivery"]}) == (0, 1)
    spans = {"spans": [{"start": 0, "end": 6, "label": "refund", "text": "refund"}]}
    assert rules.judged(rule, "refund or refund", spans) == (1, 1)
