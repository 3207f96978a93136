"""From a key at the desk to the next example on the screen, in a browser: under 100 ms.

    python -m bench.desk [--answers 40] [--json]

A whole studio on a fresh folder, the system's Chromium, short texts with three labels. The next
example is there already, so this is what the page itself takes; beside it how long the studio
takes to say that the answer is saved, which nobody waits for.
"""

import argparse
import json
import statistics

from playwright.sync_api import Page

from studio.running import temporary
from tests.browser import chrome
from tests.browser import desk as desks

LABELS = ("refund", "delivery", "spam")
# From the key to the frame in which the next example is on the screen, in ms.
QUICK = """(key) => new Promise((resolve) => {
  const before = document.querySelector("#panel").dataset.assignment;
  const begun = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", {key, code: "KeyR", bubbles: true}));
  const look = () => {
    const panel = document.querySelector("#panel");
    if (panel.dataset.assignment && panel.dataset.assignment !== before) {
      requestAnimationFrame(() => resolve(performance.now() - begun));
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--answers", type=int, default=40)
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    with temporary.running() as studio, chrome.launched() as browser:
        rows = [{"text": f"Letter {number} of them"} for number in range(options.answers + 3)]
        project = desks.project(studio, "text-classification", rows, LABELS)
        visitor = chrome.visitor(browser, studio.url)
        visitor.sign_in(studio.email, studio.password)
        one = desks.Desk(visitor, project).sit_down()
        took = [answered(one.page) for _ in range(options.answers)]
    found = {
        "next on the screen, median ms": statistics.median(shown for shown, _ in took),
        "next on the screen, p95 ms": statistics.quantiles((one for one, _ in took), n=20)[-1],
        "saved, median ms": statistics.median(saved for _, saved in took),
    }
    if options.json:
        print(json.dumps(found))
    else:
        print("\n".join(f"{name:<32}{value:8.1f}" for name, value in found.items()))


def answered(page: Page) -> tuple[float, float]:
    """Milliseconds until the next example is seen, and of the request that saves the answer."""
    with page.expect_response(lambda each: "/answer/" in each.url) as saving:
        shown = float(page.evaluate(QUICK, "r"))
    saving.value.finished()
    return shown, float(saving.value.request.timing["responseEnd"])


if __name__ == "__main__":
    main()
