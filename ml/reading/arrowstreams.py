"""Looks at the messages of an Arrow stream before any is unpacked: what is compressed is refused.

Compressed buffers say themselves how large they are, and the library believes them.
"""

import struct
from typing import Any, BinaryIO

from ml.reading.found import UnreadableFile

# Places of fields in the tables of Arrow's format: Message.fbs.
_HEADER, _DATA, _COMPRESSION = 2, 1, 3


def refuse_compressed(file: BinaryIO, start: int) -> None:
    """Raises UnreadableFile."""
    import pyarrow

    file.seek(start)
    for message in pyarrow.ipc.MessageReader.open_stream(file):
        try:
            compressed = _is_compressed(message.type, message.metadata.to_pybytes())
        except struct.error as error:
            raise UnreadableFile("file-damaged") from error
        if compressed:
            raise UnreadableFile("file-compressed")


def _is_compressed(kind: str, told: bytes) -> bool:
    if kind not in ("record batch", "dictionary"):
        return False
    (root,) = struct.unpack_from("<I", told)
    batch: Any = _table(told, root, _HEADER)
    if kind == "dictionary" and batch:
        batch = _table(told, batch, _DATA)
    return bool(batch and _place(told, batch, _COMPRESSION))


def _table(told: bytes, table: int, field: int) -> int:
    """Where the table in a field of another begins; 0 where there is none."""
    place = _place(told, table, field)
    return place + struct.unpack_from("<I", told, place)[0] if place else 0


def _place(told: bytes, table: int, field: int) -> int:
    """Where a field of a table lies; 0 where it is left out."""
    shape = table - struct.unpack_from("<i", told, table)[0]
    size = struct.unpack_from("<H", told, shape)[0]
    at = 4 + 2 * field
    offset = struct.unpack_from("<H", told, shape + at)[0] if at < size else 0
    return table + offset if offset else 0
