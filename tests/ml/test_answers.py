import pytest

from ml.answers import AnswerError, Choice
from ml.task import DataError
from ml.tasks import TASKS

LABELS = ["billing", "delivery"]


def test_it_keeps_one_shape_of_answer():
    assert Choice().parse({"label": "billing"}, LABELS) == {"label": "billing"}


@pytest.mark.parametrize(
    "value", [None, "billing", ["billing"], {}, {"label": 3}, {"label": None}, {"labels": ["a"]}]
)
def test_it_refuses_what_is_no_choice(value):
    with pytest.raises(AnswerError, match="looks like"):
        Choice().parse(value, LABELS)


def test_it_names_the_labels_that_exist():
    with pytest.raises(AnswerError, match=r"“refund” is not a label.*billing, delivery"):
        Choice().parse({"label": "refund"}, LABELS)


def test_it_names_ten_labels_at_most():
    with pytest.raises(AnswerError) as error:
        Choice().parse({"label": "x"}, [f"label-{at}" for at in range(25)])
    assert "label-9 and 15 more" in str(error.value)
    assert "label-10" not in str(error.value)


def test_it_guesses_a_label_written_in_another_case():
    with pytest.raises(AnswerError, match="Did you mean “billing”"):
        Choice().parse({"label": "Billing"}, LABELS)


def test_it_refuses_what_it_would_have_to_drop():
    with pytest.raises(AnswerError, match="leave out score"):
        Choice().parse({"label": "billing", "score": 1}, LABELS)


def test_it_takes_blanks_off_an_imported_cell_only():
    assert Choice().from_column("  billing ", LABELS) == {"label": "billing"}
    with pytest.raises(AnswerError):
        Choice().parse({"label": " billing "}, LABELS)


def test_it_says_that_an_imported_cell_is_empty():
    with pytest.raises(AnswerError, match="label is empty"):
        Choice().from_column("  ", LABELS)


def test_it_agrees_only_with_the_same_label():
    assert Choice().agreement({"label": "a"}, {"label": "a"}) == 1.0
    assert Choice().agreement({"label": "a"}, {"label": "b"}) == 0.0


def test_it_keeps_text_verbatim_but_for_line_ends():
    parse = TASKS["text-classification"].parse_data
    assert parse({"text": " a\r\nb\rc\n\u00a0"}) == {"text": " a\nb\nc\n\u00a0"}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("text", "looks like"),
        ({}, "looks like"),
        ({"text": 5}, "must be a string"),
        ({"text": " \n\t"}, "empty"),
        ({"text": "a\x00b"}, "NUL"),
        ({"text": "a\ud83d"}, "half of a character"),
        ({"text": "a" * 100_001}, "100,001 characters"),
        ({"text": "a", "more": 1}, "leave out more"),
    ],
)
def test_it_says_what_is_wrong_with_an_example(value, message):
    with pytest.raises(DataError, match=message):
        TASKS["text-classification"].parse_data(value)
