"""Which writing and language texts are in, and whether a base model can read them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from ml.base_models import BaseModel

SAMPLE = 500  # texts
UNREAD = 0.2  # the share of unknown characters from which on a model does not read a language
FOREIGN = 0.3  # the share of letters of other scripts from which on English is not the language

UNTOLD = "und"  # the language of what is too short to tell it by
HEARD = 500  # characters of a text
LETTERS_ENOUGH = 12  # of an alphabet that several languages share
SURE = 0.5  # the probability below which a language is not told

# Scripts that tell the language, in the order in which they are asked: Japanese has Chinese
# characters too, Chinese has no kana.
_TELLING = {
    "ja": "\u3041-\u30fa\u31f0-\u31ff\uff66-\uff9d",
    "ko": "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3",
    "zh": "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "th": "\u0e01-\u0e5b",
    "lo": "\u0e81-\u0edf",
    "my": "\u1000-\u109f",
    "km": "\u1780-\u17ff",
    "he": "\u05d0-\u05f2",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "hy": "\u0531-\u058a",
    "ka": "\u10a0-\u10ff",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "bn": "\u0980-\u09ff",
    "am": "\u1200-\u137f",
}
# Scripts that several languages share, and those of them that are told apart.
_SHARED = {
    "ar fa ur": "\u0620-\u06ff\u0750-\u077f",
    "hi mr ne": "\u0900-\u097f",
    "ru uk bg sr be mk kk mn": "\u0400-\u04ff",
    "en de fr es it pt nl sv da no fi pl cs sk hu ro tr vi id hr sl et lv lt ca sq sw tl": (
        "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
    ),
}
_SCRIPTS = {code: re.compile(f"[{letters}]") for code, letters in (_TELLING | _SHARED).items()}
_PLAIN = re.compile("[A-Za-z]")
_LATIN = list(_SHARED)[-1]

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


def language(text: str) -> str:
    """The code of the language (ISO 639-1), or "und" where there is too little to tell it by.

    By the script; where languages share one, by py3langid (Lui and Baldwin 2012) among those that
    are usual in it. Hears the first 500 characters.
    """
    text = text[:HEARD]
    codes, letters = _script(text)
    if " " not in codes:
        return codes
    if letters < LETTERS_ENOUGH:
        return UNTOLD
    code, probability = _identifier(codes).classify(text)
    return code if probability >= SURE else UNTOLD


def _script(text: str) -> tuple[str, int]:
    """The languages of the script that most letters are in, and how many letters those are."""
    if text.isascii():
        return _LATIN, len(_PLAIN.findall(text))
    counts = {codes: len(pattern.findall(text)) for codes, pattern in _SCRIPTS.items()}
    # A word in kana among Chinese characters makes a text Japanese.
    if counts["ja"] * 10 >= counts["zh"]:
        counts["ja"] += counts.pop("zh") if counts["ja"] else 0
    # A Chinese character says as much as a few letters.
    weights = {codes: count * (3 if codes in "zh ja" else 1) for codes, count in counts.items()}
    codes = max(weights, key=lambda each: weights[each])
    return (codes, counts[codes]) if counts[codes] else (_LATIN, 0)


@cache
def _identifier(codes: str) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(codes.split(" "))
    return identifier


def _share(texts: Sequence[str], asked: Callable[[str], bool]) -> float:
    letters = [letter for text in _sample(texts) for letter in text[:2000] if letter.isalpha()]
    return sum(map(asked, letters)) / len(letters) if letters else 0.0


def _is_latin(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN")


def _sample(texts: Sequence[str]) -> list[str]:
    every = max(1, len(texts) // SAMPLE)
    return list(texts[::every][:SAMPLE])
