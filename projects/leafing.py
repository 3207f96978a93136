"""A page of a long list, found by where the last one ended: no list ever counts its table.

Where the database would choose a slow way (it takes all projects' examples for one heap, and does
not know how often a word occurs in a row), the way is chosen here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet, TextField
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.functions import Cast

from ml import lexemes
from projects import searching
from projects.models import DELETED, Entry, Example, Project

# So many index entries are read in order, before those that hold the words are all collected.
WALKED = 4000
# Of lengths alone: they stand in the index itself.
WALKED_BY_LENGTH = 10_000
LENGTHS = {"longer", "shorter"}
# What is asked of suggestions, of which there may be far fewer than examples.
SUGGESTED = {"sure", "unsure", "suggested"}


@dataclass
class Leaf:
    """Some examples in order, and behind which ones the pages beside it begin."""

    examples: list[Example]
    after: UUID | None = None
    before: UUID | None = None


@dataclass(frozen=True)
class Place:
    """Where a page begins, in which direction it is read, and how long it is."""

    start: UUID | None
    down: bool
    size: int
    by: str = "id"


def leaf(
    project: Project,
    asked: searching.Asked,
    *,
    order: str,
    after: UUID | None = None,
    before: UUID | None = None,
    size: int,
) -> Leaf:
    """The page that begins behind `after`, or that ends in front of `before`; else the first."""
    falling, by = order.startswith("-"), order.removeprefix("-")
    backwards = before is not None and after is None
    place = Place(before if backwards else after, falling != backwards, size + 1, by)
    known = {name: asked[name] for name in searching.FILTERS if asked.get(name)}
    rows = _found(project, known, place)
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    if not rows:  # what stood behind is gone meanwhile: there is a way back all the same
        return Leaf([], after=before if backwards else None, before=None if backwards else after)
    on, back = (True, more) if backwards else (more, after is not None)
    return Leaf(rows, rows[-1].pk if on else None, rows[0].pk if back else None)


def _found(project: Project, asked: dict[str, str], place: Place) -> list[Example]:
    chosen = searching.chosen(project, asked)  # what cannot be asked is refused before all else
    if place.by != "id":
        return _sorted(project, asked, place)
    if _are_words(asked.get("q", "")):
        return _by_words(project, asked, place)
    if asked.keys() and asked.keys() <= LENGTHS:
        return _by_length(project, asked, place)
    if asked.keys() & SUGGESTED:
        return _by_suggestion(project, chosen, place)
    if asked.keys() <= {"source"} and asked.get("source", "upload") == "upload":
        whole = _whole(project)
        if "source" in asked:
            whole = whole.filter(source=asked["source"])
        return _in_order(whole, "project_id", place)
    if asked.keys() == {"upload"}:
        theirs = Example.objects.filter(upload__gte=asked["upload"], upload__lte=asked["upload"])
        return _in_order(theirs.filter(project=project).exclude(status=DELETED), "upload_id", place)
    return _in_order(chosen, "", place)


def _are_words(asked: str) -> bool:
    """Whole words alone; of nothing to read, and of a stretch of Chinese, `chosen` knows."""
    sought = lexemes.sought(asked)
    return bool(sought.lexemes) and not sought.stretches


def _in_order(found: QuerySet[Example], first: str, place: Place) -> list[Example]:
    sign = "-" if place.down else ""
    order = [f"{sign}{name}" for name in (first, "id") if name]
    return list(_behind(found, "id", place).order_by(*order)[: place.size])


def _sorted(project: Project, asked: dict[str, str], place: Place) -> list[Example]:
    """By another value than the id, which breaks ties."""
    start = None
    if place.start is not None:
        start = Example.objects.filter(pk=place.start).values_list(place.by, flat=True).first()
        if start is None:
            return []  # where the last page ended is no longer known: better the end than a circle
    found = searching.chosen(project, asked)
    if place.by == "dissent":
        return _by_dissent(found, found if asked else _whole(project), place, start)
    beside = place.by.split("__")[0]  # the table that has the value, and an index in its order
    found = found.filter(**{f"{beside}__project": project, f"{place.by}__isnull": False})
    return _valued(found, place, start, f"{beside}__example_id")


def _valued(found: QuerySet[Example], place: Place, start: Any, ties: str) -> list[Example]:
    """By a value and what breaks its ties, compared as the pair that an index is in order of."""
    if start is not None:
        beyond = TupleLessThan if place.down else TupleGreaterThan
        found = found.filter(beyond(Tuple(F(place.by), F(ties)), (start, place.start)))
    sign = "-" if place.down else ""
    return list(found.order_by(f"{sign}{place.by}", f"{sign}{ties}")[: place.size])


def _by_dissent(
    found: QuerySet[Example], rest: QuerySet[Example], place: Place, start: int | None
) -> list[Example]:
    """Few are disputed: only those are sorted by how much. The rest is one long tie."""
    halves = ["disputed", "rest"] if place.down else ["rest", "disputed"]
    if start is not None and (start > 0) != (halves[0] == "disputed"):
        halves = halves[1:]
    rows: list[Example] = []
    for half in halves:
        if half == "disputed":
            rows += _valued(found.filter(dissent__gt=0), place, start, "id")
        else:
            rows += _in_order(rest.filter(dissent=0), "project_id", place)
        place, start = replace(place, start=None, size=place.size - len(rows)), None
        if not place.size:
            break
    return rows


def _whole(project: Project) -> QuerySet[Example]:
    """A range of one: with an equality, the order by id alone would look as good."""
    whole = Example.objects.filter(project__gte=project.pk, project__lte=project.pk)
    return whole.exclude(status=DELETED)


def _behind(found: Any, field: str, place: Place) -> Any:
    if place.start is None:
        return found
    return found.filter(**{f"{field}__{'lt' if place.down else 'gt'}": place.start})


def _by_words(project: Project, asked: dict[str, str], place: Place) -> list[Example]:
    """Common words are met soon by walking; of rare ones all entries are collected and sorted."""
    query = searching.query(project, lexemes.sought(asked["q"]))
    if asked.keys() == {"q"}:
        found = _walked(project, query, place, place.size)
        if len(found) < place.size:
            found = _collected(query, place)
        return _fetched(found, place)
    rest = {name: value for name, value in asked.items() if name != "q"}
    near = searching.chosen(project, rest).filter(pk__in=_walked(project, query, place, WALKED))
    rows = _fetched(near.values_list("pk", flat=True), place)[: place.size]
    return rows if len(rows) == place.size else _narrowed(searching.chosen(project, asked), place)


# A range of one project, as above, so that its own index is read in order.
_WALK = """
SELECT near.example_id FROM (
    SELECT example_id, words FROM projects_entry
    WHERE project_id >= %(project)s AND project_id <= %(project)s AND {behind}
    ORDER BY project_id {way}, example_id {way} LIMIT %(walked)s
) near WHERE near.words @@ %(query)s::tsquery LIMIT %(size)s
"""


def _walked(project: Project, query: str, place: Place, most: int) -> list[UUID]:
    """At most so many ids among the next WALKED entries."""
    return _met(_WALK, project, place, walked=WALKED, query=query, size=most)


def _met(walk: str, project: Project, place: Place, **given: Any) -> list[UUID]:
    """The ids that a walk meets from where the page begins, in its direction."""
    way, beyond = ("DESC", "<") if place.down else ("ASC", ">")
    behind = "true" if place.start is None else f"example_id {beyond} %(start)s"
    with connection.cursor() as cursor:
        asked = {"project": project.pk, "start": place.start, **given}
        cursor.execute(walk.format(way=way, behind=behind), asked)
        return [row[0] for row in cursor.fetchall()]


_WALK_BY_LENGTH = """
SELECT near.example_id FROM (
    SELECT example_id, characters FROM projects_entry
    WHERE project_id >= %(project)s AND project_id <= %(project)s AND {behind}
    ORDER BY project_id {way}, example_id {way} LIMIT %(walked)s
) near WHERE near.characters > %(longer)s AND near.characters < %(shorter)s LIMIT %(size)s
"""
LONGEST = 2**31 - 1


def _by_length(project: Project, asked: dict[str, str], place: Place) -> list[Example]:
    """As with words: what is frequent is met by walking, what is rare is collected and sorted."""
    chosen = searching.chosen(project, asked)
    near = _met(
        _WALK_BY_LENGTH,
        project,
        place,
        walked=WALKED_BY_LENGTH,
        size=2 * place.size,  # some may be deleted since
        longer=int(asked.get("longer", -1)),
        shorter=min(LONGEST, int(asked.get("shorter", LONGEST))),
    )
    rows = _in_order(chosen.filter(pk__in=near), "", place)
    return rows if len(rows) == place.size else _narrowed(chosen, place)


_WALK_SUGGESTED = """
SELECT example_id FROM labeling_suggestion
WHERE project_id >= %(project)s AND project_id <= %(project)s AND {behind}
ORDER BY project_id {way}, example_id {way} LIMIT %(walked)s
"""


def _by_suggestion(project: Project, chosen: QuerySet[Example], place: Place) -> list[Example]:
    """What many suggestions say is met soon by walking; of what few say, all are sorted."""
    near = _met(_WALK_SUGGESTED, project, place, walked=WALKED)
    rows = _in_order(chosen.filter(pk__in=near), "", place)
    return rows if len(rows) == place.size or len(near) < WALKED else _narrowed(chosen, place)


# Sorted as text, which is the same order and no index's, so that none is walked in order.
def _narrowed(found: QuerySet[Example], place: Place) -> list[Example]:
    found = _behind(found, "id", place).annotate(shown_as=Cast("id", TextField()))
    return list(found.order_by("-shown_as" if place.down else "shown_as")[: place.size])


def _collected(query: str, place: Place) -> list[UUID]:
    # The query names the project itself: there is no index but that of the words.
    found = Entry.objects.filter(words__holds=query)
    found = _behind(found, "example_id", place).annotate(place=Cast("example_id", TextField()))
    ordered = found.order_by("-place" if place.down else "place")
    return list(ordered.values_list("pk", flat=True)[: place.size])


def _fetched(ids: Iterable[UUID], place: Place) -> list[Example]:
    found = Example.objects.filter(pk__in=ids)
    return sorted(found, key=lambda one: one.pk, reverse=place.down)
