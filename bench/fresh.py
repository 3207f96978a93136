"""Servers of their own for a bench that asks the database: a fresh folder, gone afterwards."""

import json
import subprocess
import sys
from typing import Any

from studio.running import temporary


def run(module: str, *arguments: str) -> dict[str, Any]:
    """Run this bench in a process that was told of the fresh folder before it loaded anything, and
    give what it says."""
    with temporary.folder() as place:
        studio = temporary.at(place)
        studio.start("--servers-only")
        try:
            command = [sys.executable, "-m", module, *arguments]
            said = subprocess.run(
                command, env=studio.environment, stdout=subprocess.PIPE, check=True
            )
        finally:
            studio.stop()
    return dict(json.loads(said.stdout))
