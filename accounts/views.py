"""What people do with their own account: language, theme, tokens, sessions.

The profile page itself stands in projects/views/profile.py, for it also shows one's projects.
"""

from uuid import UUID

from allauth.core.ratelimit import consume_or_429
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from accounts import addresses, looks, sessions, tokens
from accounts.forms import AddressForm, LookForm, TokenForm
from accounts.models import User


class PersonRequest(HttpRequest):
    """The request of someone who has signed in."""

    user: User


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Django's own change of language, which the person's account remembers."""
    response: HttpResponse = set_language(request)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        looks.choose(response, request.user, language=chosen)
    return response


@require_POST
def look(request: PersonRequest) -> HttpResponse:
    """Language and theme from the profile."""
    form = LookForm(request.POST)
    response = redirect("profile")
    if form.is_valid():
        looks.choose(response, request.user, **form.cleaned_data)
        with override(form.cleaned_data["language"] or None):
            messages.success(request, _("Kept: the pages follow you to every device."))
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def email(request: PersonRequest) -> HttpResponse:
    """A new address: a link goes there, and only opening it changes anything."""
    form = AddressForm(request.user, request.POST or None)
    if request.method == "POST":
        too_often: HttpResponse | None = consume_or_429(request, action="manage_email")
        if too_often is not None:
            return too_often
        if form.is_valid():
            address = form.cleaned_data["email"]
            addresses.ask(request.user, address)
            messages.success(request, _("A mail is on its way to %(email)s.") % {"email": address})
            return redirect("profile")
    return render(request, "accounts/email.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def email_confirm(request: HttpRequest, signed: str) -> HttpResponse:
    """Where the link in the mail leads, on whatever device it is opened."""
    wanted = addresses.asked(signed)
    if wanted is not None and request.method == "POST" and addresses.change(wanted):
        messages.success(request, _("Your address is %(email)s now.") % {"email": wanted.email})
        return redirect("profile")
    gone = wanted is None or request.method == "POST"
    shown = {"wanted": None if gone else wanted}
    return render(request, "accounts/email_confirm.html", shown, status=404 if gone else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_new(request: PersonRequest) -> HttpResponse:
    """Ask what it is for; the answer shows the token, this once."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        value = tokens.make(request.user, form.cleaned_data["name"])
        shown = {"token": value, "studio": settings.STUDIO_URL}
        return render(request, "accounts/token_made.html", shown)
    return render(request, "accounts/token_new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def token_revoke(request: PersonRequest, token_id: UUID) -> HttpResponse:
    """First asks, then revokes."""
    token = get_object_or_404(tokens.of(request.user), pk=token_id)
    if request.method == "GET":
        return render(request, "accounts/token_revoke.html", {"token": token})
    tokens.revoke(token, request.user)
    said = _("The token “%(name)s” opens nothing any more.") % {"name": token.name}
    messages.success(request, said)
    return redirect("profile")


@require_POST
def sessions_end(request: PersonRequest) -> HttpResponse:
    """Sign out everywhere else, or in the one place that the button names."""
    one = request.POST.get("one", "")
    sessions.end_others(request, request.user, only=int(one) if one.isdecimal() else None)
    messages.success(request, _("Signed out there. Whoever sat there must sign in again."))
    return redirect("profile")


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: from before a sign-in, or from a browser that keeps no cookies."""
    return render(request, "accounts/stale.html", status=403)
