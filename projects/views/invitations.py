"""Coming into a project by an invitation's link."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.forms import PasswordForm
from accounts.models import User
from accounts.people import by_email, sign_in
from accounts.problems import Conflict, sentence
from projects import people
from projects.models import Invitation


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Accept an invitation: people who have an account sign in, others choose a password."""
    invited = people.invited_by(secret)
    if invited is None:
        raise Http404
    if not invited.open:
        return render(request, "projects/invitation.html", {"invitation": invited}, status=404)
    known = by_email(invited.email)
    form = PasswordForm(request.POST or None, initial={"email": invited.email})
    if request.method == "POST":
        itself = known is not None and known == request.user
        if itself or (known is None and form.is_valid()):
            return _come_in(request, invited, known, form.data.get("password", ""))
    shown = {"invitation": invited, "form": form, "known": known}
    return render(request, "projects/invitation.html", shown)


def _come_in(
    request: HttpRequest, invited: Invitation, known: User | None, password: str
) -> HttpResponse:
    try:
        user = people.accept(invited, known, password)
    except Conflict as late:
        messages.warning(request, sentence(late))
        return redirect("home")
    if known is None:
        sign_in(request, user)
    messages.success(request, _("Welcome to “%(name)s”.") % {"name": invited.project.name})
    return redirect("ring", project_id=invited.project_id)
