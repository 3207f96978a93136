"""Lighthouse, the npm package, on the pages that people are on most: desktop, signed in.

    python -m bench.lighthouse [--json] [page …]

A whole studio on a fresh folder, one project that went round the circle, the system's Chromium.
What is under the bound is named with the audits that cost it.
"""

import argparse
import contextlib
import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from studio.home import REPOSITORY
from studio.running import temporary
from studio.running.temporary import TemporaryStudio
from tests.browser import chrome, circle

PAGES = ("home", "ring", "desk", "run", "endpoint")
CATEGORIES = ("performance", "accessibility", "best-practices")
BOUND = 95


@dataclass
class Verdict:
    """One page's marks of 100, and what cost points."""

    name: str
    marks: dict[str, int]
    lost: list[str]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--json", action="store_true")
    asked.add_argument("pages", nargs="*", default=PAGES)
    options = asked.parse_args()
    with temporary.running() as studio:
        pages = circle.filled(studio).pages()
        with at_a_browser(studio) as port:
            found = [judged(name, f"{studio.url}{pages[name]}", port) for name in options.pages]
    print(json.dumps([vars(each) for each in found]) if options.json else shown(found))


@contextlib.contextmanager
def at_a_browser(studio: TemporaryStudio) -> Iterator[int]:
    """A Chromium in which the administrator has signed in; gives the port to steer it by."""
    (port,) = temporary.free_ports(1)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder,
            executable_path=chrome.found(),
            args=[*chrome.ARGUMENTS, f"--remote-debugging-port={port}"],
            locale="en-US",
        )
        chrome.Visitor(studio.url, context, context.new_page()).sign_in(
            studio.email, studio.password
        )
        yield port
        context.close()


def judged(name: str, url: str, port: int) -> Verdict:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            *("node", str(REPOSITORY / "node_modules/lighthouse/cli/index.js"), url),
            *("--preset=desktop", "--quiet", "--output=json", f"--output-path={report}"),
            *(f"--only-categories={','.join(CATEGORIES)}", f"--port={port}"),
            "--disable-storage-reset",  # or nobody would be signed in
        ]
        subprocess.run(command, check=True)
        return read(name, url, json.loads(report.read_text(encoding="utf-8")))


def read(name: str, url: str, report: dict[str, Any]) -> Verdict:
    """Only what was said of that very page counts: not of a sign-in page it was sent to."""
    assert report["finalDisplayedUrl"].startswith(url.rstrip("/")), report["finalDisplayedUrl"]
    found = report["categories"]
    marks = {category: round(100 * found[category]["score"]) for category in CATEGORIES}
    lost = [
        f"{audit['id']}: {audit['title']} {audit.get('displayValue', '')}".strip()
        for category in CATEGORIES
        for ref in found[category]["auditRefs"]
        if ref["weight"] and ((audit := report["audits"][ref["id"]])["score"] or 0) < 0.9
        if audit["scoreDisplayMode"] not in ("notApplicable", "manual", "informative")
    ]
    return Verdict(name, marks, lost)


def shown(found: list[Verdict]) -> str:
    head = f"{'page':<12}" + "".join(f"{category:>16}" for category in CATEGORIES)
    lines = [head]
    for each in found:
        lines.append(f"{each.name:<12}" + "".join(f"{mark:>16}" for mark in each.marks.values()))
        lines += [f"    {lost}" for lost in each.lost]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
