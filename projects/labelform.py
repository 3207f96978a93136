"""The rows in which labels are written: each a name, what it means, a key and a colour.

Rows without a name do not count. What is pasted below them, one a line, becomes labels as well.
"""

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from projects import founding, palette

PARTS = ("name", "description", "hotkey", "color")
BLANK_ROWS = 3


class LabelForm(forms.Form):
    """One label."""

    name = forms.CharField(max_length=founding.LONGEST_LABEL)
    description = forms.CharField(max_length=2000, required=False)
    hotkey = forms.CharField(max_length=1, required=False)
    color = forms.RegexField(r"^#[0-9A-Fa-f]{6}$", required=False)

    def clean_hotkey(self) -> str:
        """A letter or digit of the keyboard, small."""
        key = str(self.cleaned_data["hotkey"]).lower()
        if key and key not in palette.KEYS:
            raise forms.ValidationError(
                _("A key is a letter from a to z or a digit, not “%(key)s”.") % {"key": key}
            )
        return key


class LabelRows(forms.Widget):
    """Inputs side by side, `label_name` and so on, as often as there are rows."""

    template_name = "projects/labels_widget.html"
    use_fieldset = True

    def value_from_datadict(
        self, data: Any, files: MultiValueDict[str, Any], name: str
    ) -> list[dict[str, str]]:
        parts = [data.getlist(f"label_{part}") for part in PARTS]
        rows = [dict(zip(PARTS, row, strict=True)) for row in zip(*parts, strict=False)]
        lines = data.get("label_lines", "").splitlines()
        return [
            *(row for row in rows if row["name"].strip()),
            *({"name": line.strip()} for line in lines if line.strip()),
        ]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return "label_name" not in data and "label_lines" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = [*(value or []), *({} for _row in range(BLANK_ROWS if not value else 1))]
        colors = palette.fresh([row.get("color", "") for row in rows])
        context["rows"] = [
            _filled(row) | {"color": row.get("color") or next(colors)} for row in rows
        ]
        context["palette"] = palette.PALETTE
        return context

    def id_for_label(self, id_: str) -> str:
        return ""


class LabelsField(forms.Field):
    """A list of labels, each checked by itself."""

    widget = LabelRows
    desk = palette.DESK  # letters that are not a label's to choose

    def clean(self, value: Any) -> list[dict[str, Any]]:
        if len(value) > founding.MOST_LABELS:
            raise forms.ValidationError(
                _("A project can have %(most)s labels at most.") % {"most": founding.MOST_LABELS}
            )
        labels = [self._label(row) for row in value]
        keys = [label["hotkey"] for label in labels if label["hotkey"]]
        _refuse_clashes(keys, len(labels), self.desk)
        return labels

    def _label(self, row: dict[str, str]) -> dict[str, Any]:
        form = LabelForm(row)
        if not form.is_valid():
            problem = next(iter(next(iter(form.errors.values()))))
            raise forms.ValidationError(f"“{row['name'][:60]}”: {problem}")
        return form.cleaned_data


def _refuse_clashes(keys: list[str], labels: int, desk: str) -> None:
    """With other labels, and with the desk's own keys as long as others are left."""
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise forms.ValidationError(_("Two labels have the key “%(key)s”.") % {"key": twice})
    own = next((key for key in keys if key in desk), None)
    if own and labels <= len(palette.FREE):
        raise forms.ValidationError(
            _("The desk itself uses the key “%(key)s”. Choose another for this label.")
            % {"key": own}
        )


def _filled(row: dict[str, str]) -> dict[str, str]:
    """Without what is empty, so that a default shows through."""
    return {part: value for part, value in row.items() if value}
