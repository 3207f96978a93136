"""Language and theme: kept with the person, and in cookies that a page reads without a query."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from accounts.models import Theme, User

THEMES = tuple(Theme.values)
THEME_COOKIE = "theme"
A_YEAR = 365 * 24 * 3600


def choose(
    response: HttpResponse,
    user: User | AnonymousUser,
    *,
    language: str | None = None,
    theme: str | None = None,
) -> None:
    """Keep what someone chose; no language (“”) means whatever the browser asks for."""
    chosen = {"language": language, "theme": theme}
    given = {name: value for name, value in chosen.items() if value is not None}
    if isinstance(user, User) and given:
        User.objects.filter(pk=user.pk).update(**given)
    if theme:
        _cookie(response, THEME_COOKIE, theme)
    if language:
        _cookie(response, settings.LANGUAGE_COOKIE_NAME, language)
    elif language is not None:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)


def dress(response: HttpResponse, user: User) -> None:
    """After signing in: what this person chose elsewhere. What they never chose stays as it is."""
    if user.language:
        _cookie(response, settings.LANGUAGE_COOKIE_NAME, user.language)
    if user.theme != Theme.AUTO:
        _cookie(response, THEME_COOKIE, user.theme)


def _cookie(response: HttpResponse, name: str, value: str) -> None:
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=A_YEAR, samesite="Lax", secure=secure)
