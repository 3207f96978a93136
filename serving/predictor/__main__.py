"""`python -m serving.predictor`: answers published endpoints on HOST:PREDICTOR_PORT."""

import os

import django
import uvicorn
from django.conf import settings

LAST_ANSWERS_SECONDS = 20
# Longer than the usual callers keep an idle connection (httpx: 5 s, as uvicorn would; Go: 90 s):
# where the caller closes it first, no request is lost that is on its way just then. Who keeps one
# for longer, or never closes it, has to ask again on a new one.
IDLE_SECONDS = 95


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    # Two copies of a tokenizer's own threads would only fight over the cores.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    django.setup()
    from serving.predictor.app import application  # needs Django's models

    uvicorn.run(
        application(),
        host=settings.HOST,
        port=settings.PREDICTOR_PORT,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=LAST_ANSWERS_SECONDS,
    )


if __name__ == "__main__":
    main()
