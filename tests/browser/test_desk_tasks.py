"""Each way of answering by keyboard alone; on a phone; and nobody is kept out of any."""

import pytest
from playwright.sync_api import expect

from tests.browser import chrome, desk
from tests.browser.seeing import WIDER
from tests.browser.test_desk_places import BOX

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("desk")]
LABELS = ("refund", "delivery", "spam")
MANY = [f"{a} {b}" for a in ("bill", "ship", "return", "account") for b in "abcdefghijk"]
TEXTS = [{"text": f"Where is parcel {number}?"} for number in range(4)]
PROMPTS = [{"prompt": f"Greet {name}.", "system": "Be kind."} for name in ("Ada", "Bo", "Cy")]
LISTS = [{"query": f"Which of {n}?", "candidates": ["one", "two", "three"]} for n in range(3)]
PAIRS = [{"query": f"Which {n}?", "candidates": ["left", "right"]} for n in range(3)]
ROWS = {
    "text-classification": (TEXTS, LABELS),
    "multi-label-classification": (TEXTS, LABELS),
    "token-classification": ([{"text": f"Ada met Bo in Rome, {n}."} for n in range(4)], LABELS),
    "text-generation": (PROMPTS, ()),
    "text-ranking": (LISTS, ()),
}


@pytest.fixture(scope="module")
def projects(studio):
    return {task: desk.project(studio, task, *rows) for task, rows in ROWS.items()}


@pytest.fixture
def at(visit, projects):
    return lambda task, **how: desk.Desk(visit(**how), projects[task]).sit_down()


def test_one_label(at):
    one = at("text-classification")
    first = one.gives("r")
    second = one.gives("3")  # in that place, too
    assert one.project.answers(2) == {first: {"label": "refund"}, second: {"label": "spam"}}
    one.press("Backspace")
    expect(one.example).to_have_text(second)
    one.press("s", "Escape", "f", "Escape")  # neither, on second thoughts
    expect(one.example).to_have_text(second)
    expect(one.page.locator("[data-flagged]")).to_be_hidden()
    one.press("Shift+S", "1")  # skip, as nobody can say
    expect(one.example).not_to_have_text(second)
    one.press("f", "Enter")
    expect(one.page.locator("[data-flagged]")).to_be_visible()
    one.press("c")
    expect(one.page.locator("#comment-text")).to_be_focused()
    one.page.keyboard.type("d, s and ? are letters here")
    one.press("Control+Enter")
    expect(one.page.locator("#drawer-body")).to_contain_text("are letters here")
    one.press("g")
    expect(one.page.locator(".guidelines strong")).to_have_text("kind")
    one.press("?")
    expect(one.page.locator("#keys-sheet")).to_be_visible()
    one.press("Escape")
    path = f"/api/v1/projects/{one.project.pk}/"
    one.project.owner.patch(path, {"guidelines": "Be **strict**."})
    third = one.gives("r")  # by what is there to be read until the studio answers
    expect(one.page.locator(".guidelines strong")).to_have_text("strict")
    expect(one.page.locator("#drawer .drawer-new")).to_be_visible()
    assert one.project.answers(2) == {first: {"label": "refund"}, third: {"label": "refund"}}


def test_a_reader_hears_what_comes_what_was_saved_and_finds_all_in_its_order(studio, visit):
    made = desk.project(studio, "text-classification", TEXTS, LABELS)
    one = desk.Desk(visit(language="en"), made).sit_down()
    page = one.page
    heard = page.get_by_role("status")
    one.gives("r")
    expect(heard.filter(has_text="Saved")).to_be_visible()
    expect(heard.filter(has_text="Next example")).to_have_count(1)
    expect(page.get_by_role("region", name="Example")).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Label text-classification")
    order = []
    for _ in range(len(LABELS) + 3):
        one.press("Tab")
        order.append(page.evaluate("document.activeElement.innerText").split()[0])
    assert order == [*LABELS, "Skip", "Flag", "Comments"]
    one.press("c")
    expect(page.get_by_role("textbox", name="Say something of this example")).to_be_focused()
    one.press("Escape")
    expect(page.get_by_role("region", name="Example")).to_be_focused()


def test_any_number_of_labels(at):
    one = at("multi-label-classification")
    one.press("d")
    expect(one.page.locator("#desk-said")).to_have_text("delivery: ticked")
    one.press("r", "d")
    expect(one.page.locator("#desk-said")).to_have_text("delivery: not ticked")
    first = one.gives("p", "Enter")
    second = one.gives("-")
    kept = {first: {"labels": ["refund", "spam"]}, second: {"labels": []}}
    assert one.project.answers(2) == kept


def test_passages(at):
    """By word and by letter; the edges move; another label; one within another."""
    one = at("token-classification")
    one.page.locator("[data-example]").focus()
    one.press("Shift+Control+ArrowRight", "r")
    one.press("ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "d")
    one.page.locator("#panel").focus()
    one.press("Alt+ArrowRight", "Alt+ArrowLeft", "Shift+ArrowRight", "Shift+ArrowLeft")
    one.press("p", "Escape")
    text = one.gives("Enter")
    spans = one.project.answers(1)[text]["spans"]
    assert [(s["text"], s["label"]) for s in spans] == [("Ada", "refund"), ("met", "spam")]
    assert all(text[s["start"] : s["end"]] == s["text"] for s in spans)


def test_a_response(at):
    one = at("text-generation")
    one.press("Enter")
    expect(one.page.locator("#response")).to_be_focused()
    one.page.keyboard.type("Hello s")
    one.press("Enter")
    one.page.keyboard.type("there?")
    expect(one.page.locator("[data-count]")).to_have_text("14")
    one.gives("Control+Enter")
    assert [kept["gold"] for kept in one.project.kept(1)] == [{"response": "Hello s\nthere?"}]


def test_an_order(at):
    one = at("text-ranking")
    one.gives("3", "1", "Enter")
    one.press("ArrowDown", "j")
    expect(one.page.locator("#desk-said")).to_have_text("Place 2 / 3: one")
    one.gives("Alt+ArrowDown", "Enter")
    kept = sorted(one["ranking"] for one in one.project.answers(2).values())
    assert kept == [[1, 2, 0], [2, 0, 1]]


def test_an_order_two_at_a_time(studio, visit):
    """Pairs bring any order, and Escape the list again."""
    lists = [{"query": f"Which of {n}?", "candidates": list("dbace")} for n in range(2)]
    one = desk.Desk(visit(), desk.project(studio, "text-ranking", lists)).sit_down()
    one.press("p", "Escape")
    expect(one.page.locator("[data-ranks]")).to_be_visible()
    one.press("p")
    left, right = (
        one.page.locator(f"[data-side={side}] [data-text]") for side in ("left", "right")
    )
    expect(one.page.locator("#desk-said")).to_have_text("← b → d")
    while left.is_visible():
        first, second = left.inner_text(), right.inner_text()
        one.press("ArrowLeft" if first < second else "ArrowRight")
    one.gives("Enter")
    (kept,) = one.project.answers(1).values()
    assert ["dbace"[place] for place in kept["ranking"]] == list("abcde")


def test_the_better_of_two_and_a_label_among_many(studio, visit):
    one = desk.Desk(visit(), desk.project(studio, "text-ranking", PAIRS)).sit_down()
    one.gives("ArrowRight")
    assert list(one.project.answers(1).values()) == [{"ranking": [1, 0]}]
    many = desk.project(studio, "text-classification", TEXTS, MANY)
    other = desk.Desk(visit(), many).sit_down()
    other.press("/")
    other.page.keyboard.type("return")
    other.press("ArrowDown")
    expect(other.page.locator("#desk-said")).to_have_text("return b")
    other.page.keyboard.type(" k")
    other.gives("Enter")
    assert list(other.project.answers(1).values()) == [{"label": "return k"}]


@pytest.mark.parametrize("task", ROWS)
def test_nobody_is_kept_out_and_a_thumb_answers(studio, visit, task):
    """Text above, and what answers it on the first screen, large enough for a thumb."""
    rows, labels = ROWS[task]
    made = desk.project(studio, task, rows[:1], labels)
    one = desk.Desk(visit(phone=True, theme="dark", axe=True), made).sit_down()
    one.page.wait_for_load_state("networkidle")
    assert chrome.violations(one.page) == []
    assert not one.page.evaluate(WIDER)
    height = one.page.viewport_size["height"]
    button = one.page.locator("#panel .desk-answers button:visible").first.bounding_box()
    assert button["y"] + button["height"] < height - 50 and button["height"] >= 24
    tab = one.page.locator("#drawer [data-tab=guidelines]")
    tab.tap()
    expect(one.page.locator(".guidelines")).to_be_visible()
    assert chrome.violations(one.page) == []
    one.page.locator("#drawer .drawer-close").tap()
    tapped(one, task)
    expect(one.page.locator("#panel[data-nothing]")).to_be_attached()
    assert [kept["gold"] for kept in made.kept(1)] == [THUMBED[task]]


THUMBED = {
    "text-classification": {"label": "delivery"},
    "multi-label-classification": {"labels": ["refund", "spam"]},
    "token-classification": {"spans": [{"start": 0, "end": 7, "label": "spam", "text": "Ada met"}]},
    "text-generation": {"response": "Hello"},
    "text-ranking": {"ranking": [1, 0, 2]},
}


def tapped(one, task):
    page = one.page
    labels = page.locator("#panel .choice-button")
    if task == "text-classification":
        labels.filter(has_text="delivery").tap()
        return
    if task == "multi-label-classification":
        labels.filter(has_text="spam").tap()
        labels.filter(has_text="refund").tap()
    if task == "token-classification":
        for word in ("Ada", "met"):
            left, right, _left, _right, y = page.evaluate(BOX, word)
            page.touchscreen.tap((left + right) / 2, y)
        labels.filter(has_text="spam").tap()
    if task == "text-generation":
        page.locator("#response").tap()
        page.keyboard.type("Hello")
    if task == "text-ranking":
        page.get_by_role("button", name="Move down").first.tap()
    page.locator("#panel [data-saves]").tap()


def test_what_the_bar_asks_for_by_itself_takes_nobody_out_of_a_comment(at):
    """Letters that were typed on would be answers."""
    one = at("text-classification")
    before = one.example.inner_text()
    one.press("c")
    box = one.page.locator("#comment-text")
    expect(box).to_be_focused()
    with one.page.expect_response("**/now/**"):
        one.page.evaluate("htmx.trigger(document.querySelector('.bar-now'), 'load')")
    one.page.wait_for_timeout(300)
    one.page.keyboard.type("do we refund praise?")
    expect(box).to_have_value("do we refund praise?")
    expect(one.example).to_have_text(before)
