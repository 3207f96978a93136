"""What is wrong with a file or its rows, in the reader's language, from code and values.

The English is that of `ml`, and of the jobs; a test holds them together.
"""

# ruff: noqa: E501  (a sentence is one string: the catalogue of translations is read line by line)
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ml.refusing import Refusal
from projects.models import Upload

SENTENCES = {
    "file-empty": _("The file is empty. Choose a file with at least a header and one row."),
    "file-no-rows": _("The file has a header, but no rows below it."),
    "file-json-list": _(
        "This is one JSON list. Save it as JSON Lines (one object on each line) or as CSV."
    ),
    "file-binary": _(
        "This is not a text file (it holds binary data). Export the table as CSV or JSON Lines."
    ),
    "file-encoding": _(
        "The characters of this file are in no encoding that we know. Save it as UTF-8 (in Excel: “CSV UTF-8”) and upload it again."
    ),
    "file-no-object": _(
        "No line at its start is a JSON object such as %(form)s. JSON Lines has one object on each line."
    ),
    "header-unreadable": _(
        "The first line cannot be read as a header. Is a quotation mark left open?"
    ),
    "header-empty": _("The header line is empty. The first line must name the columns."),
    "header-twice": _("Two columns are called “%(column)s”. Give each column its own name."),
    "header-twice:unnamed": _("Two columns are without a name. Give each column its own name."),
    "column-missing": _("The file has no column “%(column)s”. It has: %(columns)s."),
    "column-unclear": _(
        "No column is clearly the %(field)s. The file has: %(columns)s. Say which one it is (with the API: by a mapping)."
    ),
    "column-unknown": _("“%(field)s” cannot be mapped here. What can: %(fields)s."),
    "row-long": _("Row %(row)s is longer than %(most)s characters."),
    "row-deep": _("Row %(row)s is nested too deeply."),
    "row-not-json": _(
        "Row %(row)s is not valid JSON: what stands at character %(place)s does not fit. Are names and texts in double quotes, and is every bracket closed?"
    ),
    "row-not-json:number": _(
        "Row %(row)s is not valid JSON: %(name)s is not a number there. Leave it out, or write null."
    ),
    "row-not-json:digits": _("Row %(row)s holds a number with too many digits. Put it in quotes."),
    "row-not-object": _("Row %(row)s is not a JSON object such as %(form)s."),
    "row-unreadable": _(
        "Row %(row)s cannot be read as a row of a table. Is a quotation mark left open?"
    ),
    "row-columns": _(
        "Row %(row)s has %(have)s columns, the header has %(want)s. Is a comma inside a text missing its quotes?"
    ),
    "text-missing": _("An example looks like %(form)s; here there is no “text”."),
    "text-more": _("An example holds nothing but “text”; please leave out %(names)s."),
    "text-not-text": _("The text must be a string, in quotes."),
    "text-nul": _(
        "The text holds a NUL character, as binary files do. Is this really a text file?"
    ),
    "text-half": _("The text holds half of a character pair, which no file can keep."),
    "text-empty": _("The text is empty."),
    "text-long": _(
        "The text has %(have)s characters; at most %(most)s can be read. Please cut it into parts."
    ),
    "label-shape": _("An answer looks like %(form)s, with one label in quotes."),
    "label-more": _("An answer holds nothing but “label”; please leave out %(names)s."),
    "label-empty": _("The label is empty. The labels are: %(labels)s."),
    "label-empty:more": _("The label is empty. The labels are: %(labels)s and %(more)s more."),
    "label-empty:none": _(
        "The label is empty. The project has no labels yet: please add some first."
    ),
    "label-unknown": _("“%(given)s” is not a label of this project. Its labels are: %(labels)s."),
    "label-unknown:more": _(
        "“%(given)s” is not a label of this project. Its labels are: %(labels)s and %(more)s more."
    ),
    "label-unknown:none": _(
        "“%(given)s” is not a label of this project. The project has no labels yet: please add some first."
    ),
    "label-unknown:alike": _(
        "“%(given)s” is not a label of this project. Did you mean “%(alike)s”?"
    ),
    "gave-up": _(
        "Reading this file was interrupted three times. What was read stays; upload the file again to get the rest."
    ),
    "our-mistake": _(
        "The studio made a mistake with this file. What was read stays; the log of the worker says where. Please report it, with the row that follows the last one read."
    ),
}
_OF_ROW = _("Row %(row)s: %(sentence)s")


def error(upload: Upload) -> str:
    """Why the file as a whole could not be read; empty where it could."""
    return _worded(upload.error_said, upload.error) if upload.error else ""


def problems(upload: Upload, most: int) -> list[str]:
    """What is wrong with the first rows that are left out.

    After a look alone, a label that the project could still get leaves no row out.
    """
    kept = [one for one in upload.problems if one.get("new_label") not in upload.new_labels]
    return [problem(one) for one in kept[:most]]


def problem(kept: Mapping[str, Any]) -> str:
    """In English where it has no code."""
    said, row = kept.get("said", {}), kept["row"]
    sentence = _worded(said, kept["reason"])
    if not row or said.get("code") not in SENTENCES or "row" in said["values"]:
        return sentence  # it says itself which row
    return str(_OF_ROW) % {"row": row, "sentence": sentence}


def refusal(why: Refusal) -> str:
    """What was just refused."""
    return _worded({"code": why.code, "values": why.values}, str(why))


def _worded(said: Mapping[str, Any], english: str) -> str:
    sentence = SENTENCES.get(said.get("code", ""))
    return str(sentence) % said.get("values", {}) if sentence else english
