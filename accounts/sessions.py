"""Where a person is signed in: on which device, when last seen, and how that ends.

A session is written down when it begins. When it was last seen is only in the cache, so that
a page costs no write.
"""

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts import secrets
from accounts.models import User

MOST = 30
TWO_WEEKS = 14 * 24 * 3600
# In this order: each also names those after it.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iPadOS",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


class Place(NamedTuple):
    """One session, as its owner would know it again."""

    pk: int
    device: str
    address: str
    seen_at: datetime
    here: bool


class SeenMiddleware:
    """Notes in the cache when a signed-in session was last used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        key = request.session.session_key
        if key and request.session.accessed and HASH_SESSION_KEY in request.session:
            with contextlib.suppress(RedisError):
                cache.set(_seen(key), timezone.now(), TWO_WEEKS)
        return response


def note(request: HttpRequest) -> None:
    """Write down that a session has begun here."""
    UserSession.objects.create_from_request(request)


def places(request: HttpRequest, user: User) -> list[Place]:
    """Where this person is signed in now, this place first."""
    kept = UserSession.objects.filter(user=user).order_by("-created_at")[:MOST]
    alive = _alive(user, [one.session_key for one in kept])
    seen = _last_seen(alive)
    found = [
        Place(
            one.pk,
            device(one.user_agent),
            one.ip,
            seen.get(_seen(one.session_key), one.last_seen_at),
            one.session_key == request.session.session_key,
        )
        for one in kept
        if one.session_key in alive
    ]
    return sorted(found, key=lambda place: (place.here, place.seen_at), reverse=True)


@transaction.atomic
def end_others(request: HttpRequest, user: User, *, only: int | None = None) -> int:
    """Sign this person out everywhere else, or in one other place. Returns in how many."""
    others = UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key)
    if only is not None:
        others = others.filter(pk=only)
    keys = list(others.values_list("session_key", flat=True))
    ended, _by_model = Session.objects.filter(session_key__in=keys).delete()
    others.delete()
    return ended


def device(agent: str) -> str:
    """“Firefox on Linux”: enough to know one's own device by."""
    browser = next((name for sign, name in BROWSERS.items() if sign in agent), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")


def _alive(user: User, keys: list[str]) -> set[str]:
    """Those that still open something: not expired, not from before a change of password."""
    now, proof = timezone.now(), user.get_session_auth_hash()
    rows = Session.objects.filter(session_key__in=keys, expire_date__gt=now)
    return {
        row.session_key
        for row in rows
        if constant_time_compare(row.get_decoded().get(HASH_SESSION_KEY, ""), proof)
    }


def _last_seen(keys: set[str]) -> dict[str, datetime]:
    with contextlib.suppress(RedisError):
        return cache.get_many([_seen(key) for key in keys])
    return {}


def _seen(key: str) -> str:
    return f"seen:{secrets.digest(key).hex()}"
