"""Members of a project and their roles."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import caller
from accounts.replaying import replayed
from projects import access, people
from projects.api.projects import asked_for
from projects.models import Invitation, Member, Project, Role

ROLES = [role.word for role in Role]
STATES = [("member", "member"), ("invited", "invited")]


class MemberAsked(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=ROLES)
    password = serializers.CharField(
        max_length=1000, required=False, default="", allow_blank=True, trim_whitespace=False
    )


class RoleAsked(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=ROLES)


class MemberData(serializers.Serializer[Any]):
    """A member, or someone invited who has not come yet."""

    id = serializers.CharField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=ROLES)
    state = serializers.ChoiceField(choices=STATES)


def _shown(found: Member | Invitation) -> dict[str, str]:
    member = isinstance(found, Member)
    return {
        "id": str(found.user_id if isinstance(found, Member) else found.pk),
        "email": found.user.email if isinstance(found, Member) else found.email,
        "role": Role(found.role).word,
        "state": "member" if member else "invited",
    }


def _role(name: str) -> Role:
    return Role[name.upper()]


class Members(APIView):
    @extend_schema(responses={200: MemberData(many=True)})
    def get(self, request: Request, project_id: UUID) -> Response:
        project = asked_for(request, project_id)
        members = project.members.select_related("user").order_by("pk")[:1000]
        invited = project.invitations.filter(accepted_at=None).order_by("pk")[:1000]
        found = [*map(_shown, members), *map(_shown, invited)]
        return Response({"results": found, "next": None, "previous": None})

    @extend_schema(request=MemberAsked, responses={201: MemberData})
    def post(self, request: Request, project_id: UUID) -> Response:
        project = get_object_or_404(Project, pk=project_id)
        return self._add(request, project, access.require(request, project))

    @replayed()
    def _add(self, request: Request, project: Project, own: Role) -> Response:
        form = MemberAsked(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        added = people.add(
            project, caller(request), own, asked["email"], _role(asked["role"]), asked["password"]
        )
        return Response(_shown(added), status=201)


class OneMember(APIView):
    def _found(self, request: Request, project_id: UUID, user_id: UUID) -> tuple[Member, Role]:
        project = get_object_or_404(Project, pk=project_id)
        own = access.require(request, project)
        return get_object_or_404(Member, project=project, user_id=user_id), own

    @extend_schema(request=RoleAsked, responses=MemberData)
    def patch(self, request: Request, project_id: UUID, user_id: UUID) -> Response:
        member, own = self._found(request, project_id, user_id)
        form = RoleAsked(data=request.data)
        form.is_valid(raise_exception=True)
        people.change(member, own, _role(form.validated_data["role"]))
        return Response(_shown(member))

    @extend_schema(responses={204: OpenApiResponse(description="Gone; their answers stay.")})
    def delete(self, request: Request, project_id: UUID, user_id: UUID) -> Response:
        member, own = self._found(request, project_id, user_id)
        people.remove(member, caller(request), own)
        return Response(status=204)
