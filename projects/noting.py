"""What is noted of a project's data as a whole, beside its Inspection: a few words and times."""

import json
from typing import Any
from uuid import UUID

from django.db import connection

from projects.leases import State
from projects.models import Inspection

_NOTE = "UPDATE projects_inspection SET notes = notes || %s::jsonb WHERE project_id = %s"
_TOUCH = (
    "UPDATE projects_inspection SET notes = notes || "
    "jsonb_build_object('touched', extract(epoch FROM clock_timestamp())) WHERE project_id = %s"
)


def of(project: UUID) -> dict[str, Any]:
    found = Inspection.objects.filter(pk=project).values_list("notes", flat=True).first()
    return found or {}


def note(project: UUID, **said: Any) -> None:
    """Keep these beside what is noted already, whoever notes something else meanwhile."""
    inspection(project)
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [json.dumps(said), project])


def touch(project: UUID) -> None:
    """Its examples are others now: the whole is worth another look."""
    inspection(project)
    with connection.cursor() as cursor:
        cursor.execute(_TOUCH, [project])


def inspection(project: UUID) -> Inspection:
    """The project's one; at rest where there was none."""
    found, _new = Inspection.objects.get_or_create(
        project_id=project, defaults={"state": State.DONE}
    )
    return found
