"""Tokens, and who am I. The list of one's projects is added by the room that knows projects."""

from typing import Any

from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import guessing, tokens
from accounts.authentication import caller
from accounts.replaying import replayed


class TokenAsked(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    name = serializers.CharField(max_length=200, default="token")


class Tokens(APIView):
    """Exchange e-mail and password for a personal token, shown once."""

    authentication_classes = ()

    @extend_schema(
        request=TokenAsked,
        responses={201: inline_serializer("TokenMade", {"token": serializers.CharField()})},
    )
    def post(self, request: Request) -> Response:
        asked = TokenAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        email, password, name = (asked.validated_data[key] for key in ("email", "password", "name"))
        address = request.META.get("REMOTE_ADDR", "")
        guessing.refuse_if_too_many(address, email)
        user = authenticate(request._request, username=email, password=password)
        if user is None:
            guessing.count_failure(address, email)
            raise ValidationError({"password": ["E-mail and password do not belong together."]})
        request.user = user
        return self._mint(request, name)

    @replayed(secret=True)
    def _mint(self, request: Request, name: str) -> Response:
        return Response({"token": tokens.make(caller(request), name)}, status=201)
