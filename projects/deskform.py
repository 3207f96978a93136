"""The letters of the desk's own deeds, as a project's managers choose them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects import palette

NAMES = {
    "skip": _("Skip"),
    "flag": _("Flag"),
    "comments": _("Comments"),
    "guidelines": _("Guidelines"),
    "similar": _("Similar"),
    "history": _("History"),
}
# Keys that forms of answers have of their own.
OF_ANSWERS = "jkp"


class DeskKeyRow(forms.Widget):
    """One short field a deed."""

    template_name = "projects/desk_keys_widget.html"
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str] | None:
        sent = {deed: str(data.get(f"{name}_{deed}", "")) for deed in palette.DEEDS}
        return None if self.value_omitted_from_data(data, files, name) else sent

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(f"{name}_{deed}" in data for deed in palette.DEEDS)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        letters = palette.DEEDS | {deed: key for deed, key in (value or {}).items() if key}
        context["deeds"] = [
            (f"{name}_{deed}", NAMES[deed], letters[deed]) for deed in palette.DEEDS
        ]
        return context

    def id_for_label(self, id_: str) -> str:
        return ""


class DeskKeysField(forms.Field):
    """Deed → letter, of those that are not as usual. None where nothing was said of them."""

    widget = DeskKeyRow

    def clean(self, value: Any) -> dict[str, str] | None:
        if value is None:
            return None
        said = {deed: key.strip().lower() or palette.DEEDS[deed] for deed, key in value.items()}
        for key in said.values():
            if key not in palette.LETTERS or len(key) != 1 or key in OF_ANSWERS:
                raise forms.ValidationError(
                    _("A key of the desk is a letter other than J, K and P, not “%(key)s”."),
                    params={"key": key[:10]},
                )
        if twice := [key for key in said.values() if list(said.values()).count(key) > 1]:
            raise forms.ValidationError(
                _("Two deeds of the desk have the key “%(key)s”."), params={"key": twice[0]}
            )
        return {deed: key for deed, key in said.items() if key != palette.DEEDS[deed]}
