"""Addresses of the accounts room: API below /api/v1/, PAGES below /."""

from django.urls import URLPattern, path

from accounts import views
from accounts.api import Tokens

API = [path("tokens/", Tokens.as_view(), name="tokens")]

PAGES: list[URLPattern] = [
    path("language/setlang/", views.language, name="set_language"),
    path("profile/look/", views.look, name="profile-look"),
    path("profile/e-mail/", views.email, name="email"),
    path("profile/e-mail/<str:signed>/", views.email_confirm, name="email-confirm"),
    path("profile/tokens/new/", views.token_new, name="token-new"),
    path("profile/tokens/<uuid:token_id>/revoke/", views.token_revoke, name="token-revoke"),
    path("profile/sessions/end/", views.sessions_end, name="sessions-end"),
]
