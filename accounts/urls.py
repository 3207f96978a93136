"""Addresses of the accounts room, below /api/v1/."""

from django.urls import path

from accounts.api import Tokens

urlpatterns = [path("tokens/", Tokens.as_view(), name="tokens")]
