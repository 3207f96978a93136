"""Write or correct responses to prompts. Labelled here; not trained yet."""

from __future__ import annotations

from typing import Any

from ml.answers import Prose
from ml.task import DataError, Task
from ml.writing import LONGEST, written

FORM = '{"prompt": "…"}'
FIELDS = ("prompt", "system", "context")


class TextGeneration(Task):
    """A prompt, with what the model is told about itself (system) and what it has to read."""

    slug = "text-generation"
    title = "Write or correct responses"
    media = "conversation"
    answer = Prose()
    base_models = ()
    headline = "agreement"
    trainable = False

    def example_schema(self) -> dict[str, Any]:
        """The JSON schema of an example's `data`."""
        text = {"type": "string", "minLength": 1, "maxLength": LONGEST}
        return {
            "type": "object",
            "properties": dict.fromkeys(FIELDS, text),
            "required": ["prompt"],
            "additionalProperties": False,
        }

    def parse_data(self, value: object) -> dict[str, Any]:
        """The fields that are there, verbatim but for line ends. Raises DataError."""
        if not isinstance(value, dict) or "prompt" not in value:
            raise DataError("field-missing", form=FORM, name="prompt")
        if unknown := sorted(str(key) for key in value if key not in FIELDS):
            raise DataError("field-more", known=", ".join(FIELDS), names=", ".join(unknown[:5]))
        return {name: written(value[name], name, DataError) for name in FIELDS if name in value}
