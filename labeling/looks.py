"""How a person likes their desk: texts, the drawer, names at the review. Kept in cookies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

A_YEAR = 365 * 24 * 3600
SIZES: Final = {
    "small": _("Small text"),
    "medium": _("Medium text"),
    "large": _("Large text"),
    "huge": _("Huge text"),
}
DIRECTIONS: Final = {"auto": _("By the text"), "ltr": _("Left to right"), "rtl": _("Right to left")}
TABS: Final = ("guidelines", "similar", "history", "comments", "closed")


@dataclass(frozen=True)
class Look:
    """What the cookies say."""

    size: str
    direction: str
    tab: str  # of the drawer; “closed” where it is


_KNOWN = {"size": SIZES, "direction": DIRECTIONS, "tab": TABS}
_COOKIES = {"size": "desk_size", "direction": "desk_direction", "tab": "desk_drawer"}
_USUAL = {"size": "medium", "direction": "auto", "tab": "guidelines"}


def of(cookies: Mapping[str, str]) -> Look:
    found = {name: cookies.get(cookie, "") for name, cookie in _COOKIES.items()}
    return Look(
        **{name: said if said in _KNOWN[name] else _USUAL[name] for name, said in found.items()}
    )


def choose(response: HttpResponse, asked: Mapping[str, str], cookies: Mapping[str, str]) -> None:
    """Keep what a form asks for. The tab that is open already is closed."""
    for name, known in _KNOWN.items():
        said = asked.get(name, "")
        if said in known:
            if name == "tab" and said == of(cookies).tab:
                said = "closed"
            secure = settings.SESSION_COOKIE_SECURE
            cookie = _COOKIES[name]
            response.set_cookie(cookie, said, max_age=A_YEAR, samesite="Lax", secure=secure)


def blind(asked: Mapping[str, str], cookies: Mapping[str, str]) -> bool:
    """Whether a reviewer sees no names, as they just asked or as they did before."""
    return asked.get("names", cookies.get("review_names", "")) == "hidden"


def keep_blind(response: HttpResponse, *, blind: bool) -> None:
    said, secure = "hidden" if blind else "shown", settings.SESSION_COOKIE_SECURE
    response.set_cookie("review_names", said, max_age=A_YEAR, samesite="Lax", secure=secure)
