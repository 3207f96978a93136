"""Who may do what: one table, checked in one place, denied by default.

A route that the table does not name is refused, and so is an answer about a project for which
nobody asked `require`. What a caller is not a member of does not exist: 404.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django_htmx.http import HttpResponseClientRedirect
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import User
from accounts.problems import page
from projects.models import Member, Project, Role
from projects.rules import TABLE, Gate, Need

if TYPE_CHECKING:
    from rest_framework.views import APIView

Person = User | AnonymousUser
NOBODY = "This address is not open to anyone."
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


_ENTERED = """
SELECT p.*, m.role AS role_here FROM projects_project p
JOIN projects_member m ON m.project_id = p.id AND m.user_id = %s
WHERE p.id = %s AND p.deleted_at IS NULL
"""


def entered(request: Request, project_id: UUID) -> Project:
    """The project of the address, if the caller may do here what the table says; else 404 or 403.

    What `require` asks, in one question to the database.
    """
    person = request.user.pk or UUID(int=0)
    for project in Project.objects.raw(_ENTERED, [person, project_id]):
        asked = need(request)
        role: int = project.role_here  # type: ignore[attr-defined]
        if not isinstance(asked, Role) or role < asked:
            raise PermissionDenied
        request._request.granted = True  # type: ignore[attr-defined]
        return project
    raise Http404(NOT_HERE)


class MemberRequest(HttpRequest):
    """A page's request, once the table let its sender into the project."""

    user: User
    project: Project
    role: Role


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
        away = isinstance(response, HttpResponseClientRedirect)  # says nothing of the project
        if unasked and response.status_code < 300 and request.method != "OPTIONS" and not away:
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
            above = _page_above(request) if request.method == "GET" else None
            return redirect(above) if above else HttpResponse(NOBODY, status=403)
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if asked is Gate.ADMINISTRATOR and not request.user.is_superuser:
            raise PermissionDenied
        if isinstance(asked, Role):
            _admit(request, kwargs.get("project_id"), asked)
        return None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; never as a part of another page: then all of that page goes there."""
    if not request.headers.get("HX-Request"):
        looked_at = request.method in {"GET", "HEAD"}
        back = request.get_full_path() if looked_at else _page_above(request) or "/"
        return redirect_to_login(back)
    here = urlsplit(request.headers.get("HX-Current-URL", "/")).path
    return HttpResponseClientRedirect(redirect_to_login(here).url)


def _page_above(request: HttpRequest) -> str | None:
    """The page that a form's address belongs to: the nearest above it that can be looked at."""
    parts = request.path.strip("/").split("/")
    for count in range(len(parts) - 1, 0, -1):
        path = f"/{'/'.join(parts[:count])}/"
        try:
            name = resolve(path).view_name
        except Resolver404:
            continue
        if "GET" in TABLE.get(name, {}):
            return path
    return None


def _admit(request: HttpRequest, project_id: UUID | None, asked: Role) -> None:
    """Let a member into the project that the address names: the request then knows both."""
    project = visible(request.user).filter(pk=project_id or UUID(int=0)).first()
    role = None if project is None else role_in(request.user, project)
    if role is None:
        raise Http404(NOT_HERE)
    request.project, request.role = project, role  # type: ignore[attr-defined]
    if role < asked:
        raise PermissionDenied
    request.granted = True  # type: ignore[attr-defined]
