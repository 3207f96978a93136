"""`manage.py administrator`: make the first one from the environment, or say who it is."""

import os
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts.models import User
from accounts.people import ensure_administrator, has_administrator


class Command(BaseCommand):
    """The supervisor calls it at each start; a person may call it too."""

    help = "Makes the administrator of STUDIO_ADMIN_EMAIL and STUDIO_ADMIN_PASSWORD, if none is."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        email = os.environ.get("STUDIO_ADMIN_EMAIL", "")
        password = os.environ.get("STUDIO_ADMIN_PASSWORD", "")
        if bool(email) != bool(password):
            raise CommandError("Set both STUDIO_ADMIN_EMAIL and STUDIO_ADMIN_PASSWORD, or neither.")
        if email and not has_administrator():
            _refuse_clumsy(email, password)
            ensure_administrator(email, password)
        first = User.objects.filter(is_superuser=True).order_by("date_joined").first()
        self.stdout.write(first.email if first else "none yet: open the address to make one")


def _refuse_clumsy(email: str, password: str) -> None:
    """The same rules as on the page of the first visit."""
    try:
        validate_email(email)
    except ValidationError as wrong:
        raise CommandError(f"STUDIO_ADMIN_EMAIL is {email!r}: give an e-mail address.") from wrong
    try:
        validate_password(password, User(email=email))
    except ValidationError as weak:
        said = " ".join(weak.messages)
        raise CommandError(f"STUDIO_ADMIN_PASSWORD is not strong enough. {said}") from weak
