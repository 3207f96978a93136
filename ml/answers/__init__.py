"""The shapes an answer can have, whoever gives it: a person, an import, a model, a caller."""

from ml.answers.answer import NOTHING, Answer, AnswerError, Item
from ml.answers.choice import Choice
from ml.answers.choices import Choices
from ml.answers.prose import Prose
from ml.answers.ranking import Ranking
from ml.answers.spans import Spans

__all__ = [
    "NOTHING",
    "Answer",
    "AnswerError",
    "Choice",
    "Choices",
    "Item",
    "Prose",
    "Ranking",
    "Spans",
]
