"""What a page says of findings: what exactly is odd, where in the text, and what mends it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from ml import mending
from ml.findings import personal, signs
from projects.models import Deed, Finding, Kind

AROUND = 60  # characters before the first odd place, where the text is long
SHOWN = 280
BLANK = "\N{MIDDLE DOT}"

# In which they are worth a look.
ORDER = (
    Kind.CONTRADICTION,
    Kind.PERSONAL,
    Kind.REPEAT,
    Kind.MEANING,
    Kind.MOJIBAKE,
    Kind.HTML,
    Kind.LANGUAGE,
    Kind.LONG,
    Kind.EMPTY,
    Kind.SHORT,
    Kind.SCRIPT,
    Kind.WIDTH,
    Kind.BLANKS,
    Kind.OUTLIER,
)


@dataclass(frozen=True)
class Fix:
    """A button: the act it begins. `ways` mend the text."""

    name: str
    word: Any
    deed: Deed
    icon: str
    ways: tuple[str, ...] = ()


_ASIDE = Fix("set-aside", _("Set all aside"), Deed.SET_ASIDE, "archive")
FIXES: dict[str, tuple[Fix, ...]] = {
    Kind.CONTRADICTION: (Fix("review", _("Send them to review"), Deed.REVIEW, "eye"),),
    Kind.MEANING: (
        Fix("set-aside", _("Set aside all but one of each"), Deed.SET_ASIDE, "archive"),
    ),
    Kind.REPEAT: (Fix("set-aside", _("Set aside all but one of each"), Deed.SET_ASIDE, "archive"),),
    Kind.PERSONAL: (Fix("mask", _("Mask what is ticked"), Deed.MASK, "eye-off"),),
    Kind.MOJIBAKE: (
        Fix("mend", _("Repair the characters"), Deed.MEND, "wand", ("mojibake",)),
        _ASIDE,
    ),
    Kind.HTML: (Fix("mend", _("Take the HTML out"), Deed.MEND, "wand", ("html", "blanks")), _ASIDE),
    Kind.LANGUAGE: (_ASIDE,),
    Kind.EMPTY: (_ASIDE,),
    Kind.SHORT: (_ASIDE,),
    Kind.LONG: (_ASIDE,),
    Kind.OUTLIER: (_ASIDE,),
    Kind.SCRIPT: (
        Fix("simplified", _("All to simplified"), Deed.MEND, "wand", ("simplified",)),
        Fix("traditional", _("All to traditional"), Deed.MEND, "wand", ("traditional",)),
    ),
    Kind.WIDTH: (Fix("mend", _("Make widths the usual ones"), Deed.MEND, "wand", ("width",)),),
    Kind.BLANKS: (Fix("mend", _("Tidy the blanks"), Deed.MEND, "wand", ("blanks",)),),
}
PERSONAL = {
    "e-mail": _("e-mail addresses"),
    "phone": _("telephone numbers"),
    "id": _("identity card numbers"),
    "card": _("payment card numbers"),
    "iban": _("bank accounts"),
}
BLANKS = {
    "around": _("blanks at the edges"),
    "doubled": _("doubled blanks"),
    "non-breaking": _("blanks that do not break"),
    "zero-width": _("invisible characters"),
}


@dataclass(frozen=True)
class Piece:
    """Some characters, and whether they are what is odd."""

    text: str
    odd: bool = False


def in_words(finding: Finding) -> str:
    """What exactly was found, where its kind leaves that open."""
    detail = finding.detail
    if finding.kind == Kind.BLANKS:
        return _listed(BLANKS, detail.get("kinds", []))
    if finding.kind == Kind.PERSONAL:
        return _listed(PERSONAL, [span[0] for span in detail.get("spans", [])])
    if finding.kind == Kind.LANGUAGE:
        return language(str(detail.get("language", "")))
    if finding.kind == Kind.LONG:
        return str(_("The model reads %(longest)s tokens.") % {"longest": detail.get("longest")})
    if finding.kind == Kind.CONTRADICTION and (answers := detail.get("answers")):
        return str(_("Files gave this very text %(count)s different answers.") % {"count": answers})
    return ""


def _listed(words: dict[str, Any], kinds: Iterable[str]) -> str:
    return ", ".join(str(words[kind]) for kind in dict.fromkeys(kinds) if kind in words)


def language(code: str) -> str:
    """The language's name, in the reader's own."""
    known = {"zh": "zh-hans", "no": "nb", "tl": "fil"}.get(code, code)
    if code in ("", "und"):
        return str(_("cannot be told"))
    return get_language_info(known)["name_translated"] if known in LANG_INFO else code


def pieces(kind: str, text: str, *, openly: bool) -> list[Piece]:
    """The text cut where something is odd; personal data only for those who may see it."""
    if not openly:
        text = mending.masked(text)[0]
    places = sorted(_places(kind, text)) if openly or kind != Kind.PERSONAL else []
    start = max(0, places[0][0] - AROUND) if places and len(text) > SHOWN else 0
    stop, at = start + SHOWN, start
    found = [Piece("…")] if start else []
    for begin, end in places:
        if at <= begin < stop:
            end = min(end, stop)
            odd = BLANK * (end - begin) if kind == Kind.BLANKS else text[begin:end]
            found += [Piece(text[at:begin]), Piece(odd, odd=True)]
            at = end
    return [*found, Piece(text[at:stop]), *([Piece("…")] if len(text) > stop else [])]


_WIDE = re.compile(f"[{re.escape(''.join(map(chr, signs.FULL)))}]+")
_PATTERNS: dict[str, tuple[re.Pattern[str], ...]] = {
    Kind.HTML: (signs.TAG, signs.ENTITY),
    Kind.WIDTH: (_WIDE, signs.HALF_KANA),
    Kind.BLANKS: (signs.ODD_BLANK, signs.ZERO_WIDTH, signs.DOUBLED, signs.AROUND),
}


def _places(kind: str, text: str) -> list[tuple[int, int]]:
    if kind == Kind.PERSONAL:
        return [(span.start, span.stop) for span in personal.spans(text)]
    found = (match.span() for each in _PATTERNS.get(kind, ()) for match in each.finditer(text))
    return list(found)
