"""Who is calling: a personal token in the Authorization header, or nobody."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request

from accounts import secrets
from accounts.models import Token, User

# Every call of a program begins with it, so it is written down rather than put together anew.
_BEARER = """
SELECT u.*, t.id AS token_id FROM accounts_token t JOIN accounts_user u ON u.id = t.user_id
WHERE t.hash = %s AND t.revoked_at IS NULL AND u.is_active
"""


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer stp_…`. Checked against the database each time: revoked means gone."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        scheme, _, value = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = self._find(value.strip())
        if token is None:
            raise AuthenticationFailed(
                "This token is not known here. It may have been revoked, or a character is missing."
            )
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def _find(self, value: str) -> Token | None:
        if not secrets.looks_issued(value, secrets.PERSONAL):
            return None
        for user in User.objects.raw(_BEARER, [secrets.digest(value)]):
            return Token(pk=user.token_id, user=user)  # type: ignore[attr-defined]
        return None


def caller(request: Request) -> User:
    """Who is asking, where the table lets in nobody anonymous."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
