import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import findings, mending
from ml.findings import personal, signs


def full_width(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)


MENDS = (
    mending.normal_blanks,
    mending.normal_width,
    mending.without_html,
    mending.repaired,
    mending.simplified,
    mending.traditional,
    lambda text: mending.masked(text)[0],
)
TAGS = "<b> </p> < > &amp; &lt; &#38; amp; &#x3c; <!-- --> <script>"
NUMBERS = "13800138000 +4917012345678 DE89370400440532013000 4111111111111111 11010519491231002X"
PIECES = st.sampled_from(
    [
        *f"{TAGS} {NUMBERS} a@b.cc [phone] 1 x é Ã© â€™ \uff21 ｶﾞ ﾞ 乾隆 头发 後".split(" "),
        *("\u00a0", "\u200b", "  ", "\n", " \t", "\u3000", "\ud800"),
    ]
)
STRINGS = st.text(st.characters(exclude_categories=[]), max_size=40) | st.lists(
    PIECES, max_size=12
).map("".join)


@settings(max_examples=250, deadline=None)
@given(STRINGS)
def test_any_text_is_mended_once_for_all(text):
    for mend in MENDS:
        once = mend(text)
        assert mend(once) == once


@settings(max_examples=250, deadline=None)
@given(STRINGS)
def test_what_was_mended_is_not_found_again(text):
    assert signs.blanks(mending.normal_blanks(text)) == []
    assert signs.odd_widths(mending.normal_width(text)) == 0
    assert personal.spans(mending.masked(text)[0]) == []
    findings.look(text)


@settings(max_examples=100, deadline=None)
@given(STRINGS)
def test_what_has_no_odd_blank_stays(text):
    if signs.blanks(text) == []:
        assert mending.normal_blanks(text) == text


def test_blanks_become_usual():
    text = "\ufeff  one\u00a0two   three \n\n four\u200b\u3000"
    assert mending.normal_blanks(text) == "one two three\n\n four"
    assert mending.normal_blanks("👩\u200d👩\u200d👧") == "👩\u200d👩\u200d👧"


def test_only_forms_of_width_change():
    assert mending.normal_width(full_width("ABC123+4%") + " ｶﾞｲﾄﾞ ﬁ ² ①") == "ABC123+4% ガイド ﬁ ² ①"
    assert mending.normal_width("你好，世界！（是的）？：；") == "你好，世界！（是的）？：；"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<p>One</p><p>two &amp; three</p>", "One\n\ntwo & three"),
        ("one<br>two<BR/>three", "one\ntwo\nthree"),
        ('<a href="x">link</a> and <b>bold</b>', "link and bold"),
        ("a < b, I <3 it, x > y & z", "a < b, I <3 it, x > y & z"),
        ("<script>alert(1)</script>seen<!-- unseen -->", "seen"),
        ("&amp;lt;b&amp;gt;twice", "twice"),
        ("<name> is no tag", "<name> is no tag"),
    ],
)
def test_html_goes_and_its_text_stays(text, plain):
    assert mending.without_html(text) == plain


def test_a_wrong_encoding_is_undone_and_nothing_else():
    assert mending.repaired("CafÃ© trÃ¨s bon") == "Café très bon"
    other = f"“quoted” ﬁne {full_width('ABC')} &amp;"
    assert mending.repaired(other) == other
    assert mending.repaired("CafÃ© \ud800") == "Café \ud800"


def test_chinese_goes_both_ways():
    assert mending.simplified("這個包裹沒有收到") == "这个包裹没有收到"
    assert mending.traditional("这个包裹没有收到") == "這個包裹沒有收到"
    assert mending.traditional("头发和后天") == "頭髮和後天"


def test_personal_data_is_masked_and_counted():
    text = "Call +49 170 1234567 or mail a@b.org; card 4111 1111 1111 1111."
    assert mending.masked(text) == ("Call [phone] or mail [e-mail]; card [card].", 3)
    assert mending.masked(text, ["e-mail"])[1] == 1
    assert mending.masked("nothing here") == ("nothing here", 0)


@pytest.mark.parametrize("unit", ["<!--", "<script>", "<b", "&amp;", "<b>", "a@", "1 ", " \n"])
def test_mending_takes_linear_time(unit):
    text = unit * (50_000 // len(unit))
    for mend in MENDS:
        started = time.process_time()
        mend(text)
        assert time.process_time() - started < 1
