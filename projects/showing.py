"""How examples and uploads look on a page: a line of text, labels with their colours, a preview."""

from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ml import reading
from ml.answers import AnswerError
from ml.answers.answer import cut
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
    cells: list[str] = field(default_factory=list)


@dataclass
class Preview:
    """The first rows of a file: as they would be kept, and beside it as the file has them."""

    columns: list[str] = field(default_factory=list)
    more: int = 0  # columns that are not shown
    rows: list[Glimpse] = field(default_factory=list)
    mapped: bool = False


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
    return Preview(
        columns=columns,
        more=len(found.columns) - len(columns),
        rows=[_glimpse(upload, row, columns) for row in first],
        mapped=_mapped(upload),
    )


def _mapped(upload: Upload) -> bool:
    needed = upload.project.kind.example_schema()["required"]
    return all(upload.mapping.get(name) is not None for name in needed)


def _cut(value: Any) -> str:
    if value is None:
        return ""
    whole = reading.plain(value if isinstance(value, str) else str(value))
    return whole if len(whole) <= CELL else f"{whole[:CELL]}…"


def _glimpse(upload: Upload, row: reading.Row | reading.Problem, columns: list[str]) -> Glimpse:
    if isinstance(row, reading.Problem):
        return Glimpse(row.number, problem=wording.refusal(row.why))
    project = upload.project
    given, said = mapping.picked(row.values, upload.mapping, project.kind)
    shown = Glimpse(row.number, cells=[_cut(row.values.get(name, "")) for name in columns])
    try:
        shown.text = text(project, project.kind.parse_data(given))
        if said is not None and str(said).strip():
            _label(shown, upload, said, project.kind.parse_data(given))
    except (DataError, AnswerError) as problem:
        shown.problem = reading.plain(wording.refusal(problem))  # it may quote the row
    return shown


def _label(shown: Glimpse, upload: Upload, said: Any, data: dict[str, Any]) -> None:
    project, answer = upload.project, upload.project.kind.answer
    said = mapping.answer_in(said, project.kind)
    new = [name for name in answer.named_in(said) if name in upload.new_labels]
    shown.new, known = bool(new), [*project.label_names, *new]
    parsed = (
        answer.parse(said, known, data)
        if isinstance(said, dict)
        else answer.from_column(said, known, data)
    )
    named = labels(project, parsed)
    shown.label = named[0] if len(named) == 1 else {"name": cut(answer.summary(parsed), CELL)}
