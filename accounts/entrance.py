"""How people come in: by invitation only. What allauth asks of us, and the words it says.

Its forms with our words are in accounts/signing.py, its pages in templates/account/.
"""

import logging
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from accounts import looks
from accounts.people import by_email

log = logging.getLogger("studio.mail")


class ByInvitation(DefaultAccountAdapter):
    """Nobody signs up by themselves: an account comes from an administrator or an invitation."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is switched off. An administrator can open it again."),
        "email_password_mismatch": _("E-mail and password do not belong together."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link has been used, or is too old. Ask for a new one."),
        "rate_limited": _("That was often. Wait a few minutes, then go on."),
        "too_many_login_attempts": _("Too many tries that failed. Go on in five minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: Any, **known: Any) -> HttpResponse:
        """Language and theme come along to this browser."""
        response: HttpResponse = super().post_login(request, user, **known)
        looks.dress(response, user)
        return response

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("profile")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the address that the studio gives itself, whatever Host was asked for."""
        theirs = super().get_reset_password_from_key_url(key)
        return settings.STUDIO_URL + urlsplit(theirs).path

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the reader's language. A mail server that is away changes no page: it is in the log.

        A page that told of it would tell who has an account here.
        """
        reader = by_email(email)
        known = {**context, "studio": settings.STUDIO_URL}
        with override((reader and reader.language) or get_language()):
            try:
                super().send_mail(template_prefix, email, known)
            except (OSError, SMTPException) as problem:
                log.error("A mail could not be sent (%s): see EMAIL_URL.", problem)
