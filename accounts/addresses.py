"""A person's address changes once the new one has answered. It is kept in one place: User.email."""

from typing import NamedTuple

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import audit
from accounts.models import User
from accounts.people import by_email

SALT = "accounts.addresses"
THREE_DAYS = 3 * 24 * 3600


class Change(NamedTuple):
    """What the link in the mail stands for."""

    user: User
    email: str


def ask(user: User, email: str) -> None:
    """Write to the new address. If it is someone's, only that someone learns of it."""
    if by_email(email) is not None:
        reset = settings.STUDIO_URL + reverse("account_reset_password")
        _send("account_already_exists", email, password_reset_url=reset)
        return
    signed = signing.dumps([str(user.pk), user.email, email], salt=SALT)
    link = settings.STUDIO_URL + reverse("email-confirm", args=[signed])
    _send("email_confirmation", email, old=user.email, link=link)


def asked(signed: str) -> Change | None:
    """What the link asks for, while it is good: three days, and only from the address of then."""
    try:
        pk, old, email = signing.loads(signed, salt=SALT, max_age=THREE_DAYS)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=pk, email=old, is_active=True).first()
    return None if user is None else Change(user, email)


def change(wanted: Change) -> bool:
    """Sign in with the new address from now on. False if it came to be someone else's."""
    user, email = wanted
    try:
        with transaction.atomic():
            changed = User.objects.filter(pk=user.pk, email=user.email).update(email=email.lower())
    except IntegrityError:
        return False
    if changed:
        audit.note(user, "change e-mail", user.pk, old=user.email, new=email.lower())
    return bool(changed)


def _send(name: str, email: str, **known: str) -> None:
    get_adapter().send_mail(f"account/email/{name}", email, known)
