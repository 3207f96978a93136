"""The dictionary of what was marked: which phrases it knows, and how far it believes them."""

import pytest

from ml import phrases
from ml.answers import Spans
from ml.dictionary import Dictionary, united
from ml.phrases import Marked, counted

LABELS = ("LOC", "PER")


def marked(text: str, **spans: str) -> tuple[str, dict]:
    """A text with each of these phrases marked where it stands first: LOC="York"."""
    found = [
        {"start": text.index(phrase), "end": text.index(phrase) + len(phrase), "label": label}
        for label, phrase in spans.items()
    ]
    return text, Spans().parse({"spans": found}, LABELS, {"text": text})


def dictionary(*texts: tuple[str, dict]) -> Dictionary:
    return counted([Marked.of(text, answer) for text, answer in texts], LABELS)


def said(of: Dictionary, text: str) -> list[tuple[str, str]]:
    return [(one["text"], one["label"]) for one in of.predict(text)["answer"]["spans"]]


def test_what_was_marked_is_marked_where_it_occurs_again():
    found = dictionary(marked("We met Ada Lovelace in London.", PER="Ada Lovelace", LOC="London"))
    assert said(found, "London? Ada Lovelace was there, in LONDON.") == [
        ("London", "LOC"),
        ("Ada Lovelace", "PER"),
        ("LONDON", "LOC"),
    ]
    answer = found.predict("In London.")["answer"]
    assert Spans().parse(answer, LABELS, {"text": "In London."}) == answer


def test_the_longest_phrase_is_taken():
    found = dictionary(
        marked("They live in New York now.", LOC="New York"), marked("Old York rocks", PER="York")
    )
    assert said(found, "From New York to York.") == [("New York", "LOC"), ("York", "PER")]


def test_words_are_whole_and_chinese_is_read_by_characters():
    found = dictionary(marked("Ann is in.", PER="Ann"), marked("我爱北京。", LOC="北京"))
    assert said(found, "Annual planning with Ann") == [("Ann", "PER")]
    assert said(found, "北京很大，她在北京。") == [("北京", "LOC"), ("北京", "LOC")]


def test_a_phrase_that_is_mostly_not_marked_is_not_proposed():
    texts = [marked("A nice day.") for _ in range(9)]
    found = dictionary(*texts, marked("We flew to nice.", LOC="nice"))
    assert said(found, "It is nice here") == []
    (met,) = found.read("It is nice here").met
    assert 0.1 < met.chance < 0.3


def test_case_counts_where_the_answers_say_so():
    texts = [marked("She works at Apple today.", LOC="Apple"), marked("I ate an apple today.")]
    found = dictionary(*texts * 5)
    assert said(found, "An apple from Apple.") == [("Apple", "LOC")]
    only = dictionary(*[marked("It was May who came.", PER="May")] * 5)
    assert said(only, "It may rain, said May.") == [("May", "PER")]


def test_what_is_unknown_makes_it_less_sure():
    found = dictionary(*[marked("We met Ada in London.", PER="Ada", LOC="London")] * 5)
    known, strange = found.predict("We met Ada again."), found.predict("We met Ada and Zorro.")
    assert strange["confidence"] < known["confidence"]
    assert found.read("We met Ada and Zorro. Then we left.").strange == ["Zorro"]


def test_a_version_is_completed_only_where_it_says_nothing():
    text = "New York and London"
    found = dictionary(*[marked("To York and London", PER="York", LOC="London")] * 5)
    by_version = [{"start": 0, "end": 8, "label": "LOC", "text": "New York"}]
    spans, chance = united(text, by_version, found.read(text).met)
    assert [one["text"] for one in spans] == ["New York", "London"]
    assert 0.8 < chance < 1


def many(count: int) -> tuple[list[str], list[dict]]:
    names = ["Ada", "Alan", "Grace", "Linus", "Marie", "Rose", "Emmy", "Kurt"]
    texts = [
        marked(f"In case {n} we saw {names[n % 8]} at noon.", PER=names[n % 8])
        if n % 3
        else marked(f"Nothing of note in case {n}.")
        for n in range(count)
    ]
    return [text for text, _ in texts], [answer for _, answer in texts]


def test_it_is_too_early_for_few_answers_or_where_nothing_is_marked():
    assert phrases.learn(*many(phrases.FIRST - 1), LABELS) is None
    nothing = ["Nothing."] * 50
    assert phrases.learn(nothing, [{"spans": []}] * 50, LABELS) is None


def test_it_is_judged_on_answers_that_it_did_not_see():
    learned = phrases.learn(*many(120), LABELS)
    assert learned.right == learned.of and learned.weakest is None and learned.texts == 120
    assert [one.answers for one in learned.curve] == [25, 50, 96]
    texts, _answers = many(120)
    once = [text.replace("saw ", "saw N") for text in texts]
    alone = [f"{text} We saw Q{n}x." for n, text in enumerate(once)]
    spans = [{"spans": [{"start": len(t) - len(f"Q{n}x."), "end": len(t) - 1, "label": "PER"}]}
             for n, t in enumerate(alone)]  # fmt: skip
    poor = phrases.learn(alone, spans, LABELS)
    assert poor.right == 0, "names that occur once are no help for other texts"
    assert poor.weakest == "PER"


def test_it_believes_rare_phrases_as_far_as_held_out_answers_bear_them_out():
    texts, answers = [], []
    for n in range(200):  # every phrase was marked once, and is not where it occurs again
        text, answer = marked(f"Take w{n // 2}x now.", **({"PER": f"w{n // 2}x"} if n % 2 else {}))
        texts.append(text)
        answers.append(answer)
    learned = phrases.learn(texts, answers, LABELS)
    assert learned.dictionary.rate < 0.3
    texts, answers = many(200)
    assert phrases.learn(texts, answers, LABELS).dictionary.rate > 0.7


def test_it_survives_being_written_and_read():
    learned = phrases.learn(*many(60), LABELS)
    again = Dictionary.from_bytes(memoryview(learned.dictionary.as_bytes()))
    assert again == learned.dictionary
    assert again.predict("Is Ada here?") == learned.dictionary.predict("Is Ada here?")


@pytest.mark.parametrize("text", ["", " ", "\n", "é" * 50_000, "\u200d", "👩‍🔬 Ada", "A" * 100_000])
def test_any_text_can_be_read(text):
    found = dictionary(marked("We met Ada.", PER="Ada"))
    answer = found.predict(text)["answer"]
    assert Spans().parse(answer, LABELS, {"text": text}) == answer
