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
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ml.cleaning import unix_lines
from projects import palette
from projects.deskform import DeskKeysField
from projects.forms import ProjectForm
from projects.labelform import PARTS
from projects.models import Order, Project

FIELDS = (
    *("name", "labels", "guidelines", "order"),
    *("overlap", "double_share", "check_share", "hidden_share", "desk_keys"),
)
QUEUE = FIELDS[3:]  # a form that says nothing of them leaves them as they are
MEANWHILE = _("Changed by someone else meanwhile: see above. Save again to keep what stands here.")
MORE_LABELS = _(
    "Changed by someone else meanwhile: see above. Their new labels are in the list now, too."
)


@dataclass(frozen=True)
class Theirs:
    """A field as someone else saved it."""

    title: Any
    text: str


def _share(label: Any, help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=0, max_value=100, required=False
    )


class SettingsForm(ProjectForm):
    """A project's settings, saved only where nobody else has changed the same."""

    shown = forms.JSONField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    order = forms.ChoiceField(
        label=_("Which example comes next"),
        choices=[
            (Order.SMART, _("Smart: what the model learns most from")),
            (Order.RANDOM, _("Random: shuffled once, for everybody the same")),
            (Order.IN_ORDER, _("In the order of the upload")),
        ],
        required=False,
        help_text=_("Feedback always comes first, and one in five is of the protected test set."),
    )
    double_share = _share(
        _("Answered by one person more, in percent"),
        _("A random part of the examples, to measure how far people agree."),
    )
    check_share = _share(
        _("Known-answer checks, in percent of what people get"),
        _("Only while there are checks. Nobody sees which ones they are."),
    )
    hidden_share = _share(
        _("Suggestions that are hidden, in percent"),
        _("They show what people say without them, and so how far a suggestion sways."),
    )
    desk_keys = DeskKeysField(
        label=_("Keys of the desk"),
        required=False,
        help_text=_("A letter that a label wears means the label; with Shift it means the desk."),
    )
    field_order = ("shown", *FIELDS)  # the marks are there before what they are compared with

    def __init__(self, project: Project, data: QueryDict | None = None) -> None:
        self.kept: dict[str, Any] = {name: getattr(project, name) for name in FIELDS}
        self.now = {name: mark(value) for name, value in self.kept.items()}
        self.theirs: list[Theirs] = []
        super().__init__(data, project=project, initial={**self.kept, "shown": self.now})
        self.fields["labels"].help_text = format_html(
            '{} <a href="{}">{}</a>',
            self.fields["labels"].help_text,
            reverse("labels", args=[project.pk]),
            _("Rename, merge, split or delete labels that are in use"),
        )
        said = self.fields["desk_keys"].widget.value_from_datadict(data or {}, {}, "desk_keys")
        letters = palette.DEEDS | project.desk_keys | (said or {})
        self.fields["labels"].desk = "".join(letters.values()).lower()  # type: ignore[attr-defined]

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

    def clean_order(self) -> str:
        order: str = self._settled("order")
        return order

    def clean_double_share(self) -> int:
        share: int = self._settled("double_share")
        return share

    def clean_check_share(self) -> int:
        share: int = self._settled("check_share")
        return share

    def clean_hidden_share(self) -> int:
        share: int = self._settled("hidden_share")
        return share

    def clean_desk_keys(self) -> dict[str, str]:
        letters: dict[str, str] = self._settled("desk_keys")
        return letters

    def clean_labels(self) -> list[dict[str, Any]]:
        labels: list[dict[str, Any]] = self._settled("labels")
        return labels if labels is self.kept["labels"] else super().clean_labels()

    def _settled(self, name: str) -> Any:
        """What was sent, or what is there now if this person left it as it was."""
        sent, shown = self.cleaned_data[name], self.cleaned_data.get("shown", self.now)[name]
        if (sent in (None, "") and name in QUEUE) or mark(sent) == shown:
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
