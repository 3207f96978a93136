"""Where a person may be named beside their rows: remarks, rules, filters, acts, written files."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from labeling.models import Assignment, Comment, Rule
from ml import lexemes
from ml.refusing import SENTENCES
from projects import acting, filing, places
from projects.leases import BUSY
from projects.models import Act, Erasure, Project, SavedFilter

PIECE = 500
Meanwhile = Callable[[], None]


def forget(erasure: Erasure, meanwhile: Meanwhile) -> None:
    """All that is left in the project and may name whom the filter names. Safe to repeat."""
    project, words = erasure.project, erasure.filters.get("q", "")
    _acts(project)
    filing.forget_all(project)
    SavedFilter.objects.filter(project=project, filters=erasure.filters).delete()
    places.file(project.pk).unlink(missing_ok=True)
    if words:
        _saved_filters(project, lexemes.sought(words))
        _remarks(project, lexemes.sought(words), meanwhile)


def unquoted(problem: Mapping[str, Any]) -> dict[str, Any]:
    """A problem of an upload without a word of the row: which row, and what kind of problem."""
    if not problem["row"]:
        return dict(problem)  # it is about the file
    said = problem.get("said", {})
    values = {name: _figure(value) for name, value in said.get("values", {}).items()}
    sentence = SENTENCES.get(said.get("code", ""), "")
    reason = sentence % values if sentence else ""
    row = "" if "row" in values else f"Row {problem['row']}: "
    told = {"row": problem["row"], "reason": f"{row}{reason}", "said": {**said, "values": values}}
    return told | {name: problem[name] for name in ("kept",) if name in problem}


def _figure(value: Any) -> Any:
    """Numbers stay; any text may be the row's."""
    plain = not isinstance(value, str) or value.replace(",", "").isdigit()
    return value if plain else "…"


def _acts(project: Project) -> None:
    for act in Act.objects.filter(project=project, filters__has_key="q", state__in=BUSY):
        acting.cancel(act)
    Act.objects.filter(project=project, filters__has_key="q").exclude(state__in=BUSY).update(
        filters={"q": ""}, total=Coalesce("total", 0)
    )


def _saved_filters(project: Project, sought: lexemes.Sought) -> None:
    """Those that search for one of the words, or are called by one: rather one too many."""
    for one in SavedFilter.objects.filter(project=project):
        if set(sought.lexemes) & lexemes.of(f"{one.name} {one.filters.get('q', '')}"):
            one.delete()


def _remarks(project: Project, sought: lexemes.Sought, meanwhile: Meanwhile) -> None:
    """What people wrote at other examples and holds all of the words; the remark itself stays."""
    wrote = Comment.objects.filter(project=project).exclude(text="")
    _empty(wrote, "text", sought, meanwhile)
    skipped = Assignment.objects.filter(project=project).exclude(skip_reason="")
    _empty(skipped, "skip_reason", sought, meanwhile)
    for rule in Rule.objects.filter(project=project):
        if holds(rule.pattern, sought):
            rule.delete()


def _empty(found: QuerySet[Any], field: str, sought: lexemes.Sought, meanwhile: Meanwhile) -> None:
    said = found.order_by("pk").values_list("pk", field).iterator(chunk_size=PIECE)
    for some in batches(said, PIECE):
        meant = [pk for pk, text in some if holds(text, sought)]
        found.model._default_manager.filter(pk__in=meant).update(**{field: ""})
        meanwhile()


def holds(text: str, sought: lexemes.Sought) -> bool:
    """Whether a text holds all that is sought. Nothing to read is held by none."""
    stretches = all(each in text.casefold() for each in sought.stretches)
    return bool(sought.lexemes) and stretches and set(sought.lexemes) <= lexemes.of(text)


def batches(rows: Iterable[Any], size: int) -> Iterable[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
