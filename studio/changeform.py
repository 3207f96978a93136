"""What a person says of a change of labels: into what, and what becomes of the answers."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_id
from projects import founding, revising
from projects.models import Project
from projects.relabeling import DELETE, MERGE, RENAME, SPLIT, Change

LONGEST_LIST = 60_000  # characters of names, one a line


class ChangeForm(forms.Form):
    """What becomes of one label. It counts once, and only for the labels that it was shown with."""

    once = forms.UUIDField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    seen = forms.CharField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}))

    def __init__(self, project: Project, how: str, label: str, data: Any = None) -> None:
        self.how, self.label = how, label
        seen = revising.mark(project.labels)
        initial = {"once": new_id(), "seen": seen, "rest": "rest"}
        super().__init__(data, initial=initial | ({"name": label} if how == RENAME else {}))
        self.fields.update(_FIELDS[how](project, label))

    def look_again(self, project: Project) -> None:
        """Others changed labels since the page was shown: its figures are of before."""
        again: QueryDict = self.data.copy()  # type: ignore[attr-defined]
        again["seen"] = revising.mark(project.labels)
        self.data = again
        self.add_error(
            None,
            _("Labels were changed by someone else meanwhile. Look again, then confirm again."),
        )

    @property
    def change(self) -> Change:
        said = self.cleaned_data
        if self.how == DELETE:
            return Change(DELETE, self.label, rest=said.get("rest") != "anew")
        if self.how == SPLIT:
            lines = (line.strip() for line in said["names"].splitlines())
            return Change(SPLIT, self.label, tuple(dict.fromkeys(filter(None, lines))))
        return Change(self.how, self.label, (said["name"].strip(),))


def _name(project: Project, label: str) -> dict[str, forms.Field]:
    most = founding.LONGEST_LABEL
    return {"name": forms.CharField(label=_("New name"), max_length=most)}


def _other(project: Project, label: str) -> dict[str, forms.Field]:
    others = (name for name in project.label_names if name != label)
    choices = [("", "…"), *((name, name) for name in others)]
    return {"name": forms.ChoiceField(label=_("Merge into"), choices=choices)}


def _names(project: Project, label: str) -> dict[str, forms.Field]:
    return {
        "names": forms.CharField(
            label=_("New labels, one a line"),
            help_text=_("At least two. The old name may be one of them."),
            widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
            max_length=LONGEST_LIST,
        )
    }


def _rest(project: Project, label: str) -> dict[str, forms.Field]:
    """An answer that holds several labels can do without one of them."""
    if not project.kind.answer.none:
        return {}
    ways = [
        ("rest", _("The label goes; whatever else an answer says stays")),
        ("anew", _("Every answer that names it is taken back, and people answer anew")),
    ]
    what = _("What becomes of the answers")
    return {"rest": forms.ChoiceField(label=what, choices=ways, widget=forms.RadioSelect)}


_FIELDS = {RENAME: _name, MERGE: _other, SPLIT: _names, DELETE: _rest}
