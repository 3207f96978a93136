"""Signs that a machine left in a text: HTML, broken encodings, odd blanks and widths."""

from __future__ import annotations

import re
import unicodedata

# A tag has a name that HTML knows: "<3" and "a < b > c" are no tags, nor is "<name>".
_NAMES = (
    "a|abbr|article|aside|audio|b|big|blockquote|body|br|button|center|code|col|dd|del|div|dl|dt|"
    "em|embed|fieldset|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|"
    "label|li|link|main|mark|meta|nav|object|ol|option|p|pre|q|s|script|section|select|small|"
    "source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|textarea|tfoot|th|thead|"
    "title|tr|tt|u|ul|video"
)
TAG = re.compile(rf"</?({_NAMES})(?:\s[^<>]{{0,2000}})?/?>|<!--|<!doctype[^<>]{{0,200}}>", re.I)
ENTITY = re.compile(r"&(?:[a-z][a-z0-9]{1,30}|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)

_REPLACED = re.compile("\ufffd|锟斤拷|烫烫烫|ï»¿")

# Chinese is written with full-width signs: those stay. Letters, digits and the others do not.
_KEPT = "！（），：；？"
FULL = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in _KEPT}
_FULL = re.compile(f"[{re.escape(''.join(map(chr, FULL)))}]")
HALF_KANA = re.compile("[\uff65-\uff9f]+")

ODD_BLANK = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
# The joiners of emoji, Persian and Indian scripts are no leftovers.
ZERO_WIDTH = re.compile("[\u00ad\u200b\u2060\ufeff]")
DOUBLED = re.compile("[ \t]{2,}")
AROUND = re.compile("^[ \t\n\u3000]|[ \t\n\u3000]$|[ \t]\n")


def is_empty(text: str) -> bool:
    """Whether there is nothing but blanks, punctuation and what cannot be seen."""
    return not any(map(str.isalnum, text)) and not any(map(_is_symbol, text))


def _is_symbol(character: str) -> bool:
    return unicodedata.category(character) in ("So", "Sc")  # an emoji can be an answer


def html(text: str) -> int:
    """How many tags and entities there are."""
    tags = len(TAG.findall(text)) if "<" in text else 0
    return tags + (len(ENTITY.findall(text)) if "&" in text else 0)


def is_mojibake(text: str) -> bool:
    """Whether it looks as if read in the wrong encoding, by the heuristic of ftfy (Speer 2019)."""
    if text.isascii():
        return False
    from ftfy.badness import is_bad

    return bool(_REPLACED.search(text)) or bool(is_bad(text))


def odd_widths(text: str) -> int:
    """How many Latin letters, digits and signs are full-width, and kana half-width."""
    if text.isascii():
        return 0
    return len(_FULL.findall(text)) + sum(map(len, HALF_KANA.findall(text)))


def blanks(text: str) -> list[str]:
    """Which blanks are odd: "around", "doubled", "non-breaking", "zero-width"."""
    found = []
    if AROUND.search(text):
        found.append("around")
    if DOUBLED.search(text):
        found.append("doubled")
    if not text.isascii():
        if ODD_BLANK.search(text):
            found.append("non-breaking")
        if ZERO_WIDTH.search(text):
            found.append("zero-width")
    return found
