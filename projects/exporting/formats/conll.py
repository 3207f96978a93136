"""CoNLL: a token and its tag on each line, for marked passages."""

from collections.abc import Iterator

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from ml import passages
from ml.task import Task
from projects.exporting.format import Format
from projects.exporting.rows import Asked, lines

# Whether a passage begins before all those that begin earlier have ended.
_OVERLAP = """EXISTS (
    SELECT 1 FROM (
        SELECT (s->>'start')::int AS begins, max((s->>'end')::int) OVER (
            ORDER BY (s->>'start')::int, n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS ended FROM jsonb_array_elements(projects_example.gold->'spans') WITH ORDINALITY t(s, n)
    ) places WHERE begins < ended
)"""


class Conll(Format):
    """Only what has been answered: a text without tags would read as one without passages."""

    slug = "conll"
    title = "CoNLL"
    about = _("tokens with BIO tags; only of what has been answered")
    icon, place = "brackets", 8
    content_type = "text/plain; charset=utf-8"

    def pieces(self, asked: Asked) -> Iterator[bytes]:
        for some in lines(asked, annotations=False):
            answered = [row for row in some if row["answer"] is not None]
            yield "".join(
                passages.lines(row["data"]["text"], row["answer"]["spans"]) for row in answered
            ).encode()

    def name(self, asked: Asked) -> str:
        return "examples.conll"

    def why_not(self, asked: Asked) -> str:
        """Nothing is left out: passages that overlap are said before."""
        overlapping = asked.chosen.order_by().filter(RawSQL(_OVERLAP, [], BooleanField()))  # noqa: S611  (ours)
        return "overlapping" if overlapping.exists() else ""

    def takes(self, task: Task) -> str:
        return "" if task.answer.column == "spans" else "no-passages"
