"""The web process: pages and API. Never loads torch."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
