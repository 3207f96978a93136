"""Who may go where: one table of every route. What it does not name is closed.

Only the table: projects/access.py checks it.
"""

from enum import Enum

from projects.models import Role


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
# A role is asked in the project that the address names (`project_id`).
TABLE: dict[str, dict[str, Need]] = {
    # Pages
    "home": {"GET": P},
    "set-up": {"GET": P, "POST": P},
    "now": {"GET": S},
    "theme": {"POST": P},
    "words": {"GET": P},
    "components": {"GET": A},
    "invitation": {"GET": P, "POST": P},
    "start": {"GET": S},
    "project-new": {"GET": S, "POST": S},
    "samples": {"GET": S, "POST": S},
    "ring": {"GET": VIEWER},
    "data": {"GET": VIEWER},
    "data-export": {"GET": VIEWER},
    "data-upload-new": {"GET": MANAGER, "POST": MANAGER},
    "data-upload": {"GET": VIEWER, "POST": MANAGER},
    "data-upload-cancel": {"POST": MANAGER},
    "example-page": {"GET": VIEWER},
    "example-set-aside": {"POST": REVIEWER},
    "people": {"GET": VIEWER, "POST": MANAGER},
    "member-role": {"POST": MANAGER},
    "member-remove": {"GET": MANAGER, "POST": MANAGER},
    "project-leave": {"GET": VIEWER, "POST": VIEWER},
    "invitation-revoke": {"POST": MANAGER},
    "project-settings": {"GET": MANAGER, "POST": MANAGER},
    "project-delete": {"POST": OWNER},
    "desk": {"GET": ANNOTATOR},
    "desk-next": {"POST": ANNOTATOR},
    "desk-answer": {"POST": ANNOTATOR},
    "desk-skip": {"POST": ANNOTATOR},
    "desk-undo": {"POST": ANNOTATOR},
    "review": {"GET": REVIEWER},
    "review-settle": {"POST": REVIEWER},
    "train": {"GET": VIEWER, "POST": MANAGER},
    "run-page": {"GET": VIEWER},
    "run-cancel-page": {"POST": MANAGER},
    "run-cell": {"GET": VIEWER},
    "version-page": {"GET": VIEWER},
    "endpoints-page": {"GET": VIEWER},
    "endpoint-publish": {"GET": MANAGER, "POST": MANAGER},
    "endpoint-page": {"GET": VIEWER},
    "endpoint-traffic": {"GET": VIEWER},
    "endpoint-withdraw": {"POST": MANAGER},
    "endpoint-try": {"POST": ANNOTATOR},
    "endpoint-verdict": {"POST": ANNOTATOR},
    "endpoint-release": {"POST": MANAGER},
    "endpoint-roll-back": {"POST": MANAGER},
    "endpoint-key-make": {"POST": MANAGER},
    "endpoint-key-revoke": {"POST": MANAGER},
    "profile": {"GET": S},
    "profile-look": {"POST": S},
    "email": {"GET": S, "POST": S},
    "email-confirm": {"GET": P, "POST": P},
    "token-new": {"GET": S, "POST": S},
    "token-revoke": {"GET": S, "POST": S},
    "sessions-end": {"POST": S},
    # Health and the API
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
    # Closed: they keep addresses in a table of their own, and ours is User.email.
    "account_email": {},
    "account_email_verification_sent": {},
    "account_confirm_email": {},
    "account_reset_password": {"GET": P, "POST": P},
    "account_reset_password_done": {"GET": P},
    "account_reset_password_from_key": {"GET": P, "POST": P},
    "account_reset_password_from_key_done": {"GET": P},
    "board": {"GET": A},
    "board-retry": {"POST": A},
    # The admin asks by itself who is staff, page by page.
    "admin:*": {"GET": P, "POST": P},
    "set_language": {"POST": P},
}
