"""Changes the text of examples: mended, or with personal data masked. What it was is kept.

An example whose new text another example has already is set aside instead, as is one of which
nothing is left, and one whose answers quote what would not be there any more. What is masked is
masked there, too: nobody sees it because it could not be kept.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

from ml import mending, splitting
from ml.findings import personal
from ml.task import DataError
from projects import due, gold, hiding, outdated, quoting
from projects.models import Act, Annotation, Example, Project, Stage

Before = dict[UUID, dict[str, Any]]
WAYS: dict[str, Callable[[str], str]] = {
    "blanks": mending.normal_blanks,
    "width": mending.normal_width,
    "html": mending.without_html,
    "mojibake": mending.repaired,
    "simplified": mending.simplified,
    "traditional": mending.traditional,
}

CHANGED = ("data", "digest", "set_aside", "origin")


def refused(project: Project, value: dict[str, Any]) -> str:
    """Why the value makes no sense, or nothing."""
    asked = value.get("ways") or value.get("kinds")
    known = {*WAYS, *personal.KINDS}
    fine = isinstance(asked, list) and asked and all(name in known for name in asked)
    return "" if fine else "value"


def mend(act: Act, examples: list[UUID]) -> Before:
    ways = [WAYS[name] for name in act.value["ways"] if name in WAYS]

    def mended(text: str) -> str:
        for way in ways:
            text = way(text)
        return text

    return _rewrite(act, examples, mended)


def mask(act: Act, examples: list[UUID]) -> Before:
    kinds = [name for name in act.value["kinds"] if name in personal.KINDS]
    return _rewrite(act, examples, lambda text: mending.masked(text, kinds)[0], hidden=True)


def _rewrite(
    act: Act, examples: list[UUID], way: Callable[[str], str], *, hidden: bool = False
) -> Before:
    outdated.hold(act.project)
    found = Example.objects.select_for_update().filter(
        pk__in=examples, project=act.project, deleted_at=None
    )
    rows = {one.pk: one for one in found.order_by("pk")}
    data = {pk: _through(one.data, way) for pk, one in rows.items()}
    changed = {pk: new for pk, new in data.items() if new != rows[pk].data}
    before: Before = {pk: {"data": rows[pk].data, "aside": rows[pk].set_aside} for pk in changed}
    if hidden:
        for pk, answers in hiding.hide(act.project, list(changed), way).items():
            before[pk] |= answers
        for pk in changed:
            before[pk] |= hiding.hide_origin(act.project, rows[pk], way)
    for pk, taken in _keep(act.project, {pk: rows[pk] for pk in changed}, changed, hidden=hidden):
        before[pk]["taken"] = taken
    moved = [pk for pk, was in before.items() if rows[pk].data != was["data"]]
    for pk, suggested in outdated.take_away(act.project, moved).items():
        before[pk] |= suggested
    for pk, was in before.items():
        was["after"] = _state(rows[pk])
    return before


def _state(one: Example) -> str:
    """By which an undo sees whether someone changed the example since: its text, its place."""
    return f"{bytes(one.digest).hex()} {one.set_aside}"


def _same_text(one: Example, after: str) -> bool:
    return _state(one).partition(" ")[0] == after.partition(" ")[0]


def _through(value: Any, way: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return way(value)
    if isinstance(value, list):
        return [_through(one, way) for one in value]
    if isinstance(value, dict):
        return {name: _through(one, way) for name, one in value.items()}
    return value


def _keep(
    project: Project, rows: dict[UUID, Example], data: dict[UUID, Any], *, hidden: bool = False
) -> list[tuple[UUID, list[str]]]:
    """Those whose answers do not fit any more and were taken back, with these answers: `hidden`
    data must not stay because something else does not fit it."""
    parsed = {pk: _parsed(project, new) for pk, new in data.items()}
    misquoted = _misquoted(project, parsed)
    for pk in misquoted:
        parsed[pk] = None
    digests = {pk: splitting.digest(new) for pk, new in parsed.items() if new is not None}
    there = Example.objects.filter(project=project, digest__in=list(digests.values()))
    taken = {bytes(digest): pk for pk, digest in there.values_list("pk", "digest")}
    for pk, one in rows.items():
        digest, new = digests.get(pk), parsed[pk]
        if digest is None or new is None or taken.setdefault(digest, pk) != pk:
            one.set_aside = True  # its text stays as it was
            if hidden:
                one.data, one.digest = data[pk], _own_digest(data[pk], pk)
        else:
            one.data, one.digest = new, digest
    taken_back = hiding.withdraw(misquoted) if hidden else {}
    Example.objects.bulk_update(rows.values(), CHANGED, batch_size=500)
    gold.settle(list(rows))
    due.put(Stage.INDEX, list(rows))
    return list(taken_back.items())


def _own_digest(data: Any, pk: UUID) -> bytes:
    """Of one of several examples with the same data: no two of a project have the same digest."""
    return sha256(splitting.digest(data) + pk.bytes).digest()


def _misquoted(project: Project, parsed: dict[UUID, Any]) -> set[UUID]:
    """Examples with an answer that does not fit the new data, such as a passage that moved."""
    if project.kind.answer.in_bulk:
        return set()
    live = Annotation.objects.filter(example__in=list(parsed), withdrawn_at=None)
    said = live.values_list("example_id", "answer")
    return {pk for pk, answer in said if not quoting.fits(project, answer, parsed[pk])}


def _parsed(project: Project, data: Any) -> dict[str, Any] | None:
    try:
        return project.kind.parse_data(data)
    except DataError:
        return None


def put_back(act: Act, before: Before) -> None:
    """As it was, where nobody changed its text since: else an undo would bring masked data back.

    Where someone uploaded the old text again meanwhile, this one is set aside. Who set it aside
    since, or brought it back, meant that, and it stays so.
    """
    outdated.hold(act.project)
    found = Example.objects.select_for_update().filter(pk__in=list(before), project=act.project)
    rows = {one.pk: one for one in found.order_by("pk") if _same_text(one, before[one.pk]["after"])}
    now = {pk: one.data for pk, one in rows.items()}
    for pk, one in rows.items():
        hiding.show(before[pk])
        hiding.show_origin(one, before[pk])
        if _state(one) == before[pk]["after"]:
            one.set_aside = before[pk]["aside"]
    _keep(act.project, rows, {pk: before[pk]["data"] for pk in rows})
    moved = [pk for pk, one in rows.items() if one.data != now[pk]]
    outdated.take_away(act.project, moved)  # about the texts that go now
    outdated.bring_back(act.project, {pk: before[pk] for pk in moved})
