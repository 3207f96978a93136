"""What people fill in about a project: itself and its people."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ml.tasks import TASKS
from projects import founding
from projects.labelform import LabelsField
from projects.models import Project, Role

AREA = {"rows": 5}
# A title that a task brings is English; those that we know speak the reader's language.
TITLES = {
    "text-classification": _("Sort texts into categories"),
    "multi-label-classification": _("Tag texts with any number of labels"),
    "token-classification": _("Mark names and phrases in texts"),
    "text-generation": _("Write or correct responses"),
    "text-ranking": _("Put candidates in order"),
}


def offered() -> list[tuple[str, Any]]:
    """The tasks that a project can be made for."""
    known = {slug: title for slug, title in TITLES.items() if slug in TASKS}
    return list(({**known, **{s: t.title for s, t in TASKS.items() if s not in known}}).items())


class ProjectForm(forms.Form):
    """Name, labels and rules of a project."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("Such as “Mail to the help desk”. You can change it later."),
    )
    labels = LabelsField(
        label=_("Labels"),
        required=False,
        help_text=_("The categories to choose from. A column of your file can bring them, too."),
    )
    guidelines = forms.CharField(
        label=_("Guidelines"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs=AREA),
        help_text=_("How to choose where it is not clear. People see this while they label."),
    )
    overlap = forms.IntegerField(
        label=_("People per example"),
        min_value=1,
        max_value=50,
        initial=1,
        help_text=_("With 1, each example is labelled once. With 3, the majority of three counts."),
    )

    def __init__(self, *args: Any, project: Project | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project

    def clean_labels(self) -> list[dict[str, Any]]:
        try:
            return founding.labels(self.cleaned_data["labels"], self.project)
        except founding.Refused as refused:
            raise forms.ValidationError(str(refused)) from refused


class NewProjectForm(ProjectForm):
    """The same, with what cannot change later."""

    task = forms.ChoiceField(label=_("What shall the model learn?"), widget=forms.RadioSelect)
    once = forms.UUIDField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    field_order = ["name", "task", "labels", "guidelines", "overlap", "once"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = offered()
        self.fields["task"].choices = choices  # type: ignore[attr-defined]
        self.fields["task"].initial = choices[0][0]


class InviteForm(forms.Form):
    """Someone who is to come into the project."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("Who has an account here comes in at once; others get a link."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.TypedChoiceField(label=_("Role"), coerce=lambda value: Role(int(value)))

    def __init__(self, own: Role, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = up_to(own)  # type: ignore[attr-defined]
        self.fields["role"].initial = Role.ANNOTATOR.value


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.TypedChoiceField(coerce=lambda value: Role(int(value)))

    def __init__(self, own: Role, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = up_to(own)  # type: ignore[attr-defined]


class FarewellForm(forms.Form):
    """The name of the project, typed by whoever deletes it."""

    name = forms.CharField(
        label=_("Type the project's name"), max_length=200, widget=forms.TextInput
    )

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "farewell", **kwargs})
        self.project = project

    def clean_name(self) -> str:
        typed: str = self.cleaned_data["name"]
        if typed.strip() != self.project.name.strip():
            raise forms.ValidationError(_("This is not the name of the project."))
        return typed


def up_to(own: Role) -> list[tuple[int, Any]]:
    """The roles that someone with this one can give."""
    return [(role.value, role.label) for role in Role if role <= own]
