"""What people say about an export: in which form, and how much."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.exporting import FORMATS
from projects.exporting.format import Format
from projects.models import Project

SAFE = ":safe"
FOR_SPREADSHEETS = _("CSV for spreadsheets: no cell is taken for a formula")
WHAT = [("filter", _("What the filters show")), ("all", _("Everything"))]


def _said(one: Format) -> str:
    return str(_("%(title)s: %(about)s")) % {"title": one.title, "about": one.about}


class ExportForm(forms.Form):
    """A format that the project's answers fit into, and a filter where there is one."""

    format = forms.ChoiceField(label=_("Format"), widget=forms.RadioSelect, initial=f"csv{SAFE}")
    what = forms.ChoiceField(
        label=_("Which examples"), widget=forms.RadioSelect, choices=WHAT, initial="filter"
    )

    def __init__(
        self, project: Project, data: Any = None, *, filtered: bool, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        offered = [one for one in FORMATS.values() if not one.takes(project.kind)]
        choices = [(one.slug, _said(one)) for one in offered]
        field: Any = self.fields["format"]
        field.choices = [(f"csv{SAFE}", FOR_SPREADSHEETS), *choices]
        if not filtered:
            del self.fields["what"]

    @property
    def slug(self) -> str:
        return str(self.cleaned_data["format"]).removesuffix(SAFE)

    @property
    def safe(self) -> bool:
        return str(self.cleaned_data["format"]).endswith(SAFE)

    @property
    def only_filtered(self) -> bool:
        return self.cleaned_data.get("what") == "filter"
