"""What the installation holds. The files are measured by the sweep, never while a page waits."""

import contextlib
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from redis.exceptions import RedisError

# Less than this part of the disk left: the databases stop when none is.
SCARCE = 0.1
KEPT = "board:storage"


@dataclass
class Storage:
    """In bytes. `kinds` is empty until the first sweep."""

    kinds: dict[str, int]
    measured_at: datetime | None
    database: int
    free: int
    total: int

    @property
    def scarce(self) -> bool:
        return self.free < SCARCE * self.total

    @property
    def percent_free(self) -> int:
        return round(100 * self.free / self.total)


def storage() -> Storage:
    kept: dict[str, Any] = {}
    with contextlib.suppress(RedisError, OSError):
        kept = cache.get(KEPT) or {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        ((database,),) = cursor.fetchall()
    disk = shutil.disk_usage(settings.STUDIO_HOME)
    return Storage(kept.get("kinds", {}), kept.get("at"), database, disk.free, disk.total)


def measure() -> dict[str, int]:
    """Bytes of each folder of files, kept for the board until the next sweep."""
    kinds = {folder.name: _bytes(folder) for folder in sorted(settings.FILES.iterdir())}
    cache.set(KEPT, {"kinds": kinds, "at": timezone.now()}, None)
    return kinds


def _bytes(place: Path) -> int:
    if not place.is_dir():
        return _size(place)
    within = os.walk(place)
    return sum(_size(Path(folder, name)) for folder, _, names in within for name in names)


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:
        return 0  # it went while we walked
