"""Pictures of the main pages in both languages and themes, wide and on a phone: `make shots`.

    python -m tests.browser.shots [--folder shots] [--language en] [--theme dark] [--docs] [page …]

A project of our own questions goes round the circle first; `index.html` shows all of it.
"""

import argparse
import html
import itertools
import sys
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Browser

from studio.running import temporary
from studio.running.temporary import TemporaryStudio
from tests.browser import chrome, circle
from tests.browser.circle import Circle

LANGUAGES, THEMES = ("en", "zh-hans"), ("light", "dark")
SIZES = {"wide": False, "phone": True}
# What the README shows: what one sees of them without scrolling.
IN_DOCS = {
    "ring.en.light.wide": "ring.png",
    "desk.en.light.wide": "desk.png",
    "run.en.light.wide": "result.png",
    "endpoint.zh-hans.dark.wide": "endpoint-zh-dark.png",
    "desk.zh-hans.dark.phone": "desk-zh-dark-phone.png",
}
DOCS = Path("docs/pictures")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--folder", type=Path, default=Path("shots"))
    asked.add_argument("--language", choices=LANGUAGES, action="append")
    asked.add_argument("--theme", choices=THEMES, action="append")
    asked.add_argument("--size", choices=SIZES, action="append")
    asked.add_argument("--docs", action="store_true", help="also those that the README shows")
    asked.add_argument("pages", nargs="*", help="names of pages; all, if none is named")
    options = asked.parse_args()
    options.folder.mkdir(exist_ok=True)
    with temporary.running() as studio, chrome.launched() as browser:
        for language in options.language or LANGUAGES:
            shown = circle.filled(studio, language, method="auto")
            pages = {
                name: path
                for name, path in shown.pages().items()
                if not options.pages or name in options.pages
            }
            begin_labelling(browser, studio, shown, language)
            kinds = itertools.product(options.theme or THEMES, options.size or SIZES)
            for theme, size in kinds:
                how = (language, theme, size)
                shoot(browser, studio, pages, options.folder, how, docs=options.docs)
    written = sorted(path.name for path in options.folder.glob("*.png"))
    (options.folder / "index.html").write_text(sheet(written), encoding="utf-8")
    sys.stdout.write(f"{len(written)} pictures: {options.folder / 'index.html'}\n")


def begin_labelling(
    browser: Browser, studio: TemporaryStudio, shown: Circle, language: str
) -> None:
    """So that something lies on the desk."""
    visitor = chrome.visitor(browser, studio.url, language=language)
    visitor.sign_in(studio.email, studio.password)
    visitor.go(shown.pages()["desk"])
    visitor.page.locator("[data-example]").wait_for()
    visitor.context.close()


def shoot(
    browser: Browser,
    studio: TemporaryStudio,
    pages: dict[str, str],
    folder: Path,
    how: tuple[str, str, str],
    *,
    docs: bool = False,
) -> None:
    language, theme, size = how
    visitor = chrome.visitor(browser, studio.url, language=language, theme=theme, phone=SIZES[size])
    visitor.sign_in(studio.email, studio.password)
    for name, path in pages.items():
        visitor.go(path)
        visitor.page.wait_for_load_state("networkidle")
        kind = f"{name}.{language}.{theme}.{size}"
        visitor.page.screenshot(path=folder / f"{kind}.png", full_page=True)
        if docs and kind in IN_DOCS:
            visitor.page.screenshot(path=DOCS / IN_DOCS[kind])
    visitor.context.close()
    for said in visitor.complaints:
        sys.stdout.write(f"{said}\n")


def sheet(names: Iterable[str]) -> str:
    """All pictures on one page."""
    figures = "".join(
        f'<figure><a href="{html.escape(name)}"><img src="{html.escape(name)}" loading="lazy"></a>'
        f"<figcaption>{html.escape(name)}</figcaption></figure>"
        for name in names
    )
    style = "body{display:flex;flex-wrap:wrap;gap:16px;font:14px system-ui}img{max-height:420px}"
    return (
        f'<!doctype html><meta charset="utf-8"><title>Pages</title><style>{style}</style>{figures}'
    )


if __name__ == "__main__":
    main()
