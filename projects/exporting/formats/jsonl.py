"""JSON Lines: everything that is known, one object a line."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from projects.exporting import rows
from projects.exporting.format import Format
from projects.exporting.rows import Asked


class JsonLines(Format):
    """The form of the API, written by the database itself."""

    slug = "jsonl"
    says_who = True
    title = "JSON Lines"
    about = _("for programs; with who said what")
    icon, place = "braces", 2
    content_type = "application/x-ndjson"

    def pieces(self, asked: Asked) -> Iterator[bytes]:
        return rows.pieces(asked)

    def name(self, asked: Asked) -> str:
        return "examples.jsonl"
