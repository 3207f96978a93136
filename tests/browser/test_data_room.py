"""The data room by hand: files dropped into the wizard, and a line drawn around dots of the map."""

import pytest
from playwright.sync_api import expect

from tests.browser import callers
from tests.browser.dataroom import by_itself
from tests.cast import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]
WORDS = {"delivery": "where is my parcel", "refund": "i would like my money back"}
# Files as a person drags them from a folder; the last one is large enough to be seen on its way.
DROP = """([names, lines]) => {
  const brought = new DataTransfer();
  names.forEach((name, place) => {
    const rows = lines.slice(place * 40, place * 40 + 40);
    const text = ["text,label", ...rows].join("\\n") + "\\n".repeat(place === 2 ? 700000 : 1);
    brought.items.add(new File([text], name, { type: "text/csv" }));
  });
  return brought;
}"""
MOVING = """() => [...document.querySelectorAll("[data-files] progress")]
  .some((bar) => bar.value > 0 && bar.value < 100)"""
SLOW = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 100_000}


@pytest.fixture
def project(studio):
    client = callers.administrator(studio)
    labels = [{"name": name} for name in WORDS]
    made = {"name": "Mail", "task": "text-classification", "labels": labels}
    return client, f"/projects/{client.post('/api/v1/projects/', made)['id']}"


def test_dropped_files_are_seen_on_their_way_and_a_line_on_the_map_is_a_filter(visit, project):
    client, here = project
    someone = visit()
    page = someone.page
    someone.go(f"{here}/data/upload/")
    drop_three(page)
    page.wait_for_url(lambda address: "/uploads/" in address, timeout=60_000)
    every = page.locator("button[name=act][value=import-all]")

    expect(every).to_contain_text("3", timeout=60_000)  # it comes by itself
    every.click()
    eventually(lambda: len(client.all(f"/api/v1{here}/examples/")) == 120, 90)
    lasso(someone, f"{here}/data/map/")


def drop_three(page):
    names = ["one.csv", "two.csv", "three.csv"]
    lines = [f"{WORDS[label]} number {n} {label},{label}" for n in range(60) for label in WORDS]
    brought = page.evaluate_handle(DROP, [names, lines])
    page.dispatch_event("[data-dropzone]", "dragenter", {"dataTransfer": brought})
    expect(page.locator("[data-dropzone]")).to_have_class("field dropzone over")
    page.dispatch_event("[data-dropzone]", "drop", {"dataTransfer": brought})
    assert page.eval_on_selector("[data-dropzone] input", "(one) => one.files.length") == 3
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", SLOW)
    page.locator("[data-upload] button[type=submit]").click()
    page.wait_for_function(MOVING, timeout=30_000)
    assert page.locator("[data-files] li").count() >= 1
    network.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": -1})


def lasso(someone, path):
    """Around the left half, then around nothing: the first is a filter, the second takes it off."""
    page = someone.page

    def drawn():
        page.wait_for_timeout(500)
        return "data-map=" in page.request.get(f"{someone.url}{by_itself(path)}").text()

    eventually(drawn, 240)  # work that gives way to all others, on a busy machine
    someone.go(path)
    someone.settle()
    page.locator("canvas.map").scroll_into_view_if_needed()
    box = page.locator("canvas.map").bounding_box()
    left, top, wide, high = box["x"] + 10, box["y"] + 10, box["width"], box["height"]
    page.mouse.move(left, top)  # within its round corner
    page.mouse.down()
    corners = [
        (0.25, 0),
        (0.5, 0),
        (0.5, 0.25),
        (0.5, 0.5),
        (0.5, 0.9),
        (0.25, 0.9),
        (0, 0.9),
        (0, 0.5),
    ]
    for x, y in corners:  # at a hand's pace: a browser tells of a move once a frame
        page.mouse.move(left + x * wide, top + y * high, steps=4)
        page.wait_for_timeout(60)
    page.mouse.up()
    show = page.locator("[data-show]")
    expect(show).to_be_visible()
    count = int(show.locator("[data-count]").inner_text().strip("()"))
    assert 0 < count < 120
    show.click()
    page.wait_for_url(lambda address: "region=" in address)
    expect(page.locator(".chip").first).to_contain_text("a region of the map")
    expect(page.locator("#meant")).to_have_text(f"({count})")
    page.go_back()
    someone.settle()
    expect(page.locator("[data-clear]")).to_be_hidden()
