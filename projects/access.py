"""Who may do what: one table, checked in one place, denied by default.

A route that the table does not name is refused, and so is an answer about a project for which
nobody asked `require`. What a caller is not a member of does not exist: 404.
"""

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import User
from accounts.problems import page
from projects.models import Member, Project, Role

if TYPE_CHECKING:
    from rest_framework.views import APIView

Person = User | AnonymousUser


class Gate(Enum):
    """What is asked of a caller where no project is concerned."""

    PUBLIC = "anyone"
    SIGNED_IN = "whoever has signed in"
    ADMINISTRATOR = "administrators of the installation"


Need = Gate | Role
P, S, A = Gate.PUBLIC, Gate.SIGNED_IN, Gate.ADMINISTRATOR
VIEWER, ANNOTATOR, REVIEWER = Role.VIEWER, Role.ANNOTATOR, Role.REVIEWER
MANAGER, OWNER = Role.MANAGER, Role.OWNER

# Route name → method → who. HEAD and OPTIONS go with GET, or with POST where there is no GET.
TABLE: dict[str, dict[str, Need]] = {
    "home": {"GET": P},
    "set-up": {"GET": P, "POST": P},
    "invitation": {"GET": P, "POST": P},
    "healthz": {"GET": P},
    "readyz": {"GET": P},
    "schema": {"GET": P},
    "tasks": {"GET": P},
    "tokens": {"POST": P},
    "me": {"GET": S},
    "base-models": {"GET": S},
    "projects": {"GET": S, "POST": S},
    "project": {"GET": VIEWER, "PATCH": MANAGER, "DELETE": OWNER},
    "project-stats": {"GET": VIEWER},
    "project-members": {"GET": VIEWER, "POST": MANAGER},
    "project-member": {"PATCH": MANAGER, "DELETE": MANAGER},
    "project-uploads": {"GET": VIEWER, "POST": MANAGER},
    "upload": {"GET": VIEWER},
    "upload-cancel": {"POST": MANAGER},
    "project-examples": {"GET": VIEWER},
    "example": {"GET": VIEWER},
    "example-lineage": {"GET": VIEWER},
    "example-review": {"POST": REVIEWER},
    "project-export": {"GET": VIEWER},
    "queue-next": {"POST": ANNOTATOR},
    "assignment-submit": {"POST": ANNOTATOR},
    "assignment-skip": {"POST": ANNOTATOR},
    "assignment-return": {"POST": ANNOTATOR},
    "annotation": {"PATCH": ANNOTATOR, "DELETE": ANNOTATOR},
    "project-agreement": {"GET": VIEWER},
    "project-snapshots": {"GET": VIEWER, "POST": MANAGER},
    "snapshot": {"GET": VIEWER},
    "project-runs": {"GET": VIEWER, "POST": MANAGER},
    "run": {"GET": VIEWER},
    "run-history": {"GET": VIEWER},
    "run-cancel": {"POST": MANAGER},
    "project-model-versions": {"GET": VIEWER},
    "model-version": {"GET": VIEWER},
    "endpoints": {"GET": S, "POST": MANAGER},
    "endpoint": {"GET": VIEWER, "DELETE": MANAGER},
    "endpoint-keys": {"GET": MANAGER, "POST": MANAGER},
    "endpoint-key": {"PATCH": MANAGER, "DELETE": MANAGER},
    "endpoint-releases": {"GET": VIEWER, "POST": MANAGER},
    "endpoint-rollback": {"POST": MANAGER},
    "endpoint-stats": {"GET": VIEWER},
    "account_login": {"GET": P, "POST": P},
    "account_confirm_login_code": {"GET": P, "POST": P},
    "account_logout": {"GET": S, "POST": S},
    "account_signup": {"GET": P, "POST": P},
    "account_inactive": {"GET": P},
    "account_reauthenticate": {"GET": S, "POST": S},
    "account_change_password": {"GET": S, "POST": S},
    "account_set_password": {"GET": S, "POST": S},
    "account_email": {"GET": S, "POST": S},
    "account_email_verification_sent": {"GET": P},
    "account_confirm_email": {"GET": P, "POST": P},
    "account_reset_password": {"GET": P, "POST": P},
    "account_reset_password_done": {"GET": P},
    "account_reset_password_from_key": {"GET": P, "POST": P},
    "account_reset_password_from_key_done": {"GET": P},
    # The admin asks by itself who is staff, page by page.
    "admin:*": {"GET": P, "POST": P},
    "set_language": {"POST": P},
}
NOT_HERE = "There is nothing here, or you may not see it."


def need(request: HttpRequest | Request) -> Need | None:
    """What the table asks for this route and method. None: nobody may."""
    match = request.resolver_match
    name = match.view_name if match else ""
    rules = TABLE.get(name) or (TABLE["admin:*"] if name.startswith("admin:") else {})
    method = request.method or "GET"
    if method in {"HEAD", "OPTIONS"}:
        method = next(iter(rules), "GET")
    return rules.get(method)


def visible(user: Person) -> QuerySet[Project]:
    """The projects in which someone is a member."""
    if not user.is_authenticated:
        return Project.objects.none()
    return Project.objects.filter(members__user=user, deleted_at=None)


def role_in(user: Person, project: Project) -> Role | None:
    found = Member.objects.filter(project=project, user_id=user.pk or UUID(int=0)).values_list(
        "role", flat=True
    )
    role = found.first() if project.deleted_at is None else None
    return None if role is None else Role(role)


def require(request: Request, project: Project) -> Role:
    """The caller's role in the project, if the table lets that role do this; else 404 or 403."""
    role, asked = role_in(request.user, project), need(request)
    if role is None:
        raise Http404(NOT_HERE)
    if not isinstance(asked, Role) or role < asked:
        raise PermissionDenied
    request._request.granted = True  # type: ignore[attr-defined]
    return role


class ByTable(BasePermission):
    """The default permission of every API view."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if (request.method or "").lower() not in {name.lower() for name in view.allowed_methods}:
            raise MethodNotAllowed(request.method or "")
        asked = need(request)
        if asked is None or asked is Gate.PUBLIC:
            return asked is Gate.PUBLIC
        if asked is Gate.ADMINISTRATOR:
            return bool(request.user.is_superuser)
        return bool(request.user and request.user.is_authenticated)


class AccessMiddleware:
    """Guards pages by the same table, and lets no project's answer out that nobody asked about."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        asked = need(request) if request.resolver_match else None
        unasked = isinstance(asked, Role) and not getattr(request, "granted", False)
        if unasked and response.status_code < 300 and request.method != "OPTIONS":
            return page(request, 403, "This page does not say who may see it, so nobody may.")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if hasattr(view, "cls"):  # an API view: Django REST framework authenticates, ByTable checks
            return None
        asked = need(request)
        if asked is Gate.PUBLIC:
            return None
        if asked is None:
            return HttpResponse("This address is not open to anyone.", status=403)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if asked is Gate.ADMINISTRATOR and not request.user.is_superuser:
            raise PermissionDenied
        return None
