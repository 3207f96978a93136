"""The review by keyboard alone: what differs is marked; accepted, corrected, sent back, undone."""

import pytest
from playwright.sync_api import expect

from tests.browser import chrome, desk
from tests.browser.seeing import COLOURS, WIDER
from tests.browser.test_keyboard import Keys

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("desk")]
LABELS = ("refund", "delivery", "spam")
TEXTS = [
    {"text": f"Letter {number} of them"} for number in range(9)
]  # enough for tests in any order
NAMES = [{"text": f"Ada met Bo in Rome, {n}."} for n in range(5)]
PILES = ("Disagreements", "Low agreement", "Flags", "Probably mislabelled", "A sample")


def passages(text, *words):
    at = [(word, text.index(word)) for word in words]
    return {"spans": [{"start": n, "end": n + len(w), "label": "refund"} for w, n in at]}


@pytest.fixture(scope="module")
def letters(studio):
    """On every letter the two say something else."""
    made = desk.project(studio, "text-classification", TEXTS, LABELS, overlap=2)
    said = [lambda _text: {"label": "refund"}, lambda _text: {"label": "spam"}]
    return made, desk.answered_by(studio, made, said)


@pytest.fixture(scope="module")
def names(studio):
    made = desk.project(studio, "token-classification", NAMES, LABELS, overlap=2)
    said = [lambda text: passages(text, "Ada", "Bo"), lambda text: passages(text, "Ada", "Rome")]
    desk.answered_by(studio, made, said)
    return made


def gold(made):
    rows = made.owner.all(f"/api/v1/projects/{made.pk}/examples/")
    return {row["data"]["text"]: row["gold"] for row in rows}


def at_the_review(visit, made, pile="differ", **how):
    visitor = visit(language="en", **how)
    visitor.go(f"{made.path}review/?pile={pile}")
    return visitor


def test_labels_are_accepted_corrected_sent_back_and_undone_by_keys(visit, letters):
    made, (first, _second) = letters
    keys = Keys(at_the_review(visit, made))
    page, text = keys.page, keys.page.locator("[data-example]")
    expect(page.locator("mark.alone")).to_have_count(2)

    accepted = text.inner_text()
    keys.press("Shift+B")
    expect(text).not_to_have_text(accepted)
    assert gold(made)[accepted] == {"label": "spam"}

    corrected = text.inner_text()
    keys.press("d")
    expect(text).not_to_have_text(corrected)
    assert gold(made)[corrected] == {"label": "delivery"}

    keys.press("Backspace")  # the last one, and only that
    expect(text).to_have_text(corrected)
    assert gold(made)[corrected] is None
    assert gold(made)[accepted] == {"label": "spam"}

    keys.enter(page.locator(".send-back summary").first)
    expect(page.locator("#why-1")).to_be_focused()
    page.keyboard.type("Is it delivery? Read it again.")
    keys.press("Control+Enter")
    expect(text).not_to_have_text(corrected)
    lease = first.next(made.pk)
    assert lease["example"]["data"]["text"] == corrected

    later = text.inner_text()
    keys.press("s")
    expect(text).not_to_have_text(later)
    assert gold(made)[later] is None


def test_names_are_hidden_and_shown_by_a_switch_that_is_remembered(visit, letters):
    made, (first, _second) = letters
    keys = Keys(at_the_review(visit, made))
    who = keys.page.locator(".side-by-side")
    expect(who).to_contain_text(first.email)
    keys.enter(keys.page.get_by_role("link", name="Hide names"))
    expect(who).to_contain_text("Someone")
    expect(keys.page.locator("main")).not_to_contain_text("annotator-")
    keys.page.reload()
    expect(who).to_contain_text("Someone")
    keys.enter(keys.page.get_by_role("link", name="Show names"))
    expect(who).to_contain_text(first.email)


def test_passages_begin_as_an_answer_and_are_corrected_by_keys(visit, names):
    keys = Keys(at_the_review(visit, names))
    page, text = keys.page, keys.page.locator("[data-example]")
    expect(page.locator("mark.alone")).to_have_text(
        ["refund “Bo” (differs)", "refund “Rome” (differs)"]
    )
    reads = text.inner_text()
    expect(page.locator(".mark-quote")).to_have_text(["Ada", "Bo"])
    keys.enter(page.get_by_role("link", name="Begin with B"))
    expect(page.locator(".mark-quote")).to_have_text(["Ada", "Rome"])
    keys.press("Escape", "ArrowRight", "ArrowRight", "d", "Enter")
    expect(text).not_to_have_text(reads)
    spans = gold(names)[reads]["spans"]
    assert [(s["text"], s["label"]) for s in spans] == [("Ada", "refund"), ("Rome", "delivery")]


def test_each_pile_shows_what_it_is_for(visit, studio):
    """Two of three agree on all; one is flagged; nothing is in dispute."""
    made = desk.project(studio, "text-classification", TEXTS[:5], LABELS, overlap=3)
    said = ["refund", "refund", "spam"]
    desk.answered_by(studio, made, [lambda _t, label=label: {"label": label} for label in said])
    keys = Keys(at_the_review(visit, made))
    page = keys.page
    piles = page.get_by_role("navigation", name="What to review")
    expect(page.get_by_role("heading", name="Nothing to review")).to_be_visible()
    keys.enter(piles.get_by_role("link", name="Low agreement 5"))
    expect(page.locator(".why")).to_contain_text("somebody said otherwise")
    expect(page.locator("mark.alone")).to_have_text("spam (differs)")
    text = page.locator("[data-example]").inner_text()
    keys.press("Shift+C")
    expect(page.locator("[data-example]")).not_to_have_text(text)
    assert gold(made)[text] == {"label": "spam"}
    for name in PILES[2:]:
        keys.enter(piles.get_by_role("link", name=name))
        expect(piles.locator("[aria-current]")).to_contain_text(name)


def test_a_flag_is_looked_at_and_gone_once_it_is_settled(visit, studio):
    made = desk.project(studio, "text-classification", TEXTS[:2], LABELS)
    one = desk.Desk(visit(language="en"), made).sit_down()
    flagged = one.reads()
    one.press("f")
    one.page.keyboard.type("Two languages")
    one.press("Enter")
    expect(one.page.locator("[data-flagged]")).to_be_visible()
    keys = Keys(at_the_review(visit, made, "flags"))
    expect(keys.page.locator("[data-example]")).to_have_text(flagged)
    expect(keys.page.locator(".said-comment")).to_contain_text("Two languages")
    keys.press("r")
    expect(keys.page.locator("[data-example]")).to_have_count(0)
    assert gold(made)[flagged] == {"label": "refund"}


def test_who_settles_second_does_not_overwrite_the_first(visit, studio):
    made = desk.project(studio, "text-classification", TEXTS[:1], LABELS, overlap=2)
    said = [lambda _text: {"label": "refund"}, lambda _text: {"label": "spam"}]
    desk.answered_by(studio, made, said)
    one, other = (Keys(at_the_review(visit, made)) for _ in range(2))
    one.press("Shift+A")
    expect(one.page.locator("[data-example]")).to_have_count(0)
    other.press("Shift+B")
    expect(other.page.locator("main")).to_contain_text("Someone settled this one meanwhile")
    assert list(gold(made).values()) == [{"label": "refund"}]


@pytest.mark.parametrize("made", ["letters", "names"])
def test_a_thumb_reviews_and_nobody_is_kept_out(visit, request, made):
    made = request.getfixturevalue(made)
    project = made[0] if isinstance(made, tuple) else made
    visitor = at_the_review(visit, project, phone=True, axe=True)
    page = visitor.page
    for theme, rules in (("light", ()), ("dark", COLOURS)):
        page.emulate_media(color_scheme=theme)
        assert chrome.violations(page, rules) == []
    assert not page.evaluate(WIDER)
    text = page.locator("[data-example]").inner_text()
    page.get_by_role("button", name="Accept A").tap()
    expect(page.get_by_text("Settled.")).to_be_visible()
    assert gold(project)[text] is not None
