"""The Content-Security-Policy: one for the studio, and the administrators' pages' own."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase

from studio.board.appearance import POLICY

ADMINISTRATION = "/admin/"


class PolicyMiddleware(CSPMiddleware):
    """Never none: whoever opens something for one place opens it there alone."""

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002  (django-csp's own signature)
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(ADMINISTRATION) and not report_only:
            parts.config = {name: list(sources) for name, sources in POLICY.items()}
        return parts
