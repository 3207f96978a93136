"""Which rows are learned from, which steer the learning, and which only judge it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from ml.repeats import repeated
from ml.task import Row

VALIDATION_SHARE = 0.15
ENOUGH_TO_SHARE = 4  # a label with fewer rows keeps all of them for learning


def digest(data: dict[str, Any]) -> bytes:
    """What identifies an example's content: sha256 of its canonical JSON."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate, which JSON can carry, has no UTF-8 form of its own.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def is_test(digest: bytes, salt: str) -> bool:
    """Whether an example belongs to the protected test set: one in five, before any label."""
    drawn = hashlib.sha256(salt.encode() + digest).digest()
    return int.from_bytes(drawn[:8], "big") % 5 == 0


def label_of(answer: dict[str, Any]) -> str:
    """What a row is stratified by, where the answer is a choice."""
    return str(answer.get("label", ""))


def split(
    rows: Sequence[Row], stratum: Callable[[dict[str, Any]], str] = label_of
) -> tuple[list[Row], int]:
    """Rows with their "split", and how many were left out because they repeat a test row.

    A row that says "test" stays test. The others become train or validation by a hash of their
    content, whatever other rows there are, so that a row keeps its side while data grows.
    """
    test: list[Row] = [row for row in rows if row.get("split") == "test"]
    others = [row for row in rows if row.get("split") != "test"]
    repeats = repeated([text_of(row["data"]) for row in others], [text_of(r["data"]) for r in test])
    kept = [row for row, repeats_test in zip(others, repeats, strict=True) if not repeats_test]
    strata: dict[str, list[Row]] = defaultdict(list)
    for row in kept:
        strata[stratum(row["answer"])].append(row)
    for members in strata.values():
        test.extend(_shared_out(members))
    order = {row["id"]: place for place, row in enumerate(rows)}
    return sorted(test, key=lambda row: order[row["id"]]), len(others) - len(kept)


def text_of(data: dict[str, Any]) -> str:
    """All that can be read in an example, for comparing examples."""
    parts: list[str] = []
    for _, value in sorted(data.items()):
        parts.extend(str(item) for item in (value if isinstance(value, list) else [value]))
    return "\n".join(parts)


def _shared_out(rows: Sequence[Row]) -> list[Row]:
    """One stratum. Where chance gives it no row for validation, or more than half, its order by
    hash decides: only in such small strata can a row still change its side."""
    if len(rows) < ENOUGH_TO_SHARE:
        return [_with_split(row, "train") for row in rows]
    drawn = {row["id"]: _drawn(row["data"]) for row in rows}
    order = sorted(drawn, key=lambda one: drawn[one])
    lucky = sum(place < VALIDATION_SHARE for place in drawn.values())
    validation = set(order[: min(max(1, lucky), len(rows) // 2)])
    return [_with_split(row, "validation" if row["id"] in validation else "train") for row in rows]


def _drawn(data: dict[str, Any]) -> float:
    """From 0 to 1, by the content alone."""
    return int.from_bytes(hashlib.sha256(b"split" + digest(data)).digest()[:8], "big") / 2**64


def _with_split(row: Row, name: str) -> Row:
    return {"id": row["id"], "data": row["data"], "answer": row["answer"], "split": name}
