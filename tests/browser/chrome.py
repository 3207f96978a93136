"""A real Chromium: its pages, in a language, a theme and a size, and what they complain of."""

import contextlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from studio.home import REPOSITORY

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--in-process-gpu", "--disable-background-networking"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 30_000  # milliseconds, for whatever takes a moment: others share the processors
expect.set_options(timeout=PATIENCE)
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOCALES = {"en": "en-US", "zh-hans": "zh-CN"}
AXE = REPOSITORY / "node_modules/axe-core/axe.min.js"
# The page is there, and what its scripts asked for has come; a page that asks every second goes on.
SETTLED = """() => document.readyState === "complete" && !document.querySelector(".htmx-request")
  && performance.getEntriesByType("resource").every((one) => one.responseEnd)"""
# Said in every page before its own scripts: a breach of the policy is a complaint like others.
WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
});
"""
# Said in the page: all that axe noted besides would be a megabyte a page on its way to us.
GRAVE = """async (how) => (await axe.run(document, how)).violations
  .filter((each) => ["serious", "critical"].includes(each.impact))
  .flatMap((each) => each.nodes.slice(0, 3).map((node) =>
    `${each.id}: ${node.target[0]} ${node.html.slice(0, 140)}`))"""


def found() -> str | None:
    """The system's own Chromium."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found(), args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Someone at a browser, and what their pages complained of."""

    url: str
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.on("console", self._heard)
        self.context.on("weberror", lambda error: self._note(str(error.error)))

    def _heard(self, said: Any) -> None:
        if said.type in ("error", "warning"):
            self._note(said.text)

    def _note(self, complaint: str) -> None:
        self.complaints.append(f"{self.page.url}: {complaint}")

    def go(self, path: str) -> Any:
        return self.page.goto(f"{self.url}{path}")

    def settle(self) -> None:
        """Until the page's own scripts have fetched what they show."""
        self.page.wait_for_function(SETTLED)

    def sign_in(self, email: str, password: str) -> None:
        self.go("/accounts/login/")
        self.page.fill("#id_login", email)
        self.page.fill("#id_password", password)
        self.page.locator("main form button[type=submit]").click()
        self.page.wait_for_url(lambda address: "/accounts/login" not in address)


def visitor(
    browser: Browser,
    url: str,
    *,
    language: str = "en",
    theme: str = "light",
    phone: bool = False,
    script: bool = True,
    axe: bool = False,
    state: Any = None,
) -> Visitor:
    context = browser.new_context(
        locale=LOCALES[language],
        color_scheme=theme,
        reduced_motion="reduce",
        viewport=PHONE if phone else WIDE,
        has_touch=phone,
        java_script_enabled=script,
        storage_state=state,
        accept_downloads=True,
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WATCH)
    if axe:
        # Put in by the browser itself, so that the page's own policy stays as it is.
        context.add_init_script(path=AXE)
    return Visitor(url, context, context.new_page())


def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe finds that is serious or worse, with where. `rules`: of all, if none is named."""
    # For rules that read style sheets or films axe would load those anew beforehand. The one that
    # is on, `no-autoplay-audio`, is but moderate, and so not among what is reported.
    how = {"resultTypes": ["violations"], "preload": False}
    if rules:
        how["runOnly"] = list(rules)
    return list(page.evaluate(GRAVE, how))
