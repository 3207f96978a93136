"""What each page costs at 100,000 examples and 100,000 predictions: server time, and weight.

    python -m bench.pages [--rows 100000] [--json]

A whole studio on a fresh folder; the project goes round the circle, then so many more rows are
uploaded. Time: from the request to the last byte, signed in, over HTTP, median of 20 after one
that warms. Weight: compressed, of the page, of what it fetches at once by itself, and of its own
styles and scripts; what all pages share and a browser keeps (BASE) is not counted.
"""

import argparse
import contextlib
import json
import random
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

from bench.data import WORDS
from studio.home import REPOSITORY
from studio.running import temporary
from studio.running.temporary import TemporaryStudio
from tests.browser import circle
from tests.browser.circle import Circle

TIMES = 20
BASE = re.compile(
    r"tabler|/studio\.\w*\.?css|htmx|/words/|/studio\.\w*\.?js|echarts|mark\.\w*\.?svg"
)
PARTS = re.compile(r'<(?:link|script)[^>]+(?:href|src)="([^"]+)"')
AT_ONCE = re.compile(r'hx-get="([^"]+)" hx-trigger="load')
_PREDICTIONS = """
INSERT INTO serving_prediction (id, endpoint_id, model_version_id, release_id, request, position,
                                shadow, data, answer, labels, confidence, scores, latency_ms,
                                created_at)
SELECT gen_random_uuid(), r.endpoint_id, r.model_version_id, r.id, gen_random_uuid(), 0, false,
       jsonb_build_object('text', 'a question of a customer, number ' || n),
       jsonb_build_object('label', '{label}'), ARRAY['{label}'], 0.9, '{{}}', 5 + random() * 20,
       now() - random() * interval '24 hours'
  FROM generate_series(1, {rows}) AS n,
       (SELECT * FROM serving_release WHERE ended_at IS NULL LIMIT 1) AS r
"""
FILL = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute({sql!r})
    cursor.execute("VACUUM ANALYZE")
"""


@dataclass
class Page:
    """One page's figures."""

    name: str
    ms: float
    slowest_ms: float
    kilobytes: float


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    with temporary.running() as studio:
        shown_here = circle.filled(studio)
        grow(studio, shown_here, options.rows)
        with contextlib.closing(signed_in(studio)) as browser:
            found = [measured(browser, *page) for page in shown_here.pages().items()]
    print(json.dumps([vars(each) for each in found]) if options.json else shown(found))


def grow(studio: TemporaryStudio, shown_here: Circle, rows: int) -> None:
    """So many more examples, half of them labelled, and so many predictions within a day."""
    chance = random.Random(1)
    texts = [f"{' '.join(chance.choices(WORDS, k=12))} {number}" for number in range(rows)]
    lines = [f"{text},{shown_here.labels[n % 8] if n % 2 else ''}" for n, text in enumerate(texts)]
    content = "\n".join(["message,kind", *lines]).encode()
    path = f"/api/v1/projects/{shown_here.project}/uploads/"
    taken = shown_here.owner.upload(path, "many.csv", content, mapping=circle.MAPPING)
    shown_here.owner.wait(f"/api/v1/uploads/{taken['id']}/", "done", 600)
    sql = _PREDICTIONS.format(label=shown_here.labels[0], rows=rows)
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", FILL.format(sql=sql)]
    subprocess.run(command, cwd=REPOSITORY, env=studio.environment, check=True)


def signed_in(studio: TemporaryStudio) -> httpx.Client:
    """As a browser is: with a session's cookie, and ready for compressed answers."""
    browser = httpx.Client(base_url=studio.url, headers={"Accept-Encoding": "gzip"}, timeout=60)
    page = browser.get("/accounts/login/").text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token, "no form to sign in with"
    said = {"login": studio.email, "password": studio.password, "csrfmiddlewaretoken": token[1]}
    answer = browser.post("/accounts/login/", data=said)
    assert answer.status_code == 302, f"not signed in: {answer.status_code}"
    return browser


def measured(browser: httpx.Client, name: str, path: str) -> Page:
    page = browser.get(path, follow_redirects=True)
    page.raise_for_status()
    path = page.url.raw_path.decode()
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        browser.get(path)
        took.append(1000 * (time.perf_counter() - began))
    return Page(name, statistics.median(took), max(took), weight(browser, path) / 1000)


def weight(browser: httpx.Client, path: str) -> int:
    """Bytes on the wire for a browser that knows another page already."""
    page, bytes_sent = fetched(browser, path)
    own = [part for part in PARTS.findall(page) if not BASE.search(part)]
    own += [part.replace("&amp;", "&") for part in AT_ONCE.findall(page)]
    return bytes_sent + sum(fetched(browser, urljoin(path, part))[1] for part in own)


def fetched(browser: httpx.Client, path: str) -> tuple[str, int]:
    with browser.stream("GET", path) as answer:
        text = answer.read().decode("utf-8", errors="replace")
        return text, answer.num_bytes_downloaded


def shown(found: list[Page]) -> str:
    head = f"{'page':<14}{'median ms':>11}{'slowest ms':>12}{'kB':>8}"
    rows = [f"{p.name:<14}{p.ms:>11.1f}{p.slowest_ms:>12.1f}{p.kilobytes:>8.1f}" for p in found]
    return "\n".join([head, *rows])


if __name__ == "__main__":
    main()
