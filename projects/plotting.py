"""What plots of a project show. Sums over all examples are kept for some minutes, not made anew."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from projects import remarks, tally
from projects.models import Embedding, Example, Project, Source, Upload

KEPT_SECONDS = 120
DAYS = 60
LANGUAGES = 12
MOST_POINTS = 5000
# Upper ends of the groups of lengths, in characters.
LENGTHS = (20, 50, 100, 200, 500, 1000, 2000, 5000)


@dataclass(frozen=True)
class Bar:
    """A name and a number, and the filter that shows just these."""

    name: Any
    count: int
    filtered: str
    share: float  # of the longest bar


def _kept(project: Project, name: str, made: Callable[[], Any]) -> Any:
    return cache.get_or_set(f"plot:{name}:{project.pk}", made, KEPT_SECONDS)


@dataclass(frozen=True)
class Plot:
    """Bars with what they say, and what to say where there are none."""

    title: Any
    first: Any
    says: Any
    none: Any
    bars: list[Bar]


def plots(project: Project) -> list[Plot]:
    return [
        Plot(
            _("Examples by label"),
            _("Label"),
            _("How many examples have each label as their answer. A rare label is learned poorly."),
            _("The project has no labels yet."),
            labels(project),
        ),
        Plot(
            _("Examples by length"),
            _("Characters"),
            _("How long the texts are. Models read the beginning of very long ones only."),
            _("Lengths are known once the examples are indexed."),
            lengths(project),
        ),
        Plot(
            _("Examples by language"),
            _("Language"),
            _("In which languages the texts are, as far as the studio can tell."),
            _("Languages are known once the examples are inspected."),
            languages(project),
        ),
    ]


def _bars(rows: list[tuple[Any, int, str]]) -> list[Bar]:
    most = max((row[1] for row in rows), default=0) or 1
    return [Bar(name, count, shown, count / most) for name, count, shown in rows]


def labels(project: Project) -> list[Bar]:
    counts = tally.of(project).by_label
    names = project.label_names
    return _bars([(name, counts[name], urlencode({"label": name})) for name in names])


_LENGTHS = """
SELECT width_bucket(characters, %s::int[]), count(*) FROM projects_entry
WHERE project_id = %s GROUP BY 1 ORDER BY 1
"""


def lengths(project: Project) -> list[Bar]:
    """Examples by the length of their text."""

    def made() -> list[tuple[int, int]]:
        with connection.cursor() as cursor:
            cursor.execute(_LENGTHS, [[end + 1 for end in LENGTHS], project.pk])
            return list(cursor.fetchall())

    found = dict(_kept(project, "lengths", made))
    rows = []
    for place in range(len(LENGTHS) + 1):
        least = LENGTHS[place - 1] if place else 0
        most = LENGTHS[place] if place < len(LENGTHS) else None
        name = f"{least + 1} … {most}" if most else f"> {least}"
        shown = f"longer={least}" + (f"&shorter={most + 1}" if most else "")
        rows.append((name, found.get(place, 0), shown))
    return _bars(rows if found else [])


def languages(project: Project) -> list[Bar]:
    """Examples by the language of their text, the most frequent first."""

    def made() -> list[tuple[str, int]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT language, count(*) FROM projects_entry WHERE project_id = %s "
                "AND language <> '' GROUP BY 1 ORDER BY 2 DESC LIMIT %s",
                [project.pk, LANGUAGES],
            )
            return list(cursor.fetchall())

    found = _kept(project, "languages", made)
    return _bars([(remarks.language(code), count, f"language={code}") for code, count in found])


def arrivals(project: Project) -> list[dict[str, Any]]:
    """Examples that came, by day and by the way they came: the last DAYS days on which some did."""
    uploads = Upload.objects.filter(project=project, dry_run=False, examples_created__gt=0)
    by_upload = _daily(uploads, Sum("examples_created"))
    fed = Example.objects.filter(project=project, source=Source.FEEDBACK)
    by_feedback = _daily(fed, Count("pk"))
    days = sorted({*by_upload, *by_feedback})[-DAYS:]
    return [
        {"day": day, "uploads": by_upload.get(day, 0), "feedback": by_feedback.get(day, 0)}
        for day in days
    ]


def _daily(found: QuerySet[Any], counted: Any) -> dict[Any, int]:
    rows = found.annotate(day=TruncDate("created_at")).order_by().values_list("day")
    return dict(rows.annotate(n=counted).order_by("-day")[:DAYS])


_POINTS = """
SELECT m.x, m.y, e.gold, e.dissent FROM projects_embedding m
JOIN projects_example e ON e.id = m.example_id
WHERE m.project_id = %(project)s AND m.x IS NOT NULL AND e.deleted_at IS NULL
  AND mod(abs(hashtext(m.example_id::text)::bigint), %(every)s) = 0
LIMIT %(most)s
"""


def points(project: Project) -> dict[str, Any]:
    """The map: up to MOST_POINTS of `[x, y, place of the label or -1, percent who disagree]`.

    Of more, an even share is drawn, always the same one.
    """
    return _kept(project, "points", lambda: _points(project))


def _label(project: Project, gold: str | None) -> str:
    """The one that colours a point; of several, the one that is there most often."""
    return project.kind.answer.foremost(json.loads(gold)) if gold else ""


def _points(project: Project) -> dict[str, Any]:
    there = Embedding.objects.filter(project=project, x__isnull=False).order_by().count()
    place = {name: number for number, name in enumerate(project.label_names)}
    with connection.cursor() as cursor:
        every = max(1, -(-there // MOST_POINTS))
        cursor.execute(_POINTS, {"project": project.pk, "every": every, "most": MOST_POINTS})
        drawn = [
            [round(x, 4), round(y, 4), place.get(_label(project, gold), -1), dissent]
            for x, y, gold, dissent in cursor.fetchall()
        ]
    return {
        "of": there,
        "points": drawn,
        "labels": [{"name": one["name"], "color": one["color"]} for one in project.labels],
    }
