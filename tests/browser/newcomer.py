"""A newcomer at the browser, who reads the page in their language and does what it says."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from django.utils.translation import gettext, override
from playwright.sync_api import Locator, Page, expect

from samples.catalogue import CATALOGUE, Row
from tests.browser.chrome import Visitor
from tests.browser.circle import SAMPLES

EMAIL, PASSWORD = "newcomer@example.org", "a-long-passphrase-7"
LABELS = {"en": ("refund", "delivery", "discount"), "zh-hans": ("退款", "物流", "优惠")}
OPEN = 10  # rows of each label that nobody has labelled yet
MINUTES = 240_000
# What may come before a correction. Who leaves gives back what was fetched ahead, and has what they
# are on for a minute; but their last answer may arrive after they left, and leases both anew, for
# five minutes.
HELD = ("on the desk", "fetched ahead")


@dataclass
class Newcomer:
    """Knows what is on the table before them, and nothing of the program."""

    visitor: Visitor
    language: str = "en"
    address: str = ""
    key: str = ""
    truth: dict[str, str] = field(default_factory=dict)

    @property
    def page(self) -> Page:
        return self.visitor.page

    @property
    def labels(self) -> Sequence[str]:
        return LABELS[self.language]

    def word(self, english: str, **values: object) -> str:
        """What stands on the page for these words."""
        with override(self.language):
            said = gettext(english)
        return said % values if values else said

    def button(self, english: str, within: Any = None) -> Locator:
        return (within or self.main).get_by_role("button", name=self.word(english), exact=True)

    def link(self, english: str, within: Any = None) -> Locator:
        return (within or self.main).get_by_role("link", name=self.word(english), exact=True)

    def rail(self, english: str) -> Locator:
        return self.link(english, self.page.locator("nav.rail"))

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def table(self, folder: Path) -> Path:
        """Their own spreadsheet: rows of three kinds, thirty of which nobody has labelled yet."""
        rows = CATALOGUE[SAMPLES[self.language]].rows(folder)
        kept = {label: [row for row in rows if row.label == label][:40] for label in self.labels}
        self.truth = {row.text: row.label for rows in kept.values() for row in rows}
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(["message", "kind"])
        writer.writerows(_lines(kept))
        path = folder / f"own-{self.language}.csv"
        path.write_text(out.getvalue(), encoding="utf-8")
        return path

    def reads_example(self) -> str:
        return self.page.locator("[data-example]").inner_text()

    def sits_down(self) -> None:
        """The whole page is there: before it is, keys are nobody's."""
        self.page.wait_for_url("**/desk/")

    def labels_what_they_were_on(self) -> None:
        """With its key. What someone is on stays theirs, whatever comes to the front meanwhile."""
        text = self.reads_example()
        self.page.keyboard.press(str(1 + self.labels.index(self.truth[text])))
        expect(self.page.locator("[data-example]")).not_to_have_text(text)

    def expects(self, english: str, **values: object) -> None:
        expect(self.main).to_contain_text(self.word(english, **values))

    def asks(self, text: str) -> dict[str, Any]:
        """As a program with the key does."""
        said = httpx.post(
            f"{self.address}/predict",
            json={"inputs": [{"text": text}]},
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=30,
        )
        assert said.status_code == 200, said.text
        return dict(said.json())


def _lines(kept: dict[str, list[Row]]) -> list[tuple[str, str]]:
    """All kinds in turn, as a spreadsheet that grew by the day."""
    turns = zip(*kept.values(), strict=False)
    rows = [(row, number) for number, turn in enumerate(turns) for row in turn]
    return [(row.text, "" if number % 4 == 3 else row.label) for row, number in rows]
