"""What is highlighted is what is saved is what is exported, in every script."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser import desk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("desk")]
# A text, and what is marked in it.
CASES = [
    ("👩‍👩‍👧 wohnt mit 🇩🇪 und 🇫🇷 in Köln.", ["👩‍👩‍👧", "🇫🇷", "Köln"]),
    ("李雷在北京大学学习，韩梅梅住在上海𠮷。", ["李雷", "北京大学", "上海𠮷"]),
    ("Le cafe\u0301 de Zoe\u0308, a\u0301 Lisboa", ["cafe\u0301", "Zoe\u0308", "Lisboa"]),
    ("דוד בן-גוריון נולד בפלונסק, ועלה ב-1906.", ["דוד", "בפלונסק", "1906"]),
    ("One line\r\n\r\nthe second, 👍🏽 ends\r\nin Rome", ["second", "👍🏽", "Rome"]),
]
# The middle of the words' first and of their last character on the screen, and whether they run
# from right to left.
BOX = """(words) => {
  const node = document.querySelector("[data-example]").firstChild;
  const at = node.data.indexOf(words);
  const clusters = [...new Intl.Segmenter(undefined, {granularity: "grapheme"}).segment(words)];
  const box = (from, to) => {
    const range = document.createRange();
    range.setStart(node, at + from); range.setEnd(node, at + to);
    return range.getBoundingClientRect();
  };
  const first = box(0, clusters[0].segment.length);
  const last = box(clusters.at(-1).index, words.length);
  return [first.x, first.right, last.x, last.right, first.y + first.height / 2];
}"""
# What the drawn boxes of the chosen span lie over, character by character.
LIT = """() => {
  const node = document.querySelector("[data-example]").firstChild;
  const chosen = [...document.querySelectorAll(".mark-fill.is-chosen")];
  const boxes = chosen.map((one) => one.getBoundingClientRect());
  const within = (x, y) => (box) => box.x <= x && x <= box.right && box.y <= y && y <= box.bottom;
  const clusters = new Intl.Segmenter(undefined, {granularity: "grapheme"}).segment(node.data);
  const range = document.createRange();
  let lit = "";
  for (const {index, segment} of clusters) {
    range.setStart(node, index); range.setEnd(node, index + segment.length);
    const seen = range.getBoundingClientRect();
    const [x, y] = [seen.x + seen.width / 2, seen.y + seen.height / 2];
    if (seen.width && boxes.some(within(x, y))) lit += segment;
  }
  return lit;
}"""


@pytest.fixture(scope="module")
def names(studio):
    rows = [{"text": text} for text, _words in CASES]
    return desk.project(studio, "token-classification", rows, ["NAME", "PLACE"])


def test_what_is_highlighted_is_what_is_saved_is_what_is_exported(visit, names):
    one = desk.Desk(visit(), names).sit_down()
    wanted = {text.replace("\r\n", "\n"): words for text, words in CASES}
    for _ in CASES:
        text = one.reads()
        for number, words in enumerate(wanted[text]):
            drag(one, words)
            one.press("n" if number % 2 else "p")
            expect(one.page.locator(".mark-fill.is-chosen").first).to_be_attached()
            assert one.page.evaluate(LIT) == words
            one.press("Escape")
        one.gives("Enter")
    kept = {row["data"]["text"]: row["gold"]["spans"] for row in names.kept(len(CASES))}
    assert {text: [span["text"] for span in spans] for text, spans in kept.items()} == wanted
    exported = names.owner.lines(f"/api/v1/projects/{names.pk}/export/?format=jsonl")
    for row in map(json.loads, exported):
        text, spans = row["data"]["text"], row["answer"]["spans"]
        assert [text[span["start"] : span["end"]] for span in spans] == wanted[text]


def drag(one, words):
    """From before the first character to behind the last one, a little short of both."""
    a, b, c, d, y = one.page.evaluate(BOX, words)
    begin, end = (0.2, 0.8) if a <= c else (0.8, 0.2)
    ends = a + (b - a) * begin, c + (d - c) * end
    one.page.mouse.move(ends[0], y)
    one.page.mouse.down()
    one.page.mouse.move(ends[1], y, steps=3)
    one.page.mouse.up()
