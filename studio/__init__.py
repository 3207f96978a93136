"""Wiring: settings, URLs, Celery, the supervisor and the overview pages."""

import gc

# A start makes some hundred thousand objects that stay: to look through them for rubbish at every
# seven hundred is a tenth of its time. Before the first import that makes many.
gc.set_threshold(20_000)

from studio.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
