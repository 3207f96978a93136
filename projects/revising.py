"""Two people at the same settings: nobody overwrites what they have not seen.

The page holds a mark of each field as it was shown. What this person left as it was stays as it is
now; what both have changed is shown again, with what the other one saved.
"""

import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ml.cleaning import unix_lines
from projects import palette
from projects.forms import ProjectForm
from projects.labelform import PARTS
from projects.models import Project

FIELDS = ("name", "labels", "guidelines", "overlap")
MEANWHILE = _("Changed by someone else meanwhile: see above. Save again to keep what stands here.")
MORE_LABELS = _(
    "Changed by someone else meanwhile: see above. Their new labels are in the list now, too."
)


@dataclass(frozen=True)
class Theirs:
    """A field as someone else saved it."""

    title: Any
    text: str


class SettingsForm(ProjectForm):
    """A project's settings, saved only where nobody else has changed the same."""

    shown = forms.JSONField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    field_order = ("shown", *FIELDS)  # the marks are there before what they are compared with

    def __init__(self, project: Project, data: QueryDict | None = None) -> None:
        self.kept: dict[str, Any] = {name: getattr(project, name) for name in FIELDS}
        self.now = {name: mark(value) for name, value in self.kept.items()}
        self.theirs: list[Theirs] = []
        super().__init__(data, project=project, initial={**self.kept, "shown": self.now})

    @property
    def changes(self) -> dict[str, Any]:
        """What this person changed; of the rest, the project keeps what it has."""
        sent = {name: self.cleaned_data[name] for name in FIELDS}
        return {name: value for name, value in sent.items() if mark(value) != self.now[name]}

    def clean_shown(self) -> dict[str, str]:
        shown = self.cleaned_data["shown"]
        return {**self.now, **shown} if isinstance(shown, dict) else self.now

    def clean_name(self) -> str:
        name: str = self._settled("name")
        return name

    def clean_guidelines(self) -> str:
        guidelines: str = self._settled("guidelines")
        return unix_lines(guidelines)

    def clean_overlap(self) -> int:
        overlap: int = self._settled("overlap")
        return overlap

    def clean_labels(self) -> list[dict[str, Any]]:
        labels: list[dict[str, Any]] = self._settled("labels")
        return labels if labels is self.kept["labels"] else super().clean_labels()

    def _settled(self, name: str) -> Any:
        """What was sent, or what is there now if this person left it as it was."""
        sent, shown = self.cleaned_data[name], self.cleaned_data.get("shown", self.now)[name]
        if mark(sent) == shown:
            return self.kept[name]
        if shown != self.now[name] != mark(sent):
            self._show_theirs(name)
            raise forms.ValidationError(MORE_LABELS if name == "labels" else MEANWHILE)
        return sent

    def _show_theirs(self, name: str) -> None:
        """Beside what was sent; who saves again has seen it."""
        value = self.kept[name]
        text = "\n".join(map(_line, value)) if name == "labels" else str(value)
        self.theirs.append(Theirs(self.fields[name].label, text))
        seen = {**self.cleaned_data["shown"], name: self.now[name]}
        self.cleaned_data["shown"] = seen
        again: QueryDict = self.data.copy()  # type: ignore[attr-defined]
        again["shown"] = json.dumps(seen)
        if name == "labels":
            self._add_missing(again)
        self.data = again

    def _add_missing(self, again: QueryDict) -> None:
        """Labels of the project that were not sent. Whose colour one has, gets another."""
        sent = {label["name"] for label in self.cleaned_data["labels"]}
        missing = [label for label in self.kept["labels"] if label["name"] not in sent]
        worn = {label["color"].lower() for label in missing}
        colors = again.getlist("label_color")
        again.setlist("label_color", ["" if one.lower() in worn else one for one in colors])
        for label in missing:
            for part in PARTS:
                again.appendlist(f"label_{part}", label.get(part, ""))


def mark(value: Any) -> str:
    """The same for what a browser sends back unchanged: it ends lines and writes colours anew."""
    if isinstance(value, list):
        value = [{**label, "color": label["color"].lower()} for label in palette.dressed(value)]
    if isinstance(value, str):
        value = unix_lines(value).strip()
    return blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=12).hexdigest()


def _line(label: dict[str, Any]) -> str:
    return ": ".join(part for part in (label["name"], label.get("description")) if part)
