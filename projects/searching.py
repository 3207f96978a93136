"""Which examples a filter means: an allow-list of fields, nothing that reaches into relations."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Exists, Lookup, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import Exact
from rest_framework.exceptions import ValidationError

from ml import lexemes
from projects import alike, blind, indexing, relabeling
from projects.models import (
    DELETED,
    Annotation,
    Example,
    Kind,
    Project,
    Source,
    Status,
    Tagged,
    Touched,
)  # fmt: skip

# What a list can be sorted by; the id breaks ties, so that a page begins where the last one ended.
ORDERS = {
    "id": "id",
    "-id": "-id",
    "created": "id",
    "-created": "-id",
    "length": "entry__characters",
    "-length": "-entry__characters",
    "unsure": "suggestion__confidence",
    "-unsure": "-suggestion__confidence",
    "-disagreed": "-dissent",
}
MOST_ALIKE = 200
NEXT, ALIKE = 20, 0.5  # so many are shown however unlike they are; others from this cosine on
Asked = Mapping[str, str]
Narrowed = Callable[[Project, QuerySet[Example], str], QuerySet[Example]]
LONGEST_REGION = 4000  # characters


@SearchVectorField.register_lookup
class Holds(Lookup):
    """Whether a vector holds what a tsquery in PostgreSQL's own form asks for, as it stands."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, given = self.process_lhs(compiler, connection)
        return f"{column} @@ %s::tsquery", (*given, self.rhs)


def chosen(project: Project, asked: Asked) -> QuerySet[Example]:
    """Examples by what is asked; an unknown value is named, not ignored. Deleted ones are gone."""
    found = Example.objects.filter(project=project)
    if asked.get("status") != DELETED:
        found = found.exclude(status=DELETED)
    for name, narrowed in FILTERS.items():
        if value := asked.get(name):
            found = narrowed(project, found, value)
    if asked.get("finding") and not asked.get("status"):  # as data health counts them
        found = found.filter(set_aside=False)
    return found


def refuse_what_tells(project: Project, asked: Asked) -> None:
    """For who may still be asked: no filter by an act that says what others answered.

    Raises ValidationError.
    """
    if (act := asked.get("act")) and blind.telling(project, [_id("act", act)]):
        raise ValidationError({"act": ["This would tell what others answered to who is asked."]})


def order(asked: str) -> str:
    return ORDERS[_one_of("order", asked or "id", list(ORDERS))]


def _one_of(field: str, value: str, allowed: list[str]) -> str:
    if value not in allowed:
        named = ", ".join(allowed[:20])
        raise ValidationError({field: [f"“{value[:60]}” is not possible here. Possible: {named}."]})
    return value


def _by_status(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    return found.filter(status=_one_of("status", value, [*Status.values, DELETED]))


def _by_source(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    return found.filter(source=_one_of("source", value, Source.values))


def _by_label(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    _one_of("label", value, project.label_names)
    if _single(project):
        return found.filter(Exact(KeyTextTransform("label", "gold"), value), gold__isnull=False)
    return found.filter(gold__contains=project.kind.answer.naming(value))


def _single(project: Project) -> bool:
    return project.kind.answer.column == "label"


def _by_upload(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    return found.filter(upload_id=_id("upload", value))


def _by_annotator(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    by_them = Annotation.objects.filter(
        author_id=_id("annotator", value),
        source="person",
        withdrawn_at=None,
        example=OuterRef("pk"),
    )
    return found.filter(Exists(by_them))


def _by_assignee(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    return found.filter(assignee_id=_id("assignee", value))


def _by_language(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    return found.filter(entry__project=project, entry__language=value[:8])


def _by_tag(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    tagged = Tagged.objects.filter(tag__project=project, tag__name=value, example=OuterRef("pk"))
    return found.filter(Exists(tagged))


def _by_act(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    """What an act changed, and has not been taken back."""
    act = _id("act", value)
    changed = Touched.objects.filter(act=act, act__project=project, before__isnull=False)
    return found.filter(Exists(changed.filter(example=OuterRef("pk"))))


def _by_finding(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    kind = _one_of("finding", value, Kind.values)
    return found.filter(findings__project=project, findings__kind=kind)


def _shorter(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    most = _whole("shorter", value)
    return found.filter(entry__project=project, entry__characters__lt=most)


def _longer(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    least = _whole("longer", value)
    return found.filter(entry__project=project, entry__characters__gt=least)


def _unsure(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    """Below so many percent of confidence, as the model that looked at it last said."""
    below = _whole("unsure", value) / 100
    return found.filter(suggestion__project=project, suggestion__confidence__lt=below)


def _sure(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    """At least so many percent of confidence."""
    least = _whole("sure", value) / 100
    return found.filter(suggestion__project=project, suggestion__confidence__gte=least)


def _suggested(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    """What a model said names this label, or one of earlier that is this one now."""
    _one_of("suggested", value, project.label_names)
    former = relabeling.former(project)
    names = [value, *(old for old, now in former.items() if now == value)]
    found = found.filter(suggestion__project=project)
    if _single(project):
        said = KeyTextTransform("label", "suggestion__answer")
        return found.annotate(suggested=said).filter(suggested__in=names)
    hit = Q()
    for name in names:
        hit |= Q(suggestion__answer__contains=project.kind.answer.naming(name))
    return found.filter(hit)


def _disagreed(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    """At least so many percent of its people said something else than most."""
    return found.filter(dissent__gt=0, dissent__gte=max(1, _whole("disagreed", value)))


def _in_region(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    """Within a polygon on the map: “x,y x,y x,y …”, each from 0 to 1."""
    try:
        corners = [tuple(map(float, corner.split(","))) for corner in value.split()]
        drawn = [(x, y) for x, y in corners if 0 <= x <= 1 and 0 <= y <= 1]
    except ValueError:
        drawn = []
    if not 3 <= len(drawn) <= 200 or len(value) > LONGEST_REGION:
        raise ValidationError({"region": ["A region is 3 to 200 corners such as “0.1,0.2”."]})
    polygon = "(" + ",".join(f"({x},{y})" for x, y in drawn) + ")"
    inside = RawSQL(
        "SELECT m.example_id FROM projects_embedding m WHERE m.project_id = %s "
        "AND point(m.x, m.y) <@ %s::polygon",
        [project.pk, polygon],
    )
    return found.filter(pk__in=inside)


def _like(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    """The nearest to one example by their embeddings."""
    example = Example.objects.filter(project=project, pk=_id("like", value)).first()
    near = alike.nearest(example, MOST_ALIKE) if example else []
    like = [one.pk for place, (one, cosine) in enumerate(near) if place < NEXT or cosine > ALIKE]
    return found.filter(pk__in=like)


def _id(field: str, value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise ValidationError({field: [f"“{value[:60]}” is not an id."]}) from error


def _whole(field: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 9):
        raise ValidationError({field: [f"“{value[:60]}” is not a whole number."]})
    return int(value)


def _with_words(project: Project, found: QuerySet[Example], value: str) -> QuerySet[Example]:
    """Whole words, all of them, case ignored, no stemming; Chinese by its characters."""
    sought = lexemes.sought(value.replace("\0", " "))
    if not sought.lexemes:
        return found.none()  # nothing to read was asked for: that is not everything
    if len(sought.lexemes) > lexemes.MOST_WORDS:
        raise ValidationError({"q": [f"At most {lexemes.MOST_WORDS} words at once."]})
    found = found.filter(entry__project=project, entry__words__holds=query(project, sought))
    for stretch in sought.stretches:
        found = found.filter(_stretched(project, stretch))
    return found


def query(project: Project, sought: lexemes.Sought) -> str:
    """What an entry of the project must hold."""
    return lexemes.as_query((*sought.lexemes, indexing.of_project(project.pk)))


def _stretched(project: Project, stretch: str) -> Q:
    hit = Q()
    for field in project.kind.example_schema()["properties"]:
        hit |= Q(**{f"data__{field}__icontains": stretch})
    return hit


FILTERS: dict[str, Narrowed] = {
    "q": _with_words,
    "status": _by_status,
    "label": _by_label,
    "source": _by_source,
    "upload": _by_upload,
    "annotator": _by_annotator,
    "assignee": _by_assignee,
    "language": _by_language,
    "tag": _by_tag,
    "act": _by_act,
    "finding": _by_finding,
    "shorter": _shorter,
    "longer": _longer,
    "unsure": _unsure,
    "sure": _sure,
    "suggested": _suggested,
    "disagreed": _disagreed,
    "region": _in_region,
    "like": _like,
}
