"""Keys of an endpoint: made, shown once, revoked. Only their hashes are kept."""

from django.utils import timezone

from accounts import audit, secrets
from accounts.models import User
from serving.models import Endpoint, Key

PLAYGROUND = "playground"


def mint(
    endpoint: Endpoint, name: str, by: User, rate_per_minute: int | None = None
) -> tuple[Key, str]:
    """A new key, and its value, which nobody can ask for again."""
    secret = secrets.mint(secrets.ENDPOINT)
    key = Key.objects.create(
        endpoint=endpoint,
        name=name,
        hash=secret.hash,
        rate_per_minute=rate_per_minute,
        created_by=by,
    )
    audit.note(by, "made an endpoint key", endpoint.slug, key=str(key.pk))
    return key, secret.value


def revoke(key: Key, by: User) -> None:
    """Its next request is refused."""
    if Key.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
        audit.note(by, "revoked an endpoint key", key.endpoint.slug, key=str(key.pk))


def of_playground(endpoint: Endpoint) -> str:
    """The key by which the studio itself calls: derived when it is needed, never kept or shown."""
    secret = secrets.derived(secrets.ENDPOINT, f"{PLAYGROUND} {endpoint.pk}")
    Key.objects.get_or_create(
        hash=secret.hash, defaults={"endpoint": endpoint, "name": PLAYGROUND, "internal": True}
    )
    return secret.value
