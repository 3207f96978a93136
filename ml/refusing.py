"""Why data cannot be taken: each sentence has a code and values, so that pages can say it in their
reader's language. The English is here."""

from __future__ import annotations

from collections.abc import Mapping

# By code, and by variant after a colon. What is wrong with a row says which row it is.
SENTENCES: Mapping[str, str] = {
    "file-empty": "The file is empty. Choose a file with at least a header and one row.",
    "file-no-rows": "The file has a header, but no rows below it.",
    "file-json-list": (
        "This is one JSON list. Save it as JSON Lines (one object on each line) or as CSV."
    ),
    "file-binary": (
        "This is not a text file (it holds binary data). Export the table as CSV or JSON Lines."
    ),
    "file-encoding": (
        "The characters of this file are in no encoding that we know. Save it as UTF-8 (in Excel: "
        "“CSV UTF-8”) and upload it again."
    ),
    "file-no-object": (
        "No line at its start is a JSON object such as %(form)s. JSON Lines has one object on each "
        "line."
    ),
    "header-unreadable": (
        "The first line cannot be read as a header. Is a quotation mark left open?"
    ),
    "header-empty": "The header line is empty. The first line must name the columns.",
    "header-twice": "Two columns are called “%(column)s”. Give each column its own name.",
    "header-twice:unnamed": "Two columns are without a name. Give each column its own name.",
    "column-missing": "The file has no column “%(column)s”. It has: %(columns)s.",
    "column-unclear": (
        "No column is clearly the %(field)s. The file has: %(columns)s. Say which one it is (with "
        "the API: by a mapping)."
    ),
    "column-unknown": "“%(field)s” cannot be mapped here. What can: %(fields)s.",
    "row-long": "Row %(row)s is longer than %(most)s characters.",
    "row-deep": "Row %(row)s is nested too deeply.",
    "row-not-json": (
        "Row %(row)s is not valid JSON: what stands at character %(place)s does not fit. Are names "
        "and texts in double quotes, and is every bracket closed?"
    ),
    "row-not-json:number": (
        "Row %(row)s is not valid JSON: %(name)s is not a number there. Leave it out, or write "
        "null."
    ),
    "row-not-json:digits": "Row %(row)s holds a number with too many digits. Put it in quotes.",
    "row-not-object": "Row %(row)s is not a JSON object such as %(form)s.",
    "row-unreadable": (
        "Row %(row)s cannot be read as a row of a table. Is a quotation mark left open?"
    ),
    "row-columns": (
        "Row %(row)s has %(have)s columns, the header has %(want)s. Is a comma inside a text "
        "missing its quotes?"
    ),
    "text-missing": "An example looks like %(form)s; here there is no “text”.",
    "text-more": "An example holds nothing but “text”; please leave out %(names)s.",
    "text-not-text": "The text must be a string, in quotes.",
    "text-nul": ("The text holds a NUL character, as binary files do. Is this really a text file?"),
    "text-half": "The text holds half of a character pair, which no file can keep.",
    "text-empty": "The text is empty.",
    "text-long": (
        "The text has %(have)s characters; at most %(most)s can be read. Please cut it into parts."
    ),
    "label-shape": "An answer looks like %(form)s, with one label in quotes.",
    "label-more": "An answer holds nothing but “label”; please leave out %(names)s.",
    "label-empty": "The label is empty. The labels are: %(labels)s.",
    "label-empty:more": "The label is empty. The labels are: %(labels)s and %(more)s more.",
    "label-empty:none": (
        "The label is empty. The project has no labels yet: please add some first."
    ),
    "label-unknown": ("“%(given)s” is not a label of this project. Its labels are: %(labels)s."),
    "label-unknown:more": (
        "“%(given)s” is not a label of this project. Its labels are: %(labels)s and %(more)s more."
    ),
    "label-unknown:none": (
        "“%(given)s” is not a label of this project. The project has no labels yet: please add "
        "some first."
    ),
    "label-unknown:alike": (
        "“%(given)s” is not a label of this project. Did you mean “%(alike)s”?"
    ),
}


class Refusal(ValueError):
    """What was sent cannot be taken. `str()` of it is English, for whoever sent it."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(SENTENCES[code] % values)
        self.code, self.values = code, values
