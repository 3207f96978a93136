"""`manage.py up`: run the whole studio, or only its servers, until Ctrl-C."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from studio.running import whole
from studio.running.supervision import CannotStart


class Command(BaseCommand):
    """Ends with status 1 and one sentence when something is missing."""

    help = "Runs the whole studio until Ctrl-C: servers, web, workers, beat and predictor."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--servers-only",
            action="store_true",
            help="only the embedded PostgreSQL and Valkey, for tests and a shell",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            whole.run(servers_only=options["servers_only"])
        except CannotStart as problem:
            raise SystemExit(str(problem)) from None
