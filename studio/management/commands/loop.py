"""`manage.py loop`: turn the whole circle once by the HTTP API, on a running studio or its own."""

import argparse
import contextlib
import os
from collections.abc import Iterator
from statistics import mean, stdev
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from samples.catalogue import CATALOGUE, SampleUnavailable
from studio import home
from studio.loop.client import Client, DoorFailed
from studio.loop.people import log_in
from studio.loop.reporting import Report
from studio.loop.turn import Turn
from studio.running import temporary


class Command(BaseCommand):
    """Ends with status 1 when a door fails, or when the model is no better than the majority."""

    help = "Upload, label, train, publish, predict, feed back, and again: by the API, on real data."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--seeds", type=int, default=1, help="how many turns to take")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._turns(options["seeds"])
        except (DoorFailed, SampleUnavailable, temporary.DidNotStart) as problem:
            raise CommandError(str(problem)) from None

    def _turns(self, seeds: int) -> None:
        sample = CATALOGUE["sms-spam"]
        rows = sample.rows(home.subfolder("samples"))
        self.stdout.write(f"{sample.title}: {len(rows)} rows. {sample.source}. {sample.licence}.")
        whole = Report(self.stdout.write)
        turns = []
        with self._studio() as (origin, email, password):
            for seed in range(seeds):
                turn = self._turn(Client(origin, log_in(origin, email, password)), origin, seed)
                turns.append(turn)
        self._summary(turns)
        self.stdout.write(f"The circle closed: {whole.seconds:.0f} s in all.")

    def _turn(self, client: Client, origin: str, seed: int) -> Turn:
        sample = CATALOGUE["sms-spam"]
        report = Report(self.stdout.write)
        self.stdout.write(f"\nSeed {seed}")
        rows = sample.rows(home.subfolder("samples"))
        turn = Turn(client, origin, sample, rows, seed, report)
        turn.go()
        return turn

    @contextlib.contextmanager
    def _studio(self) -> Iterator[tuple[str, str, str]]:
        """A studio that runs already, if we may log in to it; else one of our own."""
        email = os.environ.get("STUDIO_ADMIN_EMAIL", "")
        password = os.environ.get("STUDIO_ADMIN_PASSWORD", "")
        if email and password and _answers(settings.STUDIO_URL):
            self.stdout.write(f"On the studio at {settings.STUDIO_URL}, as {email}.")
            yield settings.STUDIO_URL, email, password
            return
        with Report(self.stdout.write).door("start") as line:
            running = contextlib.ExitStack()
            studio = running.enter_context(temporary.running())
            line.add(f"a studio of its own at {studio.url}")
        with running:
            try:
                yield studio.url, studio.email, studio.password
            except DoorFailed:
                self.stderr.write(f"The studio said meanwhile:\n{studio.said}")
                self.stderr.write(studio.log("web"))
                raise
            with Report(self.stdout.write).door("stop"):
                code = studio.stop()
            if code != 0:
                raise DoorFailed(f"the studio ended with status {code}:\n{studio.said}")

    def _summary(self, turns: list[Turn]) -> None:
        self.stdout.write(
            f"\nServed accuracy on {turns[0].majority.total} rows that were never uploaded; the "
            f"majority class would reach {turns[0].majority.value:.3f}:"
        )
        for name in turns[0].served:
            values = [turn.served[name].value for turn in turns]
            spread = f" ± {stdev(values):.3f} over {len(values)} seeds" if len(values) > 1 else ""
            figure = f"{mean(values):.3f}{spread}" if spread else str(turns[0].served[name])
            self.stdout.write(f"  {name:<12} {figure}")


def _answers(origin: str) -> bool:
    try:
        return httpx.get(f"{origin}/readyz", timeout=10).status_code == 200
    except httpx.HTTPError:
        return False
