"""allauth's forms in our words: what each field is, and what a good password is."""

from typing import Any

from allauth.account import forms as theirs
from django.utils.translation import gettext_lazy as _

from accounts.forms import PASSWORD_RULE

WORDS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "password": _("Password"),
    "oldpassword": _("Current password"),
    "password1": _("New password"),
    "password2": _("The new password once more"),
}


class Worded:
    """Names that stand above the fields rather than inside them, and no link between two fields."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = WORDS.get(name, field.label)
            field.help_text = PASSWORD_RULE if name == "password1" else ""
            field.widget.attrs.pop("placeholder", None)
        first = next(iter(self.fields.values()), None)
        if first is not None:
            first.widget.attrs["autofocus"] = True


class SignIn(Worded, theirs.LoginForm):
    """E-mail and password."""


class AskForReset(Worded, theirs.ResetPasswordForm):
    """The address to which the link goes."""


class ResetPassword(Worded, theirs.ResetPasswordKeyForm):
    """A new password, for who holds the link."""


class ChangePassword(Worded, theirs.ChangePasswordForm):
    """A new password, for who knows the old one."""


class SetPassword(Worded, theirs.SetPasswordForm):
    """A first password, for who came in without one."""


class Reauthenticate(Worded, theirs.ReauthenticateForm):
    """The password once more, before something that matters."""
