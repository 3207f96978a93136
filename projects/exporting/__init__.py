"""Everything out again, streamed: one row an example, in the form that imports again."""

from collections.abc import Iterator, Mapping

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from projects import searching
from projects.exporting.formats import FORMATS
from projects.exporting.refusing import SENTENCES, Refused
from projects.exporting.rows import Asked
from projects.models import Example, Project

__all__ = ["FORMATS", "SENTENCES", "Asked", "Refused", "answered", "asked", "checked", "streamed"]


def asked(
    project: Project, filters: Mapping[str, str], *, safe: bool = False, blind: bool = False
) -> Asked:
    """What the same filters show in lists. Raises ValidationError that names an unknown value."""
    if blind:
        searching.refuse_what_tells(project, filters)
    return Asked(project, searching.chosen(project, filters), safe=safe, blind=blind)


def checked(asked: Asked, form: str) -> None:
    """Raises Refused where these examples do not fit into the format."""
    why = FORMATS[form].takes(asked.project.kind) or FORMATS[form].why_not(asked)
    if why:
        raise Refused(why)


def answered(asked: Asked, form: str) -> StreamingHttpResponse:
    """The file as a response, for whoever may see the project. Raises Refused."""
    checked(asked, form)
    format_ = FORMATS[form]
    response = StreamingHttpResponse(format_.pieces(asked), content_type=format_.content_type)
    response["Content-Disposition"] = f'attachment; filename="{format_.name(asked)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def streamed(
    project: Project, form: str, chosen: QuerySet[Example] | None = None
) -> Iterator[bytes]:
    """The file in pieces, whatever its size: of these examples, or of all that lists show."""
    whole = searching.chosen(project, {}) if chosen is None else chosen
    return FORMATS[form].pieces(Asked(project, whole))
