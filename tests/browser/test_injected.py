"""What people write stays text: no payload in any field runs anywhere, nor is it worked out."""

import json
from urllib.parse import quote

import pytest

from studio.loop.serving import Published
from tests.browser import circle
from tests.browser.test_crawl import crawled

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]
WORKED_OUT = str(7777 * 7777)
FIRE = "window.__fired=1"
PAYLOADS = (
    f"<script>{FIRE}</script>",
    f'"><img src=x onerror={FIRE}>',
    f"'><svg/onload={FIRE}>",
    f"</textarea></title></script><svg onload={FIRE}>",
    f"javascript:{FIRE}//",
    "{{7777*7777}}{% widthratio 7777 1 7777 %}${7777*7777}",
)
ALL = " ".join(PAYLOADS)
# The policy would stop them from running; they must not even come to be.
ALIVE = "[onerror], [onload], [href^='javascript:'], img[src=x]"
# The same of a page that was fetched only, and whether any of its scripts is a payload.
PARSED = """([text, alive, fire]) => {
  const page = new DOMParser().parseFromString(text, "text/html");
  return !!page.querySelector(alive)
    || [...page.scripts].some((one) => one.textContent.trim() === fire);
}"""
WATCH = """
window.__fired = 0;
for (const name of ["alert", "confirm", "prompt"]) window[name] = () => { window.__fired = 1; };
"""


@pytest.fixture(scope="module")
def poisoned(studio, full_circle):
    """A project with payloads in whatever takes words, over the API and from a caller."""
    owner = full_circle.owner
    labels = [
        {"name": f"one {PAYLOADS[1]}"[:100], "description": ALL[:1000]},
        {"name": f"two {PAYLOADS[2]}"[:100], "description": ALL[:1000]},
    ]
    asked = {"name": ALL[:200], "task": "text-classification", "labels": labels, "guidelines": ALL}
    project = str(owner.post("/api/v1/projects/", asked)["id"])
    column = f"message {PAYLOADS[0]}"
    rows = [
        json.dumps({column: f"{kind['name']} number {number} {ALL}", "kind": kind["name"]})
        for number in range(40)
        for kind in labels
    ]
    rows += [json.dumps({column: f"of another kind {ALL}", "kind": f"three {PAYLOADS[3]}"})]
    path = f"/api/v1/projects/{project}/uploads/"
    mapping = json.dumps({"text": column, "label": "kind"})
    for how in ({"dry_run": "true"}, {}):
        content = "\n".join([*rows, "broken " + ALL]).encode()
        taken = owner.upload(path, f"{PAYLOADS[1]}.jsonl", content, mapping=mapping, **how)
        owner.wait(f"/api/v1/uploads/{taken['id']}/", "done", 60)
    run = circle.trained(owner, project, "classical", "quick")
    version = owner.get(f"/api/v1/runs/{run}/")["model_version"]
    endpoint = published(owner, str(version))
    said = endpoint.client().post(f"{endpoint.path}/predict", {"inputs": [{"text": ALL}]})
    verdict = {"correct": False, "comment": ALL, "prediction_id": said["predictions"][0]["id"]}
    verdict["answer"] = {"label": labels[0]["name"]}
    endpoint.client().post(f"{endpoint.path}/feedback", verdict)
    known = {"email": studio.email, "password": studio.password}
    owner.post("/api/v1/tokens/", {**known, "name": ALL[:100]})
    guest = {"email": '"<svg/onload=window.__fired=1>"@example.org', "role": "viewer"}
    owner.post(f"/api/v1/projects/{project}/members/", guest)
    lease = owner.post(f"/api/v1/projects/{project}/queue/next/")
    owner.post(f"/api/v1/assignments/{lease['assignment']['id']}/skip/", {"reason": ALL})
    return project, endpoint


def published(owner, version: str) -> Published:
    made = owner.post("/api/v1/endpoints/", {"name": ALL[:200], "model_version": version})
    path = f"/api/v1/endpoints/{made['slug']}/keys/"
    key = owner.post(path, {"name": ALL[:200]})["key"]
    return Published(made["slug"], made["url"], key)


def test_no_payload_fires_anywhere(poisoned, visit):
    project, endpoint = poisoned
    visitor = visit()
    visitor.context.add_init_script(WATCH)
    fired: list[str] = []
    visitor.page.on("dialog", lambda dialog: fired.append(visitor.page.url))

    def look() -> None:
        page = visitor.page
        came_alive = page.evaluate("window.__fired") or page.locator(ALIVE).count()
        if came_alive or WORKED_OUT in page.content():
            fired.append(page.url)

    plain = visitor.context.new_page()  # without a policy that inline styles would be said to break

    def read(path: str, text: str) -> None:
        if plain.evaluate(PARSED, [text, ALIVE, FIRE]) or WORKED_OUT in text:
            fired.append(path)

    here, said = f"/projects/{project}", quote(ALL)
    asked = (f"{here}/data/?q={said}", f"{here}/data/?label={said}", f"{here}/train/?x={said}")
    point = f"{here}/endpoints/{endpoint.slug}/"
    starts = [
        *asked,
        f"{here}/",
        f"{here}/desk/",
        point,
        f"{here}/settings/",
        f"{here}/people/",
        "/profile/",
        "/admin/",
    ]
    seen, broken = crawled(visitor, starts, look, read, project=f"{here}/")
    assert (fired, broken) == ([], [])
    assert len(seen) > 60
