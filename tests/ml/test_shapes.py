"""Each shape of answer: one canonical form, whoever gives it, in whatever script."""

import json

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.answers import NOTHING, AnswerError, Choices, Prose, Ranking, Spans
from ml.task import DataError
from ml.tasks import TASKS

LABELS = ["person", "place", "a|b", "x; y", "人"]
TEXT = "👩🏽‍🚀 Ada e\u0301tait à שָׁלוֹם 北京 \u2028 and 👍"
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0\r")


@st.composite
def marked(draw):
    """A text of any script with spans in it, nested, overlapping and repeated."""
    text = draw(st.text(CHARACTERS, min_size=1, max_size=40).filter(str.strip))
    found = []
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        found.append({"start": start, "end": end, "label": draw(st.sampled_from(LABELS))})
    return text, found


@given(marked())
@settings(max_examples=60, deadline=None)
def test_spans_quote_their_text_and_have_one_order(made):
    text, given_ = made
    shape, data = Spans(), {"text": text}
    answer = shape.parse({"spans": given_}, LABELS, data)
    assert all(text[one["start"] : one["end"]] == one["text"] for one in answer["spans"])
    assert shape.parse({"spans": given_[::-1] + given_}, LABELS, data) == answer
    assert shape.parse(answer, LABELS, data) == answer == shape.parse(answer, LABELS)
    assert shape.from_column(shape.to_column(answer), LABELS, data) == answer
    assert shape.from_form({"spans": json.dumps(given_)}, LABELS, data) == answer
    assert shape.agreement(answer, answer) == 1.0


@given(marked())
@settings(max_examples=40, deadline=None)
def test_places_in_a_text_with_crlf_are_those_of_the_same_text_with_lf(made):
    text, spans = made
    crlf = text.replace("\n", "\r\n")
    places = [at + text.count("\n", 0, at) for at in range(len(text) + 1)]
    wide = []
    for one in spans:
        start, end = places[one["start"]], places[one["end"]]
        wide.append({**one, "start": start, "end": end, "text": crlf[start:end]})
    data = TASKS["token-classification"].parse_data({"text": crlf})
    moved = Spans().moved(json.dumps(wide), {"text": crlf})
    said = json.loads(moved) if isinstance(moved, str) else moved
    spans_said = said["spans"] if isinstance(said, dict) else said
    assert Spans().parse({"spans": spans_said}, LABELS, data) == Spans().parse(
        {"spans": spans}, LABELS, {"text": text}
    )


def test_places_count_code_points():
    at = TEXT.index("北京")
    answer = Spans().parse(
        {"spans": [{"start": at, "end": at + 2, "label": "place", "text": "北京"}]},
        LABELS, {"text": TEXT},
    )  # fmt: skip
    assert answer["spans"][0]["text"] == "北京"


@pytest.mark.parametrize(
    ("span", "message"),
    [
        ({"start": 0, "end": 99, "label": "person"}, "does not lie in its text of"),
        ({"start": 3, "end": 3, "label": "person"}, "does not lie"),
        ({"start": -1, "end": 3, "label": "person"}, "does not lie"),
        ({"start": 0, "end": 1, "label": "person", "text": "A"}, r"covers “👩”, not “A”"),
        ({"start": 0, "end": 1, "label": "thing"}, "is not a label of this project"),
        ({"start": 0.0, "end": 1, "label": "person"}, "looks like"),
        ({"start": True, "end": 2, "label": "person"}, "looks like"),
        ({"start": 0, "end": 1, "label": "person", "score": 1}, "looks like"),
        ({"start": 0, "end": 1}, "looks like"),
        ("0-1", "looks like"),
    ],
)
def test_it_says_what_is_wrong_with_a_span(span, message):
    with pytest.raises(AnswerError, match=message):
        Spans().parse({"spans": [span]}, LABELS, {"text": TEXT})


def test_more_spans_than_anyone_reads_are_refused():
    with pytest.raises(AnswerError, match="at most 10000"):
        Spans().parse({"spans": [{}] * 10_001}, LABELS, {"text": TEXT})


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("person", ["person"]),
        ("place; person", ["person", "place"]),
        ("person;person", ["person"]),
        ("a|b", ["a|b"]),
        ("x; y", ["x; y"]),
        ('["x; y", "person"]', ["person", "x; y"]),
        ("[]", []),
        ('{"labels": ["人"]}', ["人"]),
    ],
)
def test_a_cell_with_labels_is_read_where_it_is_unambiguous(cell, labels):
    some = LABELS if (";" in cell and "x" in cell) or "|" in cell else [*LABELS[:2], "人"]
    some = some if labels != ["a|b"] else LABELS
    assert Choices().from_column(cell, some) == {"labels": labels}


@pytest.mark.parametrize(
    "cell", ["person|place|thing", "person, place", '["person", 3]', "[person"]
)
def test_a_cell_that_names_no_label_is_refused(cell):
    with pytest.raises(AnswerError):
        Choices().from_column(cell, ["person", "place"])


@given(st.lists(st.sampled_from(LABELS)))
def test_labels_stand_in_the_projects_order_each_once(named):
    answer = Choices().parse({"labels": named}, LABELS)
    assert answer["labels"] == [label for label in LABELS if label in named]
    assert Choices().from_column(Choices().to_column(answer), LABELS) == answer
    assert Choices().parse({"labels": named[::-1]}, LABELS) == answer


def test_no_label_at_all_is_an_answer():
    shape = Choices()
    assert shape.from_form(QueryDict(""), LABELS) == {"labels": []}
    assert shape.from_form(QueryDict("labels=place&labels=person"), LABELS) == {
        "labels": ["person", "place"]
    }
    assert shape.agreement({"labels": []}, {"labels": []}) == 1.0
    assert shape.agreement({"labels": ["a", "b"]}, {"labels": ["b", "c"]}) == pytest.approx(1 / 3)
    assert shape.summary({"labels": []}) == NOTHING


def test_what_was_taken_for_what():
    def span(start, end, label):
        return {"start": start, "end": end, "label": label, "text": ""}

    gold = {"spans": [span(0, 3, "a"), span(4, 6, "b"), span(8, 9, "a")]}
    said = {"spans": [span(0, 3, "a"), span(4, 6, "a"), span(8, 10, "a")]}
    assert sorted(Spans().pairs(gold, said)) == [
        ("a", "a"), ("a", NOTHING), ("b", "a"), (NOTHING, "a"),
    ]  # fmt: skip
    some = Choices().pairs({"labels": ["a", "b"]}, {"labels": ["b", "c"]})
    assert sorted(some) == [("a", "c"), ("b", "b")]
    assert Choices().pairs({"labels": ["a"]}, {"labels": []}) == [("a", NOTHING)]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60))
def test_a_response_is_kept_verbatim_but_for_line_ends(text):
    shape, kept = Prose(), text.replace("\r\n", "\n").replace("\r", "\n")
    if not kept.strip():
        with pytest.raises(AnswerError, match="is empty"):
            shape.from_column(text, [])
        return
    answer = shape.from_column(text, [])
    assert answer == {"response": kept} == shape.from_form({"response": text}, [])
    assert shape.from_column(shape.to_column(answer), []) == answer
    assert shape.agreement(answer, answer) == 1.0


@pytest.mark.parametrize("response", ["a\0b", "x" * 100_001, "\ud83d", 3, None])
def test_a_response_that_cannot_be_kept_is_refused(response):
    with pytest.raises(AnswerError):
        Prose().parse({"response": response}, [])


def test_responses_agree_as_far_as_their_words_do():
    alike = Prose().agreement({"response": "The sky is blue."}, {"response": "The sky is  Blue!"})
    other = Prose().agreement({"response": "The sky is blue."}, {"response": "发票"})
    assert 0.8 < alike < 1.0 and other == 0.0


@pytest.mark.parametrize("cell", ["[2, 0, 1]", "2 > 0 > 1", "2,0,1", '{"ranking": [2, 0, 1]}'])
def test_a_ranking_is_read_however_it_is_written(cell):
    data = {"query": "q", "candidates": ["a", "b", "c"]}
    assert Ranking().from_column(cell, [], data) == {"ranking": [2, 0, 1]}
    assert Ranking().from_form({"ranking": "2,0,1"}, [], data) == {"ranking": [2, 0, 1]}


@pytest.mark.parametrize(
    "cell", ["0,1", "0,1,1", "0,1,3", "1,2,3", "", "a>b", "[0, 1, true]", "0.5"]
)
def test_a_ranking_names_every_candidate_once(cell):
    with pytest.raises(AnswerError):
        Ranking().from_column(cell, [], {"query": "q", "candidates": ["a", "b", "c"]})


def test_rankings_agree_by_pairs():
    best = {"ranking": [0, 1, 2, 3]}
    assert Ranking().agreement(best, best) == 1.0
    assert Ranking().agreement(best, {"ranking": [3, 2, 1, 0]}) == 0.0
    assert Ranking().agreement(best, {"ranking": [1, 0, 2, 3]}) == pytest.approx(5 / 6)
    assert Ranking().summary({"ranking": [2, 0, 1]}) == "3 > 1 > 2"


@pytest.mark.parametrize(
    ("slug", "value", "message"),
    [
        ("text-generation", {}, "there is no “prompt”"),
        ("text-generation", {"prompt": " "}, "“prompt” is empty"),
        ("text-generation", {"prompt": "a", "system": 3}, "“system” must be a text"),
        ("text-generation", {"prompt": "a", "more": "b"}, "leave out more"),
        ("text-ranking", {"query": "a"}, "there is no “candidates”"),
        ("text-ranking", {"query": "a", "candidates": ["b"]}, "There are 1 candidates"),
        ("text-ranking", {"query": "a", "candidates": ["b"] * 51}, "There are 51"),
        ("text-ranking", {"query": "a", "candidates": "b, c"}, "must be a list"),
        ("text-ranking", {"query": "a", "candidates": ["b", 3]}, "“candidates.1” must be a text"),
    ],
)
def test_it_says_what_is_wrong_with_an_example(slug, value, message):
    with pytest.raises(DataError, match=message):
        TASKS[slug].parse_data(value)
