"""Why examples do not go out in a format, in words: each sentence has a code."""

# ruff: noqa: E501  (a sentence is one string: the catalogue of translations is read line by line)
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise] = {
    "no-passages": _(
        "CoNLL holds marked passages of texts, and the answers of this project are something else. Choose another format."
    ),
    "overlapping": _(
        "Some passages overlap, and CoNLL has one tag for each word. Choose another format, such as doccano or JSON Lines."
    ),
    "no-place": _(
        "This format has no place for the answers of this project. Choose another format, such as JSON Lines."
    ),
    "cell-long": _(
        "A cell of an Excel file holds at most 32,767 characters, and a text here is longer. Choose another format, such as CSV or Parquet."
    ),
    "labels-moving": _(
        "Labels are being changed right now. Export again when that is done, or choose JSON Lines."
    ),
    "many": _("Five files are being written already. Wait for one of them, or cancel one."),
    "our-mistake": _(
        "The studio made a mistake while it wrote this file. The log of the worker says where; please report it."
    ),
    "gave-up": _("Writing this file was interrupted three times. Please export again."),
}


class Refused(ValueError):
    """These examples do not fit into this format. `str()` of it is a sentence for whoever asked."""

    def __init__(self, code: str) -> None:
        super().__init__(str(SENTENCES[code]))
        self.code = code
