"""Label Studio: a JSON list of tasks, the agreed answer as the annotation of each."""

from collections.abc import Iterator
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from ml.task import Task
from projects.exporting import peers
from projects.exporting.format import Format
from projects.exporting.rows import Asked, lines


class LabelStudio(Format):
    """As its import reads it, for a configuration with “label” and the data's own names."""

    slug = "label-studio"
    title = "Label Studio"
    about = _("for its import, with the agreed answers as annotations")
    icon, place = "tags", 6
    content_type = "application/json"

    def pieces(self, asked: Asked) -> Iterator[bytes]:
        before = b"[\n"
        for some in lines(asked, annotations=False):
            yield before + b",\n".join(orjson.dumps(_task(row)) for row in some)
            before = b",\n"
        yield b"[]\n" if before == b"[\n" else b"\n]\n"

    def name(self, asked: Asked) -> str:
        return "examples-label-studio.json"

    def takes(self, task: Task) -> str:
        return peers.no_place(task, peers.LABEL_STUDIO)


def _task(row: dict[str, Any]) -> dict[str, Any]:
    about = {name: row[name] for name in ("id", "status", "source")}
    said = peers.label_studio(row["answer"], next(iter(row["data"])))
    data = row["data"] | ({"meta": row["meta"]} if row.get("meta") else {})
    return {"data": data, "meta": about, "annotations": said, "predictions": []}
