"""Passages by mouse, by keys and by thumb: words without signs, one within another, letters."""

import pytest
from playwright.sync_api import expect

from tests.browser import desk
from tests.browser.test_desk_places import BOX, LIT, drag

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("desk")]
LABELS = ("name", "place")
LATIN, DENSE = "Ada (of York), met Bo in New York City.", "李雷在北京大学学习。"
MANY = [f"{a} {b}" for a in ("name", "place", "time", "sum") for b in "abcdefghijk"]


@pytest.fixture(scope="module")
def texts(studio):
    """Each alone in its project."""
    rows = {text: [{"text": text}] for text in (LATIN, DENSE)}
    return {
        text: desk.project(studio, "token-classification", one, LABELS)
        for text, one in rows.items()
    }


@pytest.fixture
def at(visit, texts):
    """At the desk, where nothing of what is marked is kept."""
    return lambda text, **how: desk.Desk(visit(**how), texts[text]).sit_down()


def middle(one, words):
    left, right, _left, _right, y = one.page.evaluate(BOX, words)
    return (left + right) / 2, y


def marked(one):
    rows = one.page.locator(".mark-row").all()
    return [
        (row.locator(".mark-quote").inner_text(), row.locator("select").input_value())
        for row in rows
    ]


def tap(one, *words):
    for each in words:
        one.page.touchscreen.tap(*middle(one, each))


def test_a_double_click_marks_a_word_without_what_stands_around_it(at):
    one = at(LATIN)
    for word in ("York", "Bo", "City"):
        one.page.mouse.dblclick(*middle(one, word))
        one.press("n")
        assert one.page.evaluate(LIT) == word
    assert [text for text, _label in marked(one)] == ["York", "Bo", "City"]


def test_spans_within_one_another_are_changed_and_removed_by_keys(at):
    one = at(LATIN)
    text = one.page.locator("[data-example]")
    text.focus()
    one.press(
        "End",
        "Shift+Control+ArrowLeft",
        "Shift+Control+ArrowLeft",
        "Shift+Control+ArrowLeft",
        "Shift+Control+ArrowLeft",
        "p",
    )
    one.press("Shift+Control+ArrowRight", "n")
    outer, inner = marked(one)[0][0], marked(one)[1][0]
    assert inner in outer and inner != outer

    one.press("Backspace")  # of the text: what is chosen, and not the last answer
    assert [quote for quote, _label in marked(one)] == [outer]
    one.press("Shift+Control+ArrowLeft", "n")
    expect(one.page.locator(".mark-row")).to_have_count(2)

    expect(text).to_be_focused()
    one.press("Escape")  # out of the text: its span stays chosen, and its edges move
    expect(one.page.locator("#panel")).to_be_focused()
    quote = one.page.locator(".mark-row.is-chosen .mark-quote")
    before = quote.inner_text()
    one.press("Alt+ArrowRight")
    expect(quote).to_have_text(before[1:])
    one.press("p")  # another label
    expect(one.page.locator(".mark-row.is-chosen select")).to_have_value("place")
    one.press("ArrowLeft")  # to the other one, without Tab
    expect(quote).not_to_have_text(before[1:])
    expect(one.page.locator("#desk-said")).to_contain_text(quote.inner_text())
    one.press("Delete")
    expect(one.page.locator(".mark-row")).to_have_count(1)


def test_one_span_begins_within_another_and_ends_behind_it(at):
    one = at(LATIN)
    for words, key in (("met Bo", "n"), ("Bo in", "p")):
        drag(one, words)
        one.press(key)
        assert one.page.evaluate(LIT) == words
    assert marked(one) == [("met Bo", "name"), ("Bo in", "place")]


def test_space_in_the_text_chooses_the_span_around_the_caret(at):
    one = at(LATIN)
    one.page.locator("[data-example]").focus()
    one.press("Home", "Shift+Control+ArrowRight", "n", "Home", "ArrowRight")
    expect(one.page.locator(".mark-row.is-chosen")).to_have_count(1)
    one.press("Escape", "Escape")
    expect(one.page.locator(".mark-row.is-chosen")).to_have_count(0)
    one.page.locator("[data-example]").focus()
    one.press("Space", "p")
    assert marked(one) == [("Ada", "place")]


def test_letters_rather_than_words_where_words_have_no_blanks(at):
    one = at(DENSE)
    expect(one.page.locator("[data-exact]")).to_have_attribute("aria-pressed", "true")
    one.page.locator("[data-example]").focus()
    one.press("Home", "ArrowRight", "Shift+ArrowRight", "n")
    assert marked(one) == [("雷", "name")]
    one.press("Delete", ".")
    expect(one.page.locator("[data-exact]")).to_have_attribute("aria-pressed", "false")


def test_a_thumb_marks_words_by_their_first_and_last(at):
    one = at(LATIN, phone=True)
    label = one.page.locator(".mark-label").filter(has_text="place")
    expect(one.page.get_by_text("Tap the first word")).to_be_visible()
    tap(one, "Bo")
    one.page.locator(".mark-label").filter(has_text="name").tap()
    tap(one, "New", "City")
    label.tap()
    assert marked(one) == [("Bo", "name"), ("New York City", "place")]
    tap(one, "Bo", "New")  # what is marked there is chosen
    assert one.page.evaluate(LIT) == "New York City"
    tap(one, "New")  # and a second time it is the word, for a span within
    label.tap()
    assert [quote for quote, _label in marked(one)] == ["Bo", "New York City", "New"]
    one.page.get_by_role("button", name="Remove this span").last.tap()
    tap(one, "Ada", "Ada")  # on second thoughts
    label.tap()
    expect(label).to_have_attribute("aria-pressed", "true")  # nothing was meant: the next tap is
    tap(one, "Ada")
    assert marked(one)[0] == ("Ada", "place")


def test_a_thumb_marks_letters_too(at):
    one = at(DENSE, phone=True)
    tap(one, "北", "学")
    one.page.locator(".mark-label").filter(has_text="place").tap()
    assert marked(one) == [("北京大学", "place")]


def test_of_many_labels_the_search_marks_and_does_not_save(studio, visit):
    many = desk.project(studio, "token-classification", [{"text": LATIN}], MANY)
    one = desk.Desk(visit(), many).sit_down()
    one.page.locator("[data-example]").focus()
    one.press("Home", "Shift+Control+ArrowRight", "/")
    one.page.keyboard.type("sum k")
    one.press("Enter")
    assert marked(one) == [("Ada", "sum k")]
    expect(one.page.locator("#label-search")).to_be_focused()
    one.press("Escape")
    one.gives("Enter")
    (kept,) = many.answers(1).values()
    assert [(span["text"], span["label"]) for span in kept["spans"]] == [("Ada", "sum k")]
