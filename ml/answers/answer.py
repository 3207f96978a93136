"""What every way of answering can do. One file beside this one is one shape of answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ml.refusing import Refusal

NAMED_LABELS = 10
SHOWN = 60  # characters of an answer within a sentence
NOTHING = "∅"  # stands for no label at all, where labels are set beside one another

Data = Mapping[str, Any] | None
Item = tuple[str, Any]  # a label, and what makes this use of it another than the next


class AnswerError(Refusal):
    """An answer is not what the task takes."""


class Answer(ABC):
    """A way of answering. Every answer of a project passes its `parse`.

    An answer is canonical JSON: two that mean the same are the same value.
    """

    partial: ClassVar[str]  # the form that asks for it
    column: ClassVar[str]  # the column of a flat file that holds it
    labelled: ClassVar[bool] = True  # whether it is made of the project's labels
    written: ClassVar[bool] = False  # whether people say it in their own words
    none: ClassVar[bool] = False  # whether nothing at all is an answer, too
    in_bulk: ClassVar[bool] = True  # whether one answer can be given to many examples

    @abstractmethod
    def parse(self, value: object, labels: Sequence[str], data: Data = None) -> dict[str, Any]:
        """The canonical answer. Raises AnswerError that names what is wrong.

        `data` is the example's. Without it, what depends on the example is not checked, so
        whoever keeps an answer gives it.
        """

    @abstractmethod
    def from_column(self, value: str, labels: Sequence[str], data: Data = None) -> dict[str, Any]:
        """The answer that a cell of an imported column says."""

    @abstractmethod
    def to_column(self, answer: Mapping[str, Any]) -> str:
        """The cell from which `from_column` makes the same answer again."""

    @abstractmethod
    def from_form(
        self, fields: Mapping[str, Any], labels: Sequence[str], data: Data = None
    ) -> dict[str, Any]:
        """The answer that the fields of its `partial` say."""

    @abstractmethod
    def schema(self, labels: Sequence[str]) -> dict[str, Any]:
        """The JSON schema of an answer."""

    @abstractmethod
    def agreement(self, a: dict[str, Any], b: dict[str, Any]) -> float:
        """How far two answers agree, from 0 to 1."""

    @abstractmethod
    def summary(self, answer: Mapping[str, Any]) -> str:
        """The answer in one line of plain text."""

    def items(self, answer: Mapping[str, Any]) -> tuple[Item, ...]:
        """Each use of a label, no two the same: what is counted as found, missed or made up."""
        return ()

    def labels_of(self, answer: dict[str, Any]) -> tuple[str, ...]:
        """The labels that an answer names, each once."""
        return tuple(dict.fromkeys(label for label, _ in self.items(answer)))

    def stratum(self, answer: dict[str, Any]) -> str:
        """What a split is stratified by."""
        return next(iter(self.labels_of(answer)), "")

    def foremost(self, answer: Mapping[str, Any]) -> str:
        """The label that it names most often, the first of several; empty where it names none."""
        named = Counter(label for label, _ in self.items(answer))
        return next((label for label, _ in named.most_common(1)), "")

    def pairs(self, gold: Mapping[str, Any], said: Mapping[str, Any]) -> list[tuple[str, str]]:
        """What was taken for what: (right label, label said), NOTHING where there is none."""
        missed, made_up = Counter(self.items(gold)), Counter(self.items(said))
        right = missed & made_up
        found = [(label, label) for label, _ in right.elements()]
        return found + self._wrong([*(missed - right)], [*(made_up - right)])

    def _wrong(self, missed: list[Item], made_up: list[Item]) -> list[tuple[str, str]]:
        """What stands for what among those that only one side has."""
        lost = [(label, NOTHING) for label, _ in missed]
        return lost + [(NOTHING, label) for label, _ in made_up]

    def naming(self, label: str) -> dict[str, Any]:
        """The part of an answer by which PostgreSQL's `@>` finds those that name the label."""
        return {self.column: [label]}

    def named_in(self, said: object) -> tuple[str, ...]:
        """The labels that a cell or a value names, be they the project's or not."""
        return ()

    def renamed(
        self,
        answer: Mapping[str, Any],
        names: Mapping[str, str | None],
        labels: Sequence[str],
        *,
        rest: bool = False,
    ) -> dict[str, Any] | None:
        """The answer with other names for its labels; `labels` are those of today, in order.

        Where a label has no name any more, None; or what else it says, if the `rest` is to stay
        and the answer can do without.
        """
        return dict(answer)

    def moved(self, said: object, given: Mapping[str, Any]) -> object:
        """What an import says of data as it was `given`, said of the data that is kept."""
        return said

    def described(self, answer: Mapping[str, Any]) -> str:
        """The answer within a sentence: quoted, and cut."""
        return f"“{cut(self.summary(answer))}”"


def cut(text: str, most: int = SHOWN) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def only(value: object, name: str, form: str) -> Any:
    """What an object with this one name holds. Raises AnswerError."""
    if not isinstance(value, dict) or name not in value:
        raise AnswerError("answer-shape", form=form)
    if unknown := sorted(str(key) for key in value if key != name):
        raise AnswerError("answer-more", name=name, names=", ".join(unknown[:5]))
    return value[name]


def known(label: str, labels: Sequence[str]) -> str:
    """The label. Raises AnswerError where the project has none of that name."""
    if label not in labels:
        raise not_a_label(label, labels)
    return label


def not_a_label(given: str, labels: Sequence[str]) -> AnswerError:
    """Which of its sentences fits; a long cell and a long list are cut."""
    said = "label-unknown" if given else "label-empty"
    shown = cut(given)
    alike = next((label for label in labels if label.casefold() == given.strip().casefold()), None)
    if alike is not None:
        return AnswerError("label-unknown:alike", given=shown, alike=alike)
    if not labels:
        return AnswerError(f"{said}:none", given=shown)
    named, more = ", ".join(labels[:NAMED_LABELS]), len(labels) - NAMED_LABELS
    if more > 0:
        return AnswerError(f"{said}:more", given=shown, labels=named, more=more)
    return AnswerError(said, given=shown, labels=named)
