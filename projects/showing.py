"""How examples and uploads look on a page: a line of text, labels with their colours, a preview."""

from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ml import reading
from ml.answers import AnswerError
from ml.task import DataError
from projects import mapping, wording
from projects.models import Example, Project, Upload

LONGEST = 600  # characters of a text that a list shows
ROWS, COLUMNS, CELL = 20, 12, 120


@dataclass
class Line:
    """An example in one line of a list."""

    example: Example
    text: str
    labels: list[dict[str, Any]]


@dataclass
class Glimpse:
    """A row of a file, as it would be kept."""

    number: int
    text: str = ""
    label: dict[str, Any] | None = None
    new: bool = False
    problem: str = ""


@dataclass
class Preview:
    """The first rows of a file: as it has them, and as they would be kept."""

    columns: list[str] = field(default_factory=list)
    raw: list[list[str]] = field(default_factory=list)
    rows: list[Glimpse] = field(default_factory=list)


def lines(project: Project, examples: list[Example]) -> list[Line]:
    return [
        Line(example, text(project, example.data), labels(project, example.gold))
        for example in examples
    ]


def text(project: Project, data: dict[str, Any]) -> str:
    """What of an example is read first, cut to what a line can hold."""
    whole = str(data.get(project.kind.example_schema()["required"][0], ""))
    return whole if len(whole) <= LONGEST else f"{whole[:LONGEST]}…"


def labels(project: Project, answer: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The labels that an answer names, with their colours."""
    if not answer:
        return []
    known = {label["name"]: label for label in project.labels}
    return [known.get(name, {"name": name}) for name in project.kind.answer.labels_of(answer)]


def preview(upload: Upload) -> Preview:
    """Read from the stored file itself; empty where the file is gone or was not understood."""
    if not upload.detected:
        return Preview()
    found = reading.Detected(**upload.detected)
    try:
        first = list(islice(reading.rows(upload.file, found), ROWS))
    except (OSError, ValueError):
        return Preview()
    columns = found.columns[:COLUMNS]
    whole = [row for row in first if isinstance(row, reading.Row)]
    return Preview(
        columns=columns,
        raw=[[_cut(row.values.get(name, "")) for name in columns] for row in whole[:5]],
        rows=[_glimpse(upload, row) for row in first] if _mapped(upload) else [],
    )


def _mapped(upload: Upload) -> bool:
    needed = upload.project.kind.example_schema()["required"]
    return all(upload.mapping.get(name) is not None for name in needed)


def _cut(value: Any) -> str:
    whole = value if isinstance(value, str) else str(value)
    return whole if len(whole) <= CELL else f"{whole[:CELL]}…"


def _glimpse(upload: Upload, row: reading.Row | reading.Problem) -> Glimpse:
    if isinstance(row, reading.Problem):
        return Glimpse(row.number, problem=wording.refusal(row.why))
    project = upload.project
    given, said = mapping.picked(row.values, upload.mapping, project.kind)
    shown = Glimpse(row.number)
    try:
        shown.text = text(project, project.kind.parse_data(given))
        if said is not None and str(said).strip():
            _label(shown, upload, said)
    except (DataError, AnswerError) as problem:
        shown.problem = wording.refusal(problem)
    return shown


def _label(shown: Glimpse, upload: Upload, said: Any) -> None:
    answer, project = upload.project.kind.answer, upload.project
    if isinstance(said, dict | list):
        shown.label = next(iter(labels(project, answer.parse(said, project.label_names))), None)
        return
    name = str(said).strip()
    shown.new = name in upload.new_labels
    known = [*project.label_names, *([name] if shown.new else [])]
    shown.label = next(iter(labels(project, answer.from_column(name, known))), None)
