"""The web process: pages and API. Never loads torch."""

import os

from psycopg_pool.base import AttemptWithBackoff

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")

from django.core.wsgi import get_wsgi_application

# The pool throws one dead connection away, waits, doubles the wait, and tries the next. After a
# crash of the database all that were kept are dead: at the pool's own pace four of them are longer
# than anybody waits for one, though the database has long been back.
AttemptWithBackoff.INITIAL_DELAY = 0.1
AttemptWithBackoff.DELAY_BACKOFF = 1.0

application = get_wsgi_application()
