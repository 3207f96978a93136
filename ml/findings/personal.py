"""Where a text names what belongs to a person: addresses, telephones, numbers of cards and papers.

Every pattern takes time in proportion to the length of the text: what repeats is possessive or
bounded, and begins only where the like of it cannot have begun before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

KINDS = ("e-mail", "id", "card", "iban", "phone")


@dataclass(frozen=True)
class Span:
    """Characters `start` to `stop` of a text, and what they are: one of KINDS."""

    kind: str
    start: int
    stop: int


# A full-width digit is a digit as well; the places stay the same.
_WIDTHS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FULL_WIDTH = re.compile("[\uff01-\uff5e]")
_SIX_DIGITS = re.compile("(?:[0-9][^0-9]{0,3}+){5}[0-9]")

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}+@(?:[A-Za-z0-9-]{1,63}+\.){1,8}[A-Za-z]{2,24}"
)
_ID = re.compile(
    r"(?<![A-Za-z0-9])[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"[0-9]{3}[0-9Xx](?![A-Za-z0-9])"
)
_CARD = re.compile(
    r"(?<![0-9])(?:[2-6][0-9]{12,18}|[2-6][0-9]{3}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{1,7}"
    r"|3[0-9]{3}([ -])[0-9]{6}\2[0-9]{4,5})(?![0-9])"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}[A-Z0-9 ]{11,40}+")
# International, Chinese mobile, Chinese with the code of a town, American, British.
_PHONE = re.compile(
    r"(?<![0-9A-Za-z+])(?:\+|(?<![0-9][ -])00)[1-9](?:[ .()/-]{0,2}+[0-9]){6,14}+(?![0-9])"
    r"|(?<![0-9])(?:86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])"
    r"|(?<![0-9-])0[0-9]{2,3}-[0-9]{7,8}(?![0-9])"
    r"|(?<![0-9])(?:\(0[1-9][0-9]{1,3}\)|0[1-9][0-9]{1,3})[ -][0-9]{3,4}[ -][0-9]{3,4}(?![0-9])"
    r"|(?<![0-9])(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[.-])[0-9]{3}[.-][0-9]{4}(?![0-9])"
)
# Length by country: ISO 13616, the registry of SWIFT.
_IBAN_LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "FO", "GL", "NL"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "XK"), 20),
    **dict.fromkeys(("CH", "CR", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "BH", "DE", "GB", "GE", "IE", "ME", "RS", "VA"), 22),
    **dict.fromkeys(("AE", "GI", "IL", "IQ", "TL"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
    **dict.fromkeys(("LY", "PT", "ST"), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("FR", "GR", "IT", "MC", "MR", "SM"), 27),
    **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HU", "LB", "PL", "SV"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
    **dict.fromkeys(("JO", "KW", "MU"), 30),
    **dict.fromkeys(("MT", "SC"), 31),
}
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def spans(text: str) -> list[Span]:
    """Everything found, in order; no two overlap. The first of KINDS wins."""
    if not text.isascii() and _FULL_WIDTH.search(text):
        text = text.translate(_WIDTHS)
    found: list[Span] = []
    if "@" in text:
        found.extend(_matches("e-mail", _EMAIL, text))
    if _SIX_DIGITS.search(text):
        found.extend(_matches("id", _ID, text, is_right=_is_id))
        found.extend(_matches("card", _CARD, text, is_right=_is_card))
        found.extend(_ibans(text))
        found.extend(_matches("phone", _PHONE, text))
    return _apart(found) if len(found) > 1 else found


def _matches(
    kind: str, pattern: re.Pattern[str], text: str, *, is_right: Callable[[str], bool] | None = None
) -> Iterator[Span]:
    for match in pattern.finditer(text):
        if is_right is None or is_right(match.group()):
            yield Span(kind, *match.span())


def _is_id(number: str) -> bool:
    """By the check digit of GB 11643 (ISO 7064, MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17].upper()


def _is_card(number: str) -> bool:
    """By its length and check digit (ISO/IEC 7812, Luhn)."""
    digits = [int(each) for each in reversed(number) if each.isdigit()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    varied = len(set(digits)) > 1
    return 13 <= len(digits) <= 19 and varied and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _ibans(text: str) -> Iterator[Span]:
    """By the length of the country and the check digits (ISO 13616, MOD 97-10)."""
    for match in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(match.group()[:2])
        places = [at for at in range(*match.span()) if text[at] != " "]
        if length is None or len(places) < length:
            continue
        number = "".join(text[at] for at in places[:length])
        stop = places[length - 1] + 1
        if not text[stop : stop + 1].isalnum() and _has_right_rest(number):
            yield Span("iban", match.start(), stop)


def _has_right_rest(number: str) -> bool:
    turned = number[4:] + number[:4]
    return int("".join(str(int(each, 36)) for each in turned)) % 97 == 1


def _apart(found: list[Span]) -> list[Span]:
    order = {kind: at for at, kind in enumerate(KINDS)}
    kept: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start, order[span.kind])):
        if not kept or span.start >= kept[-1].stop:
            kept.append(span)
        elif order[span.kind] < order[kept[-1].kind]:
            kept[-1] = span
    return kept
