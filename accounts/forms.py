"""The forms by which an account comes to be."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class PasswordForm(forms.Form):
    """A new password, checked by the rules of the installation."""

    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least eight characters, not only digits, and not a common one."),
        max_length=1000,
        strip=False,
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.address))
        return password

    @property
    def address(self) -> str:
        return str(self.initial.get("email") or self.cleaned_data.get("email") or "")


class SetUpForm(PasswordForm):
    """The administrator of a new installation."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )
    field_order = ["email", "password"]

    def cleaned(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("email", "password")}
