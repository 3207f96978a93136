"""What the pages of the data room have to show: odd rows, an act, a filter, files, a record."""

import json
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from studio.loop.client import Client
from studio.running.temporary import TemporaryStudio
from tests.browser import callers

ODD = """message,kind
"<p>Where is my   parcel? Write to somebody@example.org or call +44 20 7946 0958</p>",{first}
"Where is my parcel? Write to somebody@example.org or call 020 7946 0958",{second}
我的包裹在哪裡？我的包裹在哪里？,{first}
The tracking page says cafÃ© delivered itâ€™s not true,
ok,
,{second}
Is it blue?,colour
"""
MAPPING = json.dumps({"text": "message", "label": "kind"})
COLUMNS = b"one,two\nhello,bye\n"


def by_itself(path: str) -> str:
    """As a page asks that stands open: work in the background gives way to people, not to it."""
    return f"{path}{'&' if '?' in path else '?'}part=whole"


class AtThePages:
    """Someone with forms rather than the API: some things are only done there."""

    def __init__(self, url: str, email: str, password: str, project: str) -> None:
        self.http = callers.at_the_pages(url, email, password)
        self.data, self.desk = f"/projects/{project}/data/", f"/projects/{project}/desk/"

    def send(self, path: str, **fields: str) -> str:
        """Gives where the answer leads."""
        return callers.sent(self.http, path, **fields)

    def wait_while(self, path: str, busy: str, seconds: float = 300) -> None:
        self._wait(path, lambda page: busy not in page, seconds)

    def wait_for(self, path: str, there: str, seconds: float = 300) -> None:
        self._wait(path, lambda page: there in page, seconds)

    def _wait(self, path: str, ready: Callable[[str], bool], seconds: float) -> None:
        until = time.monotonic() + seconds
        while not ready(self.http.get(by_itself(path)).text):
            assert time.monotonic() < until, f"{path} is still busy"
            time.sleep(0.5)


def filled(
    studio: TemporaryStudio, owner: Client, project: str, labels: Sequence[str]
) -> dict[str, str]:
    """Pages by name."""
    uploads = f"/api/v1/projects/{project}/uploads/"
    rows = ODD.format(first=labels[0], second=labels[1]).encode()
    odd = owner.upload(uploads, "odd rows.csv", rows, mapping=MAPPING)
    unknown = owner.upload(uploads, "columns.csv", COLUMNS, dry_run="true")
    owner.wait(f"/api/v1/uploads/{odd['id']}/", "done", 60)
    page = AtThePages(studio.url, studio.email, studio.password, project)
    name = owner.get(f"/api/v1/projects/{project}/")["name"]
    gone = {"filtered": urlencode({"q": "tracking delivered"}), "reason": "Request of 3 May"}
    erased = page.send(f"{page.data}erase/", name=name, **gone)
    page.wait_while(erased, "state-live")
    some = {"label": labels[0], "status": "labeled"}
    tag = {"deed": "tag", "tag": "worth a look", "filtered": urlencode(some), "scope": "all"}
    done = page.send(f"{page.data}acts/", **tag)
    page.send(f"{page.data}filters/", filtered=urlencode(some), name="Worth a look")
    asked = {"format": "parquet", "filters": some}
    written = owner.post(f"/api/v1/projects/{project}/exports/", asked)
    owner.wait(f"/api/v1/exports/{written['id']}/", "done", 60)
    page.wait_while(f"{page.data}health/", "health-progress")
    first, second = owner.all(f"/api/v1/projects/{project}/snapshots/")[:2]
    found = owner.get(f"/api/v1/projects/{project}/examples/", q="somebody example")["results"]
    both = {"a": second["id"], "b": first["id"]}
    return {
        "upload-problems": f"{page.data}uploads/{odd['id']}/",
        "upload-columns": f"{page.data}uploads/{unknown['id']}/",
        "example-odd": f"{page.data}examples/{found[0]['id']}/",
        "data-filtered": f"{page.data}?{urlencode(some)}&tag=worth+a+look",
        "data-alike": f"{page.data}?like={found[0]['id']}",
        "data-none": f"{page.data}?q=zebra",
        "act": done,
        "health": f"{page.data}health/",
        "map": f"{page.data}map/",
        "plots": f"{page.data}plots/",
        "exports": f"{page.data}exports/",
        "exports-filtered": f"{page.data}exports/?{urlencode(some)}",
        "erase": f"{page.data}erase/",
        "erase-found": f"{page.data}erase/?q=somebody",
        "erasure": erased,
        "snapshots": f"/projects/{project}/snapshots/",
        "snapshots-compare": f"/projects/{project}/snapshots/compare/?{urlencode(both)}",
    }
