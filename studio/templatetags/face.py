"""What templates need to speak: icons, figures in words, label colours. No logic of any room."""

from datetime import timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()
NONE = "\N{EN DASH}"
_ICONS = settings.BASE_DIR / "node_modules" / "@tabler" / "icons" / "icons"


@lru_cache
def _drawing(name: str, style: str) -> str:
    text: str = (_ICONS / style / f"{name}.svg").read_text(encoding="utf-8")
    inside = text.partition(">")[2] if text.startswith("<svg") else text.partition("<svg")[2]
    return " ".join(inside.partition("</svg>")[0].split())


@register.simple_tag
def icon(name: str, style: str = "outline") -> SafeString:
    """A Tabler icon drawn in place: no request, no font. It is decoration; words stand beside."""
    paint = 'fill="currentColor"' if style == "filled" else 'fill="none" stroke="currentColor"'
    return mark_safe(  # noqa: S308  (from our own packages)
        f'<svg class="icon" viewBox="0 0 24 24" width="20" height="20" {paint} stroke-width="1.75" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f"{_drawing(name, style)}</svg>"
    )


@register.filter
def percent(share: object, digits: int = 1) -> str:
    """0.941 → “94.1 %”. An unknown share is a dash."""
    if not isinstance(share, int | float):
        return NONE
    # Rounded first: Django's own formatting cuts off what is too long.
    return f"{number_format(round(share * 100, digits), digits, use_l10n=True)} %"


@register.filter
def whole_percent(share: object) -> str:
    """0.518 → “52 %”."""
    return percent(share, 0)


@register.filter
def of_100(share: object) -> str:
    """0.941 → “94”: how many of a hundred."""
    return str(round(share * 100)) if isinstance(share, int | float) else NONE


@register.filter
def counted(number: object) -> str:
    """12480 → “12,480”."""
    return number_format(number, force_grouping=True) if isinstance(number, int) else NONE


@register.filter
def lasting(seconds: object) -> str:
    """How long, as a person says it: “about 4 min”."""
    if not isinstance(seconds, int | float | timedelta):
        return ""
    whole = seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds)
    if whole < 90:
        return _("%(count)s s") % {"count": max(1, round(whole))}
    if whole < 90 * 60:
        return _("%(count)s min") % {"count": round(whole / 60)}
    return _("%(count)s h") % {"count": round(whole / 3600, 1)}


@register.simple_tag
def swatch(label: dict[str, Any]) -> SafeString:
    """A dot in the label's own colour; its name stands beside."""
    return format_html(
        '<svg class="swatch" viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">'
        '<circle cx="5" cy="5" r="4.5" fill="{}" stroke="currentColor" stroke-opacity=".45"/>'
        "</svg>",
        label.get("color") or "#888888",
    )


@register.filter
def at(mapping: dict[str, Any] | None, key: Any) -> Any:
    """`mapping[key]`, or nothing."""
    return (mapping or {}).get(key)
