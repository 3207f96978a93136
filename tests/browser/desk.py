"""Somebody at the desk of a project of any task, and what the studio has kept of what they did."""

import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from studio.loop.client import Client
from studio.loop.people import Annotator
from studio.running.temporary import TemporaryStudio
from tests.browser import callers
from tests.browser.chrome import Visitor

SHOWN = "#panel[data-assignment] [data-example]"


@dataclass
class Project:
    """Made over the API, with its examples in the order of their file."""

    owner: Client
    pk: str

    @property
    def path(self) -> str:
        return f"/projects/{self.pk}/desk/"

    def kept(self, count: int, within: float = 15) -> list[dict[str, Any]]:
        """Data and gold of what was answered, once there are so many."""
        until = time.monotonic() + within
        while True:
            path = f"/api/v1/projects/{self.pk}/examples/"
            found = self.owner.all(path, status="labeled")
            if len(found) >= count or time.monotonic() > until:
                assert len(found) == count, found
                return found
            time.sleep(0.1)

    def answers(self, count: int) -> dict[str, Any]:
        """By what is read first of an example."""
        return {next(iter(one["data"].values())): one["gold"] for one in self.kept(count)}


def project(
    studio: TemporaryStudio,
    task: str,
    rows: Sequence[dict[str, Any]],
    labels: Sequence[str] = (),
    **more: Any,
) -> Project:
    owner = callers.administrator(studio)
    asked = {"name": f"{task} {time.time_ns()}", "task": task, "labels": list(labels), **more}
    made = owner.post("/api/v1/projects/", {**asked, "guidelines": "Be **kind**."})
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path = f"/api/v1/projects/{made['id']}/uploads/"
    taken = owner.upload(path, "rows.jsonl", content.encode())
    done = owner.wait(f"/api/v1/uploads/{taken['id']}/", "done", 60)
    assert not done["problems"], done
    return Project(owner, str(made["id"]))


def answered_by(
    studio: TemporaryStudio, project: Project, sayings: Sequence[Callable[[str], Any]]
) -> Sequence[Annotator]:
    """As many people as sayings; each answers all that they are asked, by what is read first."""
    crew = callers.crew(studio, project.pk, len(sayings))
    for person, says in zip(crew, sayings, strict=True):
        while lease := person.next(project.pk):
            text = str(next(iter(lease["example"]["data"].values())))
            path = f"/api/v1/assignments/{lease['assignment']['id']}/submit/"
            person.client.post(path, {"answer": says(text)})
    return crew


@dataclass
class Desk:
    """Ten fingers at one desk."""

    visitor: Visitor
    project: Project

    @property
    def page(self) -> Page:
        return self.visitor.page

    @property
    def example(self) -> Locator:
        return self.page.locator(SHOWN)

    @property
    def line(self) -> Locator:
        return self.page.locator("#desk-line")

    def sit_down(self) -> "Desk":
        """And wait until the one after is there as well."""
        with self.page.expect_response(re.compile("/desk/(ahead|next)/")):
            self.visitor.go(self.project.path)
        self.example.wait_for()
        return self

    def reads(self) -> str:
        return str(self.example.evaluate("(one) => one.textContent")).strip()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def gives(self, *keys: str) -> str:
        """Press until the example is answered; the next one, or the end, is on the screen then."""
        text = self.reads()
        before = self.page.locator("#panel").get_attribute("data-assignment")
        self.press(*keys)
        gone = f'#panel:not([data-assignment="{before}"])'
        expect(self.page.locator(gone)).to_be_attached()
        return text
