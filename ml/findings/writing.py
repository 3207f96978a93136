"""Whether Chinese is written in simplified or traditional characters."""

from __future__ import annotations

import re
from functools import cache

_IDEOGRAPHS = range(0x4E00, 0xA000)
_IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
_KANA = re.compile("[\u3041-\u30ff]")


def counts(text: str) -> tuple[int, int]:
    """How many characters are only simplified, and how many only traditional.

    Only simplified is what OpenCC turns into another character and Big5 does not know; only
    traditional what it turns back and GB 2312 does not know. What both write alike counts nowhere,
    nor does Japanese, whose characters are some of each.
    """
    if text.isascii() or not _IDEOGRAPH.search(text) or _KANA.search(text):
        return 0, 0
    simplified, traditional = _only()
    return len(simplified.findall(text)), len(traditional.findall(text))


def is_mixed(text: str) -> bool:
    """Whether both are in one text."""
    return all(counts(text))


@cache
def _only() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What is only simplified, and only traditional."""
    return _changed("s2t", unknown_to="big5"), _changed("t2s", unknown_to="gb2312")


def _changed(conversion: str, *, unknown_to: str) -> re.Pattern[str]:
    from opencc import OpenCC

    own = list(map(chr, _IDEOGRAPHS))
    turned = OpenCC(conversion).convert("\n".join(own)).split("\n")
    found = [a for a, b in zip(own, turned, strict=True) if a != b and not _knows(unknown_to, a)]
    return re.compile(f"[{''.join(found)}]")


def _knows(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
