"""A live worker meets the worst files, one after another, and reads the good one behind them."""

import psutil
import pytest

from tests.cast import eventually
from tests.odd import making

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
EACH = 3  # of a family
LARGEST = 20_000_000  # bytes
ENDED = ("done", "failed")


def worst(family):
    hostile = [odd for odd in making.family(family) if odd.refused or odd.problems]
    return hostile[:: max(1, len(hostile) // EACH)][:EACH]


def test_no_file_ends_the_worker_that_reads_it(studio, client):
    labels = [{"name": name} for name in ("spam", "ham")]
    made = client.post(
        "/api/v1/projects/", {"name": "Odd", "task": "text-classification", "labels": labels}
    )
    uploads = f"/api/v1/projects/{made['id']}/uploads/"
    before = studio.processes()["worker-default"]
    children = {child.pid for child in psutil.Process(before).children(recursive=True)}
    sent = [
        client.upload(uploads, odd.name, odd.content)["id"]
        for family in making.FAMILIES
        for odd in worst(family)
        if len(odd.content) < LARGEST
    ]
    good = client.upload(uploads, "good.csv", b"text,label\nwin a prize,spam\nsee you,ham\n")
    for pk in sent:
        eventually(lambda pk=pk: client.get(f"/api/v1/uploads/{pk}/")["state"] in ENDED, 120)
        told = client.get(f"/api/v1/uploads/{pk}/")
        assert "mistake" not in str(told.get("error")), told
    assert client.wait(f"/api/v1/uploads/{good['id']}/", "done", 60)["examples_created"] == 2
    assert studio.processes()["worker-default"] == before
    there = {child.pid for child in psutil.Process(before).children(recursive=True)}
    assert children <= there, "a process that read files has died"
