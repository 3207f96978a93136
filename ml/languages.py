"""Which writing the data is in, and whether a base model can read it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from ml.base_models import BaseModel

SAMPLE = 500  # texts
UNREAD = 0.2  # the share of unknown characters from which on a model does not read a language
FOREIGN = 0.3  # the share of letters of other scripts from which on English is not the language

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def unspaced(texts: Sequence[str]) -> bool:
    """Whether the texts are mostly in a script that puts no blanks between words."""
    return _share(texts, lambda letter: _UNSPACED.match(letter) is not None) > FOREIGN


def reads(model: BaseModel, texts: Sequence[str]) -> bool:
    """Whether the model knows the characters of these texts and, as far as said, the language."""
    if model.languages == ("en",) and _share(texts, lambda letter: not _is_latin(letter)) > FOREIGN:
        return False
    return unread(model, texts) <= UNREAD


def unread(model: BaseModel, texts: Sequence[str]) -> float:
    """The share of letters and digits that the model's tokenizer has no token for."""
    from ml.tokenizing import Tokens

    if model.folder is None:
        return 1.0
    tokens = Tokens(model.folder / "tokenizer.json", max_length=512)
    return tokens.unread(_sample(texts))


def _share(texts: Sequence[str], asked: Callable[[str], bool]) -> float:
    letters = [letter for text in _sample(texts) for letter in text[:2000] if letter.isalpha()]
    return sum(map(asked, letters)) / len(letters) if letters else 0.0


def _is_latin(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN")


def _sample(texts: Sequence[str]) -> list[str]:
    every = max(1, len(texts) // SAMPLE)
    return list(texts[::every][:SAMPLE])
