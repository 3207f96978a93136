"""Two model versions on the same rows of the protected test set: better, or only luckier?"""

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from django.core.cache import cache

from ml import comparing as figures
from ml.answers import Answer
from training.models import ModelVersion, Run

CHANGED_SHOWN = 50
A_DAY = 24 * 3600
# In this order a person wants to see them: what was lost, what was won, what stays wrong.
_LOST, _WON, _OTHER = 0, 1, 2


@dataclass(frozen=True)
class Changed:
    """A row that the two answer differently."""

    example: str
    gold: str
    before: str
    after: str
    confidence: float  # of the newer answer


@dataclass(frozen=True)
class Comparison:
    """What the newer version brings over the older one, on the `n` rows that both answered."""

    figures: figures.Paired
    changed: tuple[Changed, ...]  # at most CHANGED_SHOWN
    changed_in_all: int

    @property
    def n(self) -> int:
        return self.figures.n

    @property
    def real(self) -> bool:
        """Whether chance alone would hardly make such a difference (McNemar, p < 0.05)."""
        return self.figures.p < figures.SIGNIFICANT

    @property
    def verdict(self) -> str:
        """“real”: better, and not by chance; “worse”, not by chance either; else “not sure”."""
        if not self.real:
            return "not sure"
        return "real" if self.figures.only_after > self.figures.only_before else "worse"

    def as_json(self) -> dict[str, Any]:
        """The figures and the verdict, without the rows."""
        return {**asdict(self.figures), "real": self.real, "verdict": self.verdict}


def compare(newer: ModelVersion, older: ModelVersion) -> Comparison:
    """Compare two versions. Right is what the newer one's gold says."""
    return of_runs(newer.run, older.run)


def of_runs(newer: Run, older: Run) -> Comparison:
    """The same for the runs themselves, once their test answers are kept."""
    rows = _both(newer, older)
    told = newer.project.kind.answer
    differing = [row for row in rows if row.before != row.after]
    changed = sorted((_changed(told, row) for row in differing), key=_interest)
    return Comparison(
        figures=figures.of_items(
            [told.items(row.gold) for row in rows],
            [told.items(row.before) for row in rows],
            [told.items(row.after) for row in rows],
        ),
        changed=tuple(changed[:CHANGED_SHOWN]),
        changed_in_all=len(changed),
    )


def verdict(newer: ModelVersion, older: ModelVersion) -> tuple[str, float]:
    """What comparing the two says, and by how much the newer is more often right; kept a while.

    “real”, “worse” or “not sure”; “not sure” and 0.0 where they answered no common rows.
    """
    key = f"verdict:{newer.pk}:{older.pk}"
    kept: tuple[str, float] | None = cache.get(key)
    if kept is None:
        compared = compare(newer, older)
        accuracy = compared.figures.accuracy
        gain = accuracy.after - accuracy.before
        kept = (compared.verdict, gain) if compared.n else ("not sure", 0.0)
        cache.set(key, kept, A_DAY)
    return kept


class _Both(NamedTuple):
    """A row that both answered."""

    example: str
    gold: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]
    confidence: float


def _both(newer: Run, older: Run) -> list[_Both]:
    before = dict(older.test_answers.values_list("example_id", "predicted"))
    after = newer.test_answers.order_by("example_id")
    return [
        _Both(str(example), gold, before[example], predicted, confidence)
        for example, gold, predicted, confidence in after.values_list(
            "example_id", "gold", "predicted", "confidence"
        )
        if example in before
    ]


def _changed(answer: Answer, row: _Both) -> Changed:
    gold, before, after = map(answer.summary, (row.gold, row.before, row.after))
    return Changed(row.example, gold, before, after, row.confidence)


def _interest(row: Changed) -> tuple[int, float]:
    kind = _LOST if row.before == row.gold else _WON if row.after == row.gold else _OTHER
    return kind, -row.confidence
