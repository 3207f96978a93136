"""Wiring: settings, URLs, Celery, the supervisor and the overview pages."""

from studio.celery import app as celery_app

__all__ = ["celery_app"]
