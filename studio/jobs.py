"""Bells of the whole house."""

from celery import shared_task

from studio import sweeping


@shared_task
def sweep() -> None:
    """Clear away what nobody can reach any more."""
    sweeping.sweep()
