"""Coming into a project by an invitation's link."""

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.forms import PasswordForm
from projects import people


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Accept an invitation: people who have an account sign in, others choose a password."""
    invited = people.invited_by(secret)
    if invited is None:
        raise Http404
    form = PasswordForm(request.POST or None, initial={"email": invited.email})
    if request.method == "POST" and form.is_valid():
        user = people.accept(invited, form.cleaned_data["password"])
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("home")
    return render(request, "projects/invitation.html", {"invitation": invited, "form": form})
