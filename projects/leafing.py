"""A page of a long list, found by where the last one ended: no list ever counts its table."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from projects.models import Example


@dataclass
class Leaf:
    """Some examples in order, and behind which ones the pages beside it begin."""

    examples: list[Example]
    after: UUID | None = None
    before: UUID | None = None


def leaf(
    found: QuerySet[Example], *, order: str, after: UUID | None, before: UUID | None, size: int
) -> Leaf:
    """The page that begins behind `after`, or that ends in front of `before`; else the first."""
    falling = order.startswith("-")
    backwards = before is not None and after is None
    place = before if backwards else after
    down = falling != backwards
    if place is not None:
        found = found.filter(**{"id__lt" if down else "id__gt": place})
    rows = list(found.order_by("-id" if down else "id")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Leaf([])
    on, back = (True, more) if backwards else (more, after is not None)
    return Leaf(rows, rows[-1].pk if on else None, rows[0].pk if back else None)
