"""Personal tokens: made, shown once, revoked."""

from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit, secrets
from accounts.models import Token, User


def make(user: User, name: str) -> str:
    """A new token of this person: the value, which only its reader keeps."""
    secret = secrets.mint(secrets.PERSONAL)
    token = Token.objects.create(user=user, name=name, hash=secret.hash)
    audit.note(user, "make token", token.pk, name=name)
    return secret.value


def of(user: User) -> QuerySet[Token]:
    """Those that still open something, the newest first."""
    return user.tokens.filter(revoked_at=None).order_by("-pk")


def revoke(token: Token, by: User) -> None:
    """From the next request on it opens nothing."""
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    audit.note(by, "revoke token", token.pk, name=token.name)
