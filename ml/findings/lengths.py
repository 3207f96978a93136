"""Which texts are too short to say anything, or too long for a model to read whole."""

from __future__ import annotations

import re
from pathlib import Path

from ml.tokenizing import CHARACTERS_A_TOKEN, Tokens

_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Two words, or two letters of a script without blanks.
_ENOUGH = re.compile(rf"[{_UNSPACED}]\W*+\w|\w\W++\w|\w[{_UNSPACED}]")
_KOREAN = re.compile("[\uac00-\ud7a3]")
_WORD = re.compile(r"\w")


def is_short(text: str) -> bool:
    """Whether it is one word, or one letter of a script without blanks."""
    return _WORD.search(text) is not None and _ENOUGH.search(text) is None


class Reader:
    """How much of a text a base model reads."""

    def __init__(self, folder: Path, *, longest: int) -> None:
        """Of the base model in that folder, which reads `longest` tokens."""
        self.longest = longest
        self._tokens = Tokens(folder / "tokenizer.json", max_length=longest + 1)

    def too_many(self, text: str) -> int:
        """At least how many tokens there are, if they are more than the model reads; else 0.

        Only where the number of characters leaves it open, the text is cut up.
        """
        if len(text) * _tokens_a_character(text) + 2 <= self.longest:
            return 0
        if len(text) > self.longest * CHARACTERS_A_TOKEN:
            return self.longest + 1
        count = len(self._tokens.ids([text])[0])
        return count if count > self.longest else 0


def _tokens_a_character(text: str) -> float:
    """More than any tokenizer makes of a character on average: a Korean syllable is up to three
    letters, and rare characters are cut into their bytes."""
    return 1.2 if text.isascii() else 3 if _KOREAN.search(text) else 1.5
