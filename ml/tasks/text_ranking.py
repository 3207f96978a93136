"""Put candidates in order: the best answer to a query first. Labelled here; not trained yet."""

from __future__ import annotations

import json
from typing import Any

from ml.answers import Ranking
from ml.answers.ranking import FEWEST, MOST
from ml.task import DataError, Task
from ml.writing import LONGEST, written

FORM = '{"query": "…", "candidates": ["…", "…"]}'
LIST = '["…", "…"]'


class TextRanking(Task):
    """A query and what could answer it."""

    slug = "text-ranking"
    title = "Put candidates in order"
    media = "candidates"
    answer = Ranking()
    base_models = ()
    headline = "agreement"
    trainable = False

    def example_schema(self) -> dict[str, Any]:
        """The JSON schema of an example's `data`."""
        text = {"type": "string", "minLength": 1, "maxLength": LONGEST}
        candidates = {"type": "array", "items": text, "minItems": FEWEST, "maxItems": MOST}
        return {
            "type": "object",
            "properties": {"query": text, "candidates": candidates},
            "required": ["query", "candidates"],
            "additionalProperties": False,
        }

    def parse_data(self, value: object) -> dict[str, Any]:
        """Query and candidates; these may be a list as JSON, as a cell holds them."""
        for name in ("query", "candidates"):
            if not isinstance(value, dict) or name not in value:
                raise DataError("field-missing", form=FORM, name=name)
        assert isinstance(value, dict)  # noqa: S101  (for the type checker)
        if unknown := sorted(str(key) for key in value if key not in ("query", "candidates")):
            raise DataError("field-more", known="query, candidates", names=", ".join(unknown[:5]))
        query = written(value["query"], "query", DataError)
        return {"query": query, "candidates": _candidates(value["candidates"])}


def _candidates(value: object) -> list[str]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise DataError("candidates-shape", form=LIST) from None
    if not isinstance(value, list):
        raise DataError("candidates-shape", form=LIST)
    if not FEWEST <= len(value) <= MOST:
        raise DataError("candidates-count", have=len(value), least=FEWEST, most=MOST)
    return [written(one, f"candidates.{at}", DataError) for at, one in enumerate(value)]
