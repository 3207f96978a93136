"""Bells of the labelling room."""

from celery import shared_task

from labeling import queue


@shared_task
def expire() -> None:
    """Give back what people walked away from."""
    queue.expire()
