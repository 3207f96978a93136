"""What people say after a look at a file: how it is read, which column is what, what is kept."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ml.reading import DELIMITERS, ENCODINGS
from projects import mapping, meta
from projects.models import Existing, Upload

COLUMNS = {
    "text": _("Column with the text"),
    "label": _("Column with the label"),
    "labels": _("Column with the labels"),
    "spans": _("Column with the marked passages"),
    "prompt": _("Column with the prompt"),
    "system": _("Column with the system message"),
    "context": _("Column with the context"),
    "response": _("Column with the response"),
    "query": _("Column with the query"),
    "candidates": _("Column with the candidates, or the first of them"),
    "ranking": _("Column with the ranking"),
}
ANSWERS = [
    ("final", _("They are right: train on them")),
    ("hint", _("They are hints: people decide, and see them beside the example")),
]
EXISTING = [
    (Existing.KEEP, _("Keep both: another answer of the file stands beside the old ones")),
    (Existing.UPDATE, _("Update: answers of the file take the place of those of earlier files")),
    (Existing.SKIP, _("Skip: the row is passed over, and its answer, too")),
]
NAMED: dict[str, Any] = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "utf-32": "UTF-32",
    "gb18030": _("Simplified Chinese (GB18030, GBK)"),
    "big5": _("Traditional Chinese (Big5)"),
    "shift_jis": _("Japanese (Shift-JIS)"),
    "cp932": _("Japanese (Shift-JIS)"),
    "euc_jp": _("Japanese (EUC-JP)"),
    "euc_kr": _("Korean (EUC-KR)"),
    "windows-1250": _("Central European (Windows-1250)"),
    "windows-1251": _("Cyrillic (Windows-1251)"),
    "windows-1252": _("Western European (Windows-1252)"),
    "cp1252": _("Western European (Windows-1252)"),
    "iso8859-1": _("Western European (Latin-1)"),
    "koi8-r": _("Cyrillic (KOI8-R)"),
}
SEPARATORS: dict[str | None, Any] = {
    ",": _("comma"),
    ";": _("semicolon"),
    "\t": _("tab"),
    "|": _("bar"),
    None: _("none: one column"),
}
QUOTES = {'"': _("double quotes"), "'": _("single quotes"), "": _("none")}
TABLES, TEXTS = ("csv", "xlsx"), ("csv", "txt", "conll")
# What can be said where a file could not be told at all.
UNTOLD: dict[str, Any] = {"format": "csv", "encoding": ""}
BY_SETTINGS = ("file-encoding", "encoding-", "header-", "file-sheet")

Told = dict[str, Any]
Offer = tuple[Any, list[tuple[str, Any]]]


class LookForm(forms.Form):
    """A column is named by its place, so that its name may be anything."""

    answers = forms.ChoiceField(
        label=_("What are the labels in the file?"), choices=ANSWERS, widget=forms.RadioSelect
    )
    existing = forms.ChoiceField(
        label=_("What becomes of rows whose text is here already?"),
        choices=EXISTING,
        widget=forms.RadioSelect,
        required=False,
    )
    add_labels = forms.BooleanField(label=_("Add the new labels to the project"), required=False)
    with_meta = forms.BooleanField(label=_("Keep the other columns, too"), required=False)

    def __init__(self, upload: Upload, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.upload = upload
        self.columns: list[str] = upload.detected.get("columns", [])
        self.mapped = mapping.fields(upload.project.kind) if self.columns else []
        self.settings = _settings(upload)
        self._add_columns()
        for name, (label, choices) in self.settings.items():
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)
        self.order_fields([*self.mapped, *self.settings, "answers", "existing", "add_labels"])
        self.others = meta.offered(upload)
        if not self.others:
            del self.fields["with_meta"]
        said = {"answers": upload.answers, "existing": upload.existing, "add_labels": True}
        self.initial.update(said | {"with_meta": upload.with_meta})
        self.initial.update({name: self._place(upload.mapping.get(name)) for name in self.mapped})
        self.initial.update({name: _chosen(upload.options, name) for name in self.settings})

    def _add_columns(self) -> None:
        needed = self.upload.project.kind.example_schema()["required"]
        columns = [
            (str(place), name or _("(without a name)")) for place, name in enumerate(self.columns)
        ]
        for name in self.mapped:
            nothing = _("Please choose") if name in needed else _("None")
            self.fields[name] = forms.ChoiceField(
                label=COLUMNS.get(name, name),
                choices=[("", nothing), *columns],
                required=name in needed,
            )

    def _place(self, column: str | None) -> str:
        return str(self.columns.index(column)) if column in self.columns else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [cleaned[name] for name in self.mapped if cleaned.get(name)]
        if len(set(chosen)) < len(chosen):
            self.add_error(self.mapped[-1], _("Each column can be one thing only."))
        return cleaned

    @property
    def mapping(self) -> mapping.Mapping:
        """Field → column, None where there is none."""
        places = {name: self.cleaned_data.get(name) for name in self.mapped}
        return {name: self.columns[int(at)] if at else None for name, at in places.items()}

    @property
    def options(self) -> dict[str, Any]:
        """What is not as found."""
        said = {name.removeprefix("read_"): self.cleaned_data.get(name) for name in self.settings}
        return {name: _VALUES[name](value) for name, value in said.items() if value}

    @property
    def said(self) -> dict[str, Any]:
        """All that a file is read by. Other settings may bring other columns: then guess anew."""
        cleaned, options = self.cleaned_data, self.options
        return {
            "mapping": self.mapping if self._same_columns(options) else {},
            "answers": cleaned["answers"],
            "existing": cleaned["existing"] or self.upload.existing,
            "options": options,
            "with_meta": cleaned.get("with_meta", self.upload.with_meta),
        }

    def _same_columns(self, options: dict[str, Any]) -> bool:
        before = self.upload.options
        other = {name for name in {*before, *options} if before.get(name) != options.get(name)}
        return not other or (other == {"encoding"} and all(map(str.isascii, self.columns)))

    def maps_as(self, upload: Upload) -> bool:
        """Whether the columns mean what they meant when that file was looked at."""
        return all(self.mapping[name] == upload.mapping.get(name) for name in self.mapped)

    @property
    def as_looked_at(self) -> bool:
        """Whether rows come out as they did in the look."""
        return self.maps_as(self.upload) and self.options == self.upload.options

    @property
    def mapping_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.mapped]

    @property
    def setting_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.settings]


def applies(upload: Upload) -> bool:
    """Whether there is something to be said: columns, or settings that may help."""
    told = upload.error_said.get("code", "").startswith(BY_SETTINGS)
    return upload.dry_run and upload.over and (bool(upload.detected.get("columns")) or told)


def encoding(name: str) -> Any:
    """An encoding as people call it."""
    return NAMED.get(name, name.upper())


_VALUES: dict[str, Any] = {
    "encoding": str,
    "delimiter": lambda value: "" if value == "none" else DELIMITERS[int(value)],
    "quote": lambda value: list(QUOTES)[int(value)],
    "header": lambda value: value == "yes",
    "sheet": lambda value: value.removeprefix("="),
}


def _chosen(options: dict[str, Any], setting: str) -> str:
    """The choice that stands for what was said; the first, empty one is “as found”."""
    name = setting.removeprefix("read_")
    value = options.get(name)
    if value is None:
        return ""
    if name == "delimiter":
        return str(DELIMITERS.index(value)) if value in DELIMITERS else "none"
    if name == "quote":
        return str(list(QUOTES).index(value)) if value in QUOTES else ""
    if name == "header":
        return "yes" if value else "no"
    return f"={value}" if name == "sheet" else value


def _settings(upload: Upload) -> dict[str, Offer]:
    """What can be said of such a file: name → label and choices, the first of which is “as found”.

    Where a person said something, what would be found is not known any more.
    """
    found, said = upload.detected or UNTOLD, upload.options
    known = {name: value for name, value in upload.detected.items() if name not in said}
    offers = {name: make(found, known) for name, make in _OFFERS.items()}
    return {f"read_{name}": offer for name, offer in offers.items() if offer}


def _encodings(found: Told, known: Told) -> Offer | None:
    if not found.get("encoding") and found is not UNTOLD:
        return None  # the format has its own
    was = encoding(known["encoding"]) if known.get("encoding") else ""
    return _("Encoding"), _choices(was, [(name, NAMED[name]) for name in ENCODINGS])


def _delimiters(found: Told, known: Told) -> Offer | None:
    if found["format"] not in TEXTS:
        return None
    was = known.get("delimiter")
    is_table = found["format"] == "csv" and "delimiter" in known
    offered = [(str(place), SEPARATORS[mark]) for place, mark in enumerate(DELIMITERS)]
    choices = [*offered, ("none", SEPARATORS[None])]
    return _("Separator"), _choices(SEPARATORS.get(was, was) if is_table else "", choices)


def _quotes(found: Told, known: Told) -> Offer | None:
    if found["format"] != "csv":
        return None
    was = QUOTES.get(known["quote"] or "", "") if "quote" in known else ""
    offered = [(str(place), QUOTES[mark]) for place, mark in enumerate(QUOTES)]
    return _("Quotes around texts"), _choices(was, offered)


def _headers(found: Told, known: Told) -> Offer | None:
    if found["format"] not in TABLES:
        return None
    yes, no = _("yes"), _("no, it is data")
    was = (yes if known["header"] else no) if "header" in known else ""
    return _("Does the first row name the columns?"), _choices(was, [("yes", yes), ("no", no)])


def _sheets(found: Told, known: Told) -> Offer | None:
    names = found.get("sheets", [])
    if len(names) < 2:
        return None
    offered = [(f"={name}", name) for name in names]
    return _("Sheet"), _choices(known.get("sheet") or "", offered)


_OFFERS: dict[str, Callable[[Told, Told], Offer | None]] = {
    "encoding": _encodings,
    "delimiter": _delimiters,
    "quote": _quotes,
    "header": _headers,
    "sheet": _sheets,
}


def _choices(was: Any, choices: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    found = _("as found: %(what)s") % {"what": was} if was else _("as found")
    return [("", found), *choices]
