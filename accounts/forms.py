"""The forms by which an account comes to be, and by which its owner changes it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.models import Theme, User

PASSWORD_RULE = _("At least eight characters, not only digits, and not a common one.")
LANGUAGES = [("", _("As the browser")), *settings.LANGUAGES]


class PasswordForm(forms.Form):
    """A new password, checked by the rules of the installation."""

    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=PASSWORD_RULE,
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


class LookForm(forms.Form):
    """Language and theme."""

    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices, required=False)

    def clean_theme(self) -> str:
        return self.cleaned_data["theme"] or Theme.AUTO.value


class SetUpForm(LookForm, PasswordForm):
    """The administrator of a new installation."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
        help_text=_("You sign in with it, and others see it."),
    )
    field_order = ["email", "password", "language", "theme"]

    def cleaned(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.field_order}


class AddressForm(forms.Form):
    """A new address, asked for by who knows the password."""

    email = forms.EmailField(
        label=_("New e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        max_length=1000,
        strip=False,
    )

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        self.user = user
        if not user.has_usable_password():
            del self.fields["password"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if email == self.user.email.lower():
            raise forms.ValidationError(_("This is your address already."))
        return email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password."))
        return password


class TokenForm(forms.Form):
    """What a token is for, so that its owner knows which to revoke."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=200,
        help_text=_("Such as the program or the machine that is to use it."),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
