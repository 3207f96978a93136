"""Why data cannot be taken: each sentence has a code and values, so that pages can say it in their
reader's language. The English is here."""

from __future__ import annotations

from collections.abc import Mapping

# By code, and by variant after a colon. What is wrong with a row says which row it is.
SENTENCES: Mapping[str, str] = {
    "fetch-address": (
        "This is not an address that can be fetched: it begins with http:// or https:// and has "
        "no name or password in it."
    ),
    "fetch-unknown": "The name “%(host)s” leads nowhere. Is it written right?",
    "fetch-private": (
        "“%(host)s” lies in a private network, where this studio does not fetch from. An "
        "administrator can open it (FETCH_ALLOW)."
    ),
    "fetch-no-answer": (
        "“%(host)s” does not answer. Is the address right, and can it be reached from here?"
    ),
    "fetch-status": (
        "The server answered with status %(status)s instead of the file. Is the address right, "
        "and may everyone read it?"
    ),
    "fetch-redirects": "The address leads on more than %(most)s times. Use the one at its end.",
    "fetch-large": (
        "The file is larger than %(most)s MB, which is the limit here. Split it, or ask the "
        "administrator to raise UPLOAD_LIMIT_MB."
    ),
    "fetch-slow": (
        "Fetching took longer than %(minutes)s minutes and was stopped. Download the file "
        "yourself, then upload it."
    ),
    "fetch-broken": "The connection broke before the file was whole. Try again.",
    "fetch-no-store": "The answer is not that of an S3 store. Is the endpoint right?",
    "fetch-forgotten": "The secret key was kept for an hour only, and is gone. Begin again.",
    "fetch-many": "There are more than %(most)s files below this prefix. Choose a longer prefix.",
    "fetch-nothing": "There is no file to read below “%(prefix)s”.",
    "file-empty": "The file is empty. Choose a file with at least a header and one row.",
    "file-no-rows": "The file has a header, but no rows below it.",
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
    "file-kind": (
        "This is a file of the kind %(kind)s, which cannot be read here. Save the table as "
        "CSV, XLSX or JSON Lines."
    ),
    "file-spacy": (
        "Only spaCy itself can read its own binary files. Save the examples as JSON such as "
        "%(form)s."
    ),
    "file-damaged": (
        "The file is damaged or was cut off: what is in it cannot be read to its end. Save it "
        "again, then upload it again."
    ),
    "file-inflated": "Unpacked, this file holds more than %(most)s MB. Upload it in parts.",
    "file-inflated:ratio": (
        "Unpacked, this file grows to more than %(most)s times its size, as harmful files do. "
        "Unpack it, then upload what is in it."
    ),
    "file-nested": "“%(name)s” is an archive within an archive. Unpack it first.",
    "file-members": (
        "This archive holds too many files: %(have)s, of at most %(most)s. Unpack it, and "
        "upload what you need."
    ),
    "file-nothing": (
        "No file in this archive is a table that can be read, such as CSV, XLSX, JSON Lines or "
        "Parquet."
    ),
    "file-locked": (
        "“%(name)s” in this archive has a password, or is packed in a way that cannot be read "
        "here. Pack it again as a plain ZIP."
    ),
    "file-member": "“%(name)s” in this archive cannot be read. Upload it by itself to see why.",
    "file-unlike": "“%(name)s” has other columns than “%(first)s”. Upload the two apart.",
    "file-columns": (
        "The table has %(have)s columns; at most %(most)s can be read. Leave out those that "
        "you do not need."
    ),
    "file-sheet": "The file has no sheet “%(sheet)s”. It has: %(sheets)s.",
    "file-no-sheet": (
        "No sheet of this file holds a table. Choose a file with a header and at least one row."
    ),
    "file-type": (
        "The column “%(column)s” is of a type that cannot be read here: %(type)s. Leave it "
        "out, or save it as text."
    ),
    "file-compressed": "This Arrow file is compressed. Save it without compression, or as Parquet.",
    "file-group": (
        "A row group of this file holds more than %(most)s MB. Save it with smaller row groups."
    ),
    "file-rows": (
        "Only the first %(most)s rows were read: this is the limit here. Split the file, or ask "
        "the administrator to raise UPLOAD_LIMIT_ROWS."
    ),
    "encoding-unknown": "“%(name)s” is no encoding that can be read here. What can: %(known)s.",
    "encoding-wrong": (
        "The file is not in the encoding %(name)s: some of its characters do not exist there. "
        "Choose another one."
    ),
    "encoding-mixed": (
        "Nearly all of this file is UTF-8, but line %(line)s is not. Save the whole of it as UTF-8."
    ),
    "encoding-mixed:later": (
        "This file begins as UTF-8 but does not go on so. Save the whole of it as UTF-8."
    ),
    "file-no-object:json": (
        "Nothing in this JSON is an object such as %(form)s. Save it as a list of objects."
    ),
    "header-unreadable": (
        "The first line cannot be read as a header. Is a quotation mark left open?"
    ),
    "header-empty": "The header line is empty. The first line must name the columns.",
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
    "row-cut": "The file ends in the middle of row %(row)s. Was it cut off?",
    "row-open": "Row %(row)s opens a quotation mark that is never closed.",
    "row-tags": "Row %(row)s has a line with a word but no tag. Each line needs both.",
    "row-otherwise": (
        "Row %(row)s says “%(now)s”, and the same text was there before with “%(before)s”. Both "
        "are kept, and the later one counts."
    ),
    "row-otherwise:first": (
        "Row %(row)s says “%(now)s”, and the same text was there before with “%(before)s”, which "
        "counts."
    ),
    "row-meta": (
        "Row %(row)s is kept, but not its other columns: together they have more than %(most)s "
        "characters."
    ),
    "row-part": "Row %(row)s is kept, but not what it says as “%(kind)s”: nothing here is like it.",
    "row-spans": "Row %(row)s has a span “%(label)s” that does not lie in its text as it says.",
    "text-missing": "An example looks like %(form)s; here there is no “text”.",
    "text-more": "An example holds nothing but “text”; please leave out %(names)s.",
    "text-not-text": "The text must be a string, in quotes.",
    "text-nul": ("The text holds a NUL character, as binary files do. Is this really a text file?"),
    "text-half": "The text holds half of a character pair, which no file can keep.",
    "text-empty": "The text is empty.",
    "text-long": (
        "The text has %(have)s characters; at most %(most)s can be read here. Please cut it into "
        "parts, or ask the administrator to raise TEXT_LIMIT."
    ),
    "field-missing": "An example looks like %(form)s; here there is no “%(name)s”.",
    "field-more": "An example holds nothing but %(known)s; please leave out %(names)s.",
    "field-not-text": "“%(name)s” must be a text, in quotes.",
    "field-nul": (
        "“%(name)s” holds a NUL character, as binary files do. Is this really a text file?"
    ),
    "field-half": "“%(name)s” holds half of a character pair, which no file can keep.",
    "field-empty": "“%(name)s” is empty.",
    "field-long": (
        "“%(name)s” has %(have)s characters; at most %(most)s can be read here. Please cut it "
        "into parts, or ask the administrator to raise TEXT_LIMIT."
    ),
    "candidates-shape": "“candidates” must be a list of texts, such as %(form)s.",
    "candidates-count": (
        "There are %(have)s candidates; from %(least)s to %(most)s can be put in order."
    ),
    "answer-shape": "An answer looks like %(form)s.",
    "answer-more": "An answer holds nothing but “%(name)s”; please leave out %(names)s.",
    "answer-single": (
        "Such an answer belongs to one example alone: it cannot be given to many at once."
    ),
    "choices-unsaid": "Choose the labels that fit, or say that none of them does.",
    "spans-many": "There are %(have)s spans; at most %(most)s can be kept with a text.",
    "span-place": (
        "The span from %(start)s to %(end)s does not lie in its text of %(length)s characters. "
        "Places count characters from 0, and the end is behind the last one."
    ),
    "span-text": (
        "The span from %(start)s to %(end)s covers “%(here)s”, not “%(given)s”. Places count "
        "characters (code points) from 0."
    ),
    "ranking-order": (
        "A ranking names each of the %(count)s candidates once, the best first: the numbers from "
        "0 to %(last)s."
    ),
    "label-shape": "An answer looks like %(form)s, with one label in quotes.",
    "label-more": "An answer holds nothing but “label”; please leave out %(names)s.",
    "label-empty": "The label is empty. The labels are: %(labels)s.",
    "label-empty:more": "The label is empty. The labels are: %(labels)s and %(more)s more.",
    "label-empty:none": (
        "The label is empty. The project has no labels yet: please add some first."
    ),
    "label-gone": "There is no label “%(given)s” any more. Choose another one.",
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

    def at(self, row: int) -> Refusal:
        """The same, of another row."""
        return Refusal(self.code, **{**self.values, "row": row})
