"""Why people skip: reasons to choose from, kept as a word and shown in the reader's language."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: Final[dict[str, Promise]] = {
    "unclear": _("unclear"),
    "no label fits": _("no label fits"),
    "broken": _("broken or empty"),
    "language": _("a language that I do not read"),
}


def in_words(reason: str) -> str:
    """One of the reasons; what somebody wrote themselves stays as it is."""
    return str(REASONS.get(reason, reason))
