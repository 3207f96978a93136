"""Fixes of what `ml.findings` sees: pure functions from text to text.

Each takes any string, and what it gave it leaves as it is: mending twice is mending once.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Collection
from functools import cache

from ml.findings import personal, signs

PASSES = 8
_SURROGATES = re.compile("([\ud800-\udfff]+)")
_LINE_END = re.compile(r"</?(?:p|br|div|li|tr|h[1-6]|ul|ol|table|blockquote)(?:\s[^<>]*)?/?>", re.I)
_UNSEEN = {
    re.compile("<!--"): re.compile("-->"),
    re.compile(r"<script\b[^<>]*>", re.I): re.compile(r"</script\s*>", re.I),
    re.compile(r"<style\b[^<>]*>", re.I): re.compile(r"</style\s*>", re.I),
}
_AMPERSAND = re.compile("&(?:(?:amp|#0{0,5}38|#x0{0,5}26);)+", re.IGNORECASE)
_LINES = re.compile(r"[ \t]*\n[ \t]*")
_MANY_LINES = re.compile(r"\n{3,}")

Mend = Callable[[str], str]


def _settled(mend: Mend) -> Mend:
    """Mended until nothing changes; a text that does not settle soon is left as it was."""

    def mended(text: str) -> str:
        before, after = text, mend(text)
        for _ in range(PASSES):
            if after == before:
                return after
            before, after = after, mend(after)
        return text

    mended.__doc__ = mend.__doc__
    return mended


def normal_blanks(text: str) -> str:
    """No blanks around, doubled, non-breaking or of no width. Single line ends and tabs stay."""
    text = signs.ZERO_WIDTH.sub("", text)
    text = signs.ODD_BLANK.sub(" ", text)
    text = signs.DOUBLED.sub(" ", text)
    text = re.sub("[ \t]+\n", "\n", text)
    return text.strip(" \t\n\u3000")


def normal_width(text: str) -> str:
    """Full-width Latin letters, digits and signs to ASCII, half-width kana to full width.

    The full-width signs that Chinese is written with (，！？：；（）) stay, as does all else.
    """
    text = text.translate(signs.FULL)
    return signs.HALF_KANA.sub(lambda kana: unicodedata.normalize("NFKC", kana.group()), text)


@_settled
def without_html(text: str) -> str:
    """Without tags, comments and scripts; entities decoded; paragraphs and breaks as line ends.

    What is no tag stays: "<3", "a < b".
    """
    if not signs.html(text):
        return text
    for begin, end in _UNSEEN.items():
        text = _without(begin, end, text)
    text = _LINE_END.sub("\n", text)
    text = signs.TAG.sub("", text)
    text = signs.ENTITY.sub(lambda entity: html.unescape(entity.group()), _AMPERSAND.sub("&", text))
    return _MANY_LINES.sub("\n\n", _LINES.sub("\n", text)).strip()


def _without(begin: re.Pattern[str], end: re.Pattern[str], text: str) -> str:
    """Without what stands from a beginning to the next end. Looks for no end twice."""
    pieces, at = [], 0
    while (opened := begin.search(text, at)) and (closed := end.search(text, opened.end())):
        pieces.append(text[at : opened.start()])
        at = closed.end()
    return "".join([*pieces, text[at:]])


@_settled
def repaired(text: str) -> str:
    """Text that was read in the wrong encoding, read in the right one (ftfy.fix_encoding alone)."""
    if text.isascii():
        return text
    from ftfy import fix_encoding

    return _between_surrogates(fix_encoding, text)


@_settled
def simplified(text: str) -> str:
    """Chinese in simplified characters (OpenCC, t2s)."""
    return _between_surrogates(_converter("t2s"), text)


@_settled
def traditional(text: str) -> str:
    """Chinese in traditional characters (OpenCC, s2t)."""
    return _between_surrogates(_converter("s2t"), text)


@cache
def _converter(conversion: str) -> Mend:
    from opencc import OpenCC

    convert: Mend = OpenCC(conversion).convert
    return convert


def _between_surrogates(mend: Mend, text: str) -> str:
    """Half a character, which JSON can carry, is none that other libraries take."""
    if text.isascii():
        return text
    parts = _SURROGATES.split(text)
    return "".join(part if at % 2 else mend(part) for at, part in enumerate(parts))


def masked(text: str, kinds: Collection[str] = personal.KINDS) -> tuple[str, int]:
    """The text with "[e-mail]", "[phone]" … in place of these kinds, and how many were replaced."""
    count = 0
    # What is taken out may uncover another: a number that began where one ended.
    while spans := [span for span in personal.spans(text) if span.kind in kinds]:
        count += len(spans)
        pieces, at = [], 0
        for span in spans:
            pieces += [text[at : span.start], f"[{span.kind}]"]
            at = span.stop
        text = "".join([*pieces, text[at:]])
    return text, count
