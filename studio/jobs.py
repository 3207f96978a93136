"""Bells of the whole house."""

from celery import shared_task

from studio import beats, sweeping
from studio.board import storage, traffic


@shared_task
def sweep() -> None:
    """Clear away what nobody can reach any more, and measure what is left for the board."""
    sweeping.sweep()
    storage.measure()
    traffic.count_ahead()
    beats.forget()
