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
    "fetch-address": _(
        "This is not an address that can be fetched: it begins with http:// or https:// and has no name or password in it."
    ),
    "fetch-unknown": _("The name “%(host)s” leads nowhere. Is it written right?"),
    "fetch-private": _(
        "“%(host)s” lies in a private network, where this studio does not fetch from. An administrator can open it (FETCH_ALLOW)."
    ),
    "fetch-no-answer": _(
        "“%(host)s” does not answer. Is the address right, and can it be reached from here?"
    ),
    "fetch-status": _(
        "The server answered with status %(status)s instead of the file. Is the address right, and may everyone read it?"
    ),
    "fetch-redirects": _("The address leads on more than %(most)s times. Use the one at its end."),
    "fetch-large": _(
        "The file is larger than %(most)s MB, which is the limit here. Split it, or ask the administrator to raise UPLOAD_LIMIT_MB."
    ),
    "fetch-slow": _(
        "Fetching took longer than %(minutes)s minutes and was stopped. Download the file yourself, then upload it."
    ),
    "fetch-broken": _("The connection broke before the file was whole. Try again."),
    "fetch-no-store": _("The answer is not that of an S3 store. Is the endpoint right?"),
    "fetch-forgotten": _("The secret key was kept for an hour only, and is gone. Begin again."),
    "fetch-many": _(
        "There are more than %(most)s files below this prefix. Choose a longer prefix."
    ),
    "fetch-nothing": _("There is no file to read below “%(prefix)s”."),
    "file-empty": _("The file is empty. Choose a file with at least a header and one row."),
    "file-no-rows": _("The file has a header, but no rows below it."),
    "file-binary": _(
        "This is not a text file (it holds binary data). Export the table as CSV or JSON Lines."
    ),
    "file-encoding": _(
        "The characters of this file are in no encoding that we know. Save it as UTF-8 (in Excel: “CSV UTF-8”) and upload it again."
    ),
    "file-no-object": _(
        "No line at its start is a JSON object such as %(form)s. JSON Lines has one object on each line."
    ),
    "file-kind": _(
        "This is a file of the kind %(kind)s, which cannot be read here. Save the table as CSV, XLSX or JSON Lines."
    ),
    "file-spacy": _(
        "Only spaCy itself can read its own binary files. Save the examples as JSON such as %(form)s."
    ),
    "file-damaged": _(
        "The file is damaged or was cut off: what is in it cannot be read to its end. Save it again, then upload it again."
    ),
    "file-inflated": _("Unpacked, this file holds more than %(most)s MB. Upload it in parts."),
    "file-inflated:ratio": _(
        "Unpacked, this file grows to more than %(most)s times its size, as harmful files do. Unpack it, then upload what is in it."
    ),
    "file-nested": _("“%(name)s” is an archive within an archive. Unpack it first."),
    "file-members": _(
        "This archive holds too many files: %(have)s, of at most %(most)s. Unpack it, and upload what you need."
    ),
    "file-nothing": _(
        "No file in this archive is a table that can be read, such as CSV, XLSX, JSON Lines or Parquet."
    ),
    "file-locked": _(
        "“%(name)s” in this archive has a password, or is packed in a way that cannot be read here. Pack it again as a plain ZIP."
    ),
    "file-member": _("“%(name)s” in this archive cannot be read. Upload it by itself to see why."),
    "file-unlike": _("“%(name)s” has other columns than “%(first)s”. Upload the two apart."),
    "file-columns": _(
        "The table has %(have)s columns; at most %(most)s can be read. Leave out those that you do not need."
    ),
    "file-sheet": _("The file has no sheet “%(sheet)s”. It has: %(sheets)s."),
    "file-no-sheet": _(
        "No sheet of this file holds a table. Choose a file with a header and at least one row."
    ),
    "file-type": _(
        "The column “%(column)s” is of a type that cannot be read here: %(type)s. Leave it out, or save it as text."
    ),
    "file-compressed": _(
        "This Arrow file is compressed. Save it without compression, or as Parquet."
    ),
    "file-group": _(
        "A row group of this file holds more than %(most)s MB. Save it with smaller row groups."
    ),
    "file-rows": _(
        "Only the first %(most)s rows were read: this is the limit here. Split the file, or ask the administrator to raise UPLOAD_LIMIT_ROWS."
    ),
    "encoding-unknown": _("“%(name)s” is no encoding that can be read here. What can: %(known)s."),
    "encoding-wrong": _(
        "The file is not in the encoding %(name)s: some of its characters do not exist there. Choose another one."
    ),
    "encoding-mixed": _(
        "Nearly all of this file is UTF-8, but line %(line)s is not. Save the whole of it as UTF-8."
    ),
    "encoding-mixed:later": _(
        "This file begins as UTF-8 but does not go on so. Save the whole of it as UTF-8."
    ),
    "file-no-object:json": _(
        "Nothing in this JSON is an object such as %(form)s. Save it as a list of objects."
    ),
    "header-unreadable": _(
        "The first line cannot be read as a header. Is a quotation mark left open?"
    ),
    "header-empty": _("The header line is empty. The first line must name the columns."),
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
    "row-cut": _("The file ends in the middle of row %(row)s. Was it cut off?"),
    "row-open": _("Row %(row)s opens a quotation mark that is never closed."),
    "row-tags": _("Row %(row)s has a line with a word but no tag. Each line needs both."),
    "row-otherwise": _(
        "Row %(row)s says “%(now)s”, and the same text was there before with “%(before)s”. Both are kept, and the later one counts."
    ),
    "row-otherwise:first": _(
        "Row %(row)s says “%(now)s”, and the same text was there before with “%(before)s”, which counts."
    ),
    "row-meta": _(
        "Row %(row)s is kept, but not its other columns: together they have more than %(most)s characters."
    ),
    "row-part": _(
        "Row %(row)s is kept, but not what it says as “%(kind)s”: nothing here is like it."
    ),
    "row-spans": _("Row %(row)s has a span “%(label)s” that does not lie in its text as it says."),
    "text-missing": _("An example looks like %(form)s; here there is no “text”."),
    "text-more": _("An example holds nothing but “text”; please leave out %(names)s."),
    "text-not-text": _("The text must be a string, in quotes."),
    "text-nul": _(
        "The text holds a NUL character, as binary files do. Is this really a text file?"
    ),
    "text-half": _("The text holds half of a character pair, which no file can keep."),
    "text-empty": _("The text is empty."),
    "text-long": _(
        "The text has %(have)s characters; at most %(most)s can be read here. Please cut it into parts, or ask the administrator to raise TEXT_LIMIT."
    ),
    "field-missing": _("An example looks like %(form)s; here there is no “%(name)s”."),
    "field-more": _("An example holds nothing but %(known)s; please leave out %(names)s."),
    "field-not-text": _("“%(name)s” must be a text, in quotes."),
    "field-nul": _(
        "“%(name)s” holds a NUL character, as binary files do. Is this really a text file?"
    ),
    "field-half": _("“%(name)s” holds half of a character pair, which no file can keep."),
    "field-empty": _("“%(name)s” is empty."),
    "field-long": _(
        "“%(name)s” has %(have)s characters; at most %(most)s can be read here. Please cut it into parts, or ask the administrator to raise TEXT_LIMIT."
    ),
    "candidates-shape": _("“candidates” must be a list of texts, such as %(form)s."),
    "candidates-count": _(
        "There are %(have)s candidates; from %(least)s to %(most)s can be put in order."
    ),
    "answer-shape": _("An answer looks like %(form)s."),
    "answer-more": _("An answer holds nothing but “%(name)s”; please leave out %(names)s."),
    "answer-single": _(
        "Such an answer belongs to one example alone: it cannot be given to many at once."
    ),
    "choices-unsaid": _("Choose the labels that fit, or say that none of them does."),
    "spans-many": _("There are %(have)s spans; at most %(most)s can be kept with a text."),
    "span-place": _(
        "The span from %(start)s to %(end)s does not lie in its text of %(length)s characters. Places count characters from 0, and the end is behind the last one."
    ),
    "span-text": _(
        "The span from %(start)s to %(end)s covers “%(here)s”, not “%(given)s”. Places count characters (code points) from 0."
    ),
    "ranking-order": _(
        "A ranking names each of the %(count)s candidates once, the best first: the numbers from 0 to %(last)s."
    ),
    "label-shape": _("An answer looks like %(form)s, with one label in quotes."),
    "label-more": _("An answer holds nothing but “label”; please leave out %(names)s."),
    "label-empty": _("The label is empty. The labels are: %(labels)s."),
    "label-empty:more": _("The label is empty. The labels are: %(labels)s and %(more)s more."),
    "label-empty:none": _(
        "The label is empty. The project has no labels yet: please add some first."
    ),
    "label-gone": _("There is no label “%(given)s” any more. Choose another one."),
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


def notes(upload: Upload) -> list[str]:
    """What is to be said of the file as a whole, beside why it could not be read."""
    said = (problem(one) for one in upload.problems if not one["row"])
    return [note for note in said if note != error(upload)]


def problems(upload: Upload, most: int) -> list[str]:
    """What is wrong with the first rows that are left out."""
    return [problem(one) for one in left_out(upload)[:most]]


def left_out(upload: Upload) -> list[dict[str, Any]]:
    """The rows that are left out, as far as they are kept.

    After a look alone, a label that the project could still get leaves no row out.
    """
    new = upload.new_labels
    told = [one for one in upload.problems if one["row"] and not one.get("kept")]
    return [one for one in told if one.get("new_label") not in new]


def lost(upload: Upload, most: int) -> list[str]:
    """What could not be kept of rows that are kept."""
    told = [one for one in upload.problems if one["row"] and one.get("kept")]
    return [problem(one) for one in told if not _is_otherwise(one)][:most]


def otherwise(upload: Upload, most: int) -> list[str]:
    """Which rows answer otherwise than an earlier one with the same text."""
    told = [one for one in upload.problems if _is_otherwise(one)]
    return [problem(one) for one in told[:most]]


def _is_otherwise(kept: Mapping[str, Any]) -> bool:
    return str(kept.get("said", {}).get("code", "")).startswith("row-otherwise")


def reason(kept: Mapping[str, Any]) -> str:
    """Why, without the row where it need not be said."""
    return _worded(kept.get("said", {}), kept["reason"])


def problem(kept: Mapping[str, Any]) -> str:
    """In English where it has no code."""
    said, row, sentence = kept.get("said", {}), kept["row"], reason(kept)
    if not row or said.get("code") not in SENTENCES or "row" in said["values"]:
        return sentence  # it says itself which row
    return str(_OF_ROW) % {"row": row, "sentence": sentence}


def refusal(why: Refusal) -> str:
    """What was just refused."""
    return _worded({"code": why.code, "values": why.values}, str(why))


def _worded(said: Mapping[str, Any], english: str) -> str:
    sentence = SENTENCES.get(said.get("code", ""))
    return str(sentence) % said.get("values", {}) if sentence else english
