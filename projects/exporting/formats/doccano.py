"""doccano: JSON Lines of texts with their labels."""

from collections.abc import Iterator
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from ml.task import Task
from projects.exporting import peers
from projects.exporting.format import Format
from projects.exporting.rows import Asked, lines


class Doccano(Format):
    """As its import reads it."""

    slug = "doccano"
    title = "doccano"
    about = _("for its import, with the agreed answers as labels")
    icon, place = "tag", 7
    content_type = "application/x-ndjson"

    def pieces(self, asked: Asked) -> Iterator[bytes]:
        for some in lines(asked, annotations=False):
            yield b"".join(orjson.dumps(_line(row)) + b"\n" for row in some)

    def name(self, asked: Asked) -> str:
        return "examples-doccano.jsonl"

    def takes(self, task: Task) -> str:
        return peers.no_place(task, peers.DOCCANO)


def _line(row: dict[str, Any]) -> dict[str, Any]:
    said = peers.doccano(row["answer"])
    answered = {"answered": True} if row["answer"] is not None and not said else {}
    beside = {"meta": row["meta"]} if row.get("meta") else {}
    return {"id": row["id"], **beside, **row["data"], "label": said, **answered}
