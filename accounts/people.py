"""How accounts come to be: the first administrator, and people whom someone invited."""

from allauth.account.adapter import DefaultAccountAdapter
from django.db import connection, transaction
from django.http import HttpRequest

from accounts.models import User

_FIRST_ADMINISTRATOR = 0x57D10  # an advisory lock: two processes may start at once


class ByInvitation(DefaultAccountAdapter):
    """Nobody signs up by themselves: an account comes from an administrator or an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


@transaction.atomic
def ensure_administrator(email: str, password: str) -> bool:
    """Create the administrator at the first start. False if there is one already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FIRST_ADMINISTRATOR])
    if has_administrator():
        return False
    User.objects.create_superuser(email, password)
    return True


def has_administrator() -> bool:
    return User.objects.filter(is_superuser=True).exists()


def by_email(email: str) -> User | None:
    return User.objects.filter(email__iexact=email.strip()).first()
