"""One's own page: who one is here, in which projects, with which tokens, and where signed in."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import sessions, tokens
from accounts.forms import LookForm
from accounts.views import PersonRequest

MOST = 100


@never_cache
@require_safe
def profile(request: PersonRequest) -> HttpResponse:
    user = request.user
    memberships = user.memberships.filter(project__deleted_at=None).select_related("project")
    shown = {
        "form": LookForm(initial={"language": user.language, "theme": user.theme}),
        "memberships": memberships.order_by("project__name", "pk")[:MOST],
        "tokens": tokens.of(user)[:MOST],
        "places": sessions.places(request, user),
        "most": MOST,
    }
    return render(request, "accounts/profile.html", shown)
