"""The web process: pages and API. Never loads torch."""

import os

# Only the web keeps a pool: its threads share connections, while a worker opens one a job.
os.environ.setdefault("DATABASE_POOL", "16")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
