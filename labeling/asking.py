"""What the desk and the review show to ask for an answer: the example, its form, what is proposed.

Knows no task: how an example is shown and how it is answered are partials that the task names.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from labeling import keys, suggesting
from labeling.models import Assignment
from labeling.pools import FRONT
from ml.answers import AnswerError, Choice, Choices
from projects import palette, quoting, relabeling, wording
from projects.models import Example, Project

WITH_KEYS = len(palette.KEYS)
CALLER, FILE, MODEL = "caller", "file", "model"  # who proposes an answer


def form(
    project: Project,
    example: Example,
    *,
    assignment: Assignment | None = None,
    typed: Mapping[str, Any] | None = None,
    draft: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """For the partials of media and answer. `typed` and `draft` are what a person did so far."""
    answer = project.kind.answer
    suggestion = suggesting.shown(assignment) if assignment else None
    hint = suggesting.from_file(assignment) if assignment else None
    choosing = isinstance(answer, Choice | Choices)  # what is longer is mended, not said anew
    if suggestion is not None and choosing and _rejected(example, suggestion["answer"]):
        suggestion = None
    if hint is not None and choosing and _rejected(example, hint):
        hint = None
    proposed, by = _proposed(example, suggestion, hint)
    filled = draft or proposed
    labels = keys.of_labels(project.labels)
    return {
        "example": example,
        "media": f"labeling/media/{project.kind.media}.html",
        "form": answer.partial,
        "labels": labels,
        "many": len(labels) > WITH_KEYS,
        "suggestion": suggestion if by == MODEL else None,
        "by_caller": by == CALLER,
        "by_file": by == FILE,
        "proposed": proposed,
        "filled": filled,
        "as_column": answer.to_column(filled) if filled else "",
        "suggested": answer.labels_of(filled) if filled else (),
        "typed": typed or {},
        "caller": _caller(project, example),
    }


def _proposed(
    example: Example, suggestion: dict[str, Any] | None, hint: dict[str, Any] | None
) -> tuple[dict[str, Any] | None, str]:
    """What Enter accepts: the caller's correction where there is one, else the hint that came with
    the file, else the model's answer.

    The answer, and whose it is. The protected test set comes without any.
    """
    said = None if example.is_test else example.origin.get("answer")
    if isinstance(said, dict):
        fits = quoting.fits(example.project, said, example.data)
        said = relabeling.as_now(example.project, said) if fits else None
    if isinstance(said, dict) and (suggestion or hint):
        return said, CALLER
    if hint is not None:
        return hint, FILE
    return (suggestion["answer"], MODEL) if suggestion else (None, "")


def _rejected(example: Example, answer: dict[str, Any]) -> bool:
    """Whether a caller just said that this is wrong and not what is right: no key accepts it."""
    if example.priority < FRONT or example.origin.get("answer") is not None:
        return False
    told = example.origin.get("predicted")
    return isinstance(told, dict) and relabeling.as_now(example.project, told) == answer


def _caller(project: Project, example: Example) -> dict[str, str]:
    """What the model had told a caller, and what the caller said, each in one line."""
    told = {"predicted": example.origin.get("predicted"), "answer": example.origin.get("answer")}
    return {name: summary(project, said) for name, said in told.items() if isinstance(said, dict)}


def summary(project: Project, answer: Mapping[str, Any]) -> str:
    """An answer in one line; one of another shape, as an old import may hold, as it is."""
    try:
        return project.kind.answer.summary(answer)
    except (KeyError, TypeError):
        return str(answer)


def sentence(problem: AnswerError) -> str:
    """Why a form's answer cannot be kept, for the person at the desk."""
    if problem.code == "label-shape":
        return _("Choose one of the labels.")
    return wording.refusal(problem)
