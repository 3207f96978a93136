"""How accounts come to be: the first administrator, and people whom someone invited."""

from django.contrib.auth import login
from django.db import connection, transaction
from django.http import HttpRequest

from accounts import sessions
from accounts.models import Theme, User

_FIRST_ADMINISTRATOR = 0x57D10  # an advisory lock: two processes may start at once
_BACKEND = "django.contrib.auth.backends.ModelBackend"


@transaction.atomic
def ensure_administrator(
    email: str, password: str, language: str = "", theme: str = Theme.AUTO
) -> User | None:
    """Create the administrator at the first start. None if there is one already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FIRST_ADMINISTRATOR])
    if has_administrator():
        return None
    return User.objects.create_superuser(email, password, language=language, theme=theme)


def has_administrator() -> bool:
    return User.objects.filter(is_superuser=True).exists()


def by_email(email: str) -> User | None:
    return User.objects.filter(email__iexact=email.strip()).first()


def sign_in(request: HttpRequest, user: User) -> None:
    """Let someone in who has just shown who they are, and note where they sit."""
    login(request, user, backend=_BACKEND)
    sessions.note(request)
