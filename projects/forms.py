"""What people fill in about a project: itself, its files, its people."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ml.tasks import TASKS
from projects import founding, mapping, taking
from projects.labelform import LabelsField
from projects.models import Project, Role, Upload

LONGEST_PASTE = 2_000_000  # characters
AREA = {"rows": 5}
# A title that a task brings is English; those that we know speak the reader's language.
TITLES = {"text-classification": _("Sort texts into categories")}
COLUMNS = {"text": _("Column with the text"), "label": _("Column with the label")}
ANSWERS = [
    ("final", _("They are right: train on them")),
    ("hint", _("They are hints: people decide, and see them beside the example")),
]


def offered() -> list[tuple[str, Any]]:
    """The tasks that a project can be made for."""
    return [(slug, TITLES.get(slug, task.title)) for slug, task in TASKS.items() if task.trainable]


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


class FileForm(forms.Form):
    """A file, or text that was copied from somewhere."""

    file = forms.FileField(
        label=_("A file from your computer"),
        required=False,
        max_length=255,
        help_text=_("CSV or JSON Lines. From Excel: save as “CSV UTF-8”."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.jsonl,.ndjson,text/*"}),
    )
    pasted = forms.CharField(
        label=_("Or paste text here"),
        required=False,
        max_length=LONGEST_PASTE,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
        help_text=_("One example a line."),
    )
    once = forms.UUIDField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and taking.too_large(file.size):
            raise forms.ValidationError(
                _("The file is too large for this studio. Split it, or ask the administrator.")
            )
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sent = [name for name in ("file", "pasted") if cleaned.get(name)]
        if not sent and not self.errors:
            self.add_error("file", _("Choose a file, or paste some text."))
        if len(sent) == 2:
            self.add_error("pasted", _("There is a file and a text. Please send one of them."))
        return cleaned


class MappingForm(forms.Form):
    """Which column is what. A column is named by its place, so that its name may be anything."""

    answers = forms.ChoiceField(
        label=_("What are the labels in the file?"), choices=ANSWERS, widget=forms.RadioSelect
    )
    add_labels = forms.BooleanField(label=_("Add the new labels to the project"), required=False)

    def __init__(self, upload: Upload, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns: list[str] = upload.detected["columns"]
        task = upload.project.kind
        self.mapped = mapping.fields(task)
        needed = task.example_schema()["required"]
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
        self.order_fields([*self.mapped, "answers", "add_labels"])
        self.initial.update(answers=upload.answers, add_labels=True)
        self.initial.update({n: self._place(upload.mapping.get(n)) for n in self.mapped})

    def _place(self, column: str | None) -> str:
        return str(self.columns.index(column)) if column in self.columns else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [cleaned[name] for name in self.mapped if cleaned.get(name)]
        if len(set(chosen)) < len(chosen):
            self.add_error(self.mapped[-1], _("Each column can be one thing only."))
        return cleaned

    @property
    def said(self) -> dict[str, str | None]:
        """Field → column, None where there is none."""
        places = {name: self.cleaned_data.get(name) for name in self.mapped}
        return {name: self.columns[int(at)] if at else None for name, at in places.items()}


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
