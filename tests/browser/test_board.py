"""An administrator at the board, in a real browser beside a whole running studio."""

import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from studio.home import REPOSITORY
from studio.loop.client import Client
from studio.running.temporary import TemporaryStudio
from tests.browser import callers, chrome
from tests.cast import rows

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]
FAIL = """
from django.utils import timezone
from training.models import Run
run = Run.objects.create(
    project_id="{project}", method="classical", effort="quick", state="failed", attempts=3,
    error_title="The memory was full.", error_hint="Run fewer things beside it.",
    finished_at=timezone.now(),
)
print(run.pk)
"""


@pytest.fixture(scope="module")
def client(studio: TemporaryStudio) -> Client:
    return callers.administrator(studio)


@pytest.fixture(scope="module")
def project(client: Client) -> str:
    """Enough labels that a run succeeds."""
    said = {"name": "Mail", "task": "text-classification", "labels": ["spam", "ham"]}
    project = str(client.post("/api/v1/projects/", said)["id"])
    taken = client.upload(f"/api/v1/projects/{project}/uploads/", "rows.csv", rows(120))
    client.wait(f"/api/v1/uploads/{taken['id']}/", "done", 60)
    return project


@pytest.fixture
def failed(studio: TemporaryStudio, project: str) -> str:
    """A run that ended badly, as the supervisor leaves it."""
    said = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", FAIL.format(project=project)],
        cwd=REPOSITORY,
        env=studio.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.strip().splitlines()[-1]


@pytest.fixture
def page(visit: Any) -> Page:
    """The administrator's browser, signed in. Nothing may complain in it."""
    visitor = visit(axe=True)
    visitor.go("/admin/")
    expect(visitor.page.locator("#board")).to_be_visible()
    return visitor.page


def test_an_administrator_finds_a_failed_run_and_retries_it(studio, client, failed, page):
    page.reload()
    failures = page.get_by_role("region", name="Failed in the last 7 days")
    expect(failures).to_contain_text("The memory was full. Run fewer things beside it.")
    failures.get_by_role("button", name=f"Retry {failed[-8:]} of Mail").click()
    expect(page.get_by_text("It waits in its queue again.")).to_be_visible()
    expect(page.locator(f"#retry-{failed}")).to_have_count(0)
    found = client.wait(f"/api/v1/runs/{failed}/", "succeeded", 240)
    assert found["attempts"] == 1


def test_the_board_refreshes_itself_and_leaves_the_focus_alone(failed, page):
    page.reload()
    button = page.locator(f"#retry-{failed}")
    button.focus()
    seen = page.locator("[data-part=seen]")
    before = seen.inner_text()
    expect(seen).not_to_have_text(before, timeout=60_000)
    expect(button).to_be_focused()


def test_a_worker_that_hangs_is_told_of_with_the_remedy(studio, page):
    workers = page.get_by_role("region", name="Workers")
    expect(workers).to_contain_text("train")
    expect(workers).not_to_contain_text("does not answer")
    number = studio.processes()["worker-train"]
    os.kill(number, signal.SIGSTOP)
    try:
        what = page.get_by_text("No worker for “train” answers: its work waits.")
        expect(what).to_be_visible(timeout=60_000)
        expect(page.get_by_text("logs/worker-train.log")).to_be_visible()
    finally:
        os.kill(number, signal.SIGCONT)
    expect(what).to_have_count(0, timeout=60_000)


def test_every_administrators_page_opens_under_its_policy(studio, page):
    links = page.locator("#nav-sidebar a[href^='/admin/']")
    addresses = {links.nth(at).get_attribute("href") for at in range(links.count())}
    assert len(addresses) > 10
    for address in [*addresses, "/admin/accounts/user/add/", "/admin/password_change/"]:
        answer = page.goto(f"{studio.url}{address}")
        assert (
            answer
            and "script-src 'self' 'unsafe-eval'" in answer.headers["content-security-policy"]
        )
        page.wait_for_load_state()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(failed, page, scheme):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.reload()
    expect(page.locator("html")).to_have_class(scheme if scheme == "dark" else "")
    assert chrome.violations(page) == []


def test_it_works_without_javascript(studio, failed, page):
    plain = page.context.browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    ).new_page()
    plain.goto(f"{studio.url}/admin/")
    expect(plain.get_by_role("link", name="Look again")).to_have_attribute("href", "/admin/")
    plain.locator(f"#retry-{failed}").click()
    expect(plain.locator(f"#retry-{failed}")).to_have_count(0)
