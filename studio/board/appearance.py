"""How the administrators' pages look, and what their browser may do there. Loaded by settings."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

# Alpine, which Unfold is made of, evaluates attributes and writes styles; nothing else is opened.
POLICY = {
    "default-src": ("'self'",),
    "script-src": ("'self'", "'unsafe-eval'"),
    "style-src": ("'self'", "'unsafe-inline'"),
    "img-src": ("'self'", "data:"),
    "object-src": ("'none'",),
    "base-uri": ("'self'",),
    "form-action": ("'self'",),
    "frame-ancestors": ("'none'",),
}


def _link(title: Any, icon: str, model: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist")}


_BOARD = {"title": _("Board"), "icon": "monitoring", "link": reverse_lazy("admin:index")}
_PEOPLE = [
    _link(_("People"), "group", "accounts_user"),
    _link(_("Personal tokens"), "vpn_key", "accounts_token"),
    _link(_("Audit log"), "history", "accounts_auditentry"),
]
_DATA = [
    _link(_("Projects"), "folder", "projects_project"),
    _link(_("Uploads"), "upload_file", "projects_upload"),
]
_TRAINING = [
    _link(_("Runs"), "model_training", "training_run"),
    _link(_("Model versions"), "deployed_code", "training_modelversion"),
]
_SERVING = [
    _link(_("Endpoints"), "hub", "serving_endpoint"),
    _link(_("Releases"), "rocket_launch", "serving_release"),
    _link(_("Readiness"), "sensors", "serving_readiness"),
    _link(_("Keys"), "key", "serving_key"),
    _link(_("Predictions"), "output", "serving_prediction"),
    _link(_("Refused requests"), "block", "serving_refusal"),
    _link(_("Feedback"), "reviews", "serving_feedback"),
]
_INDIGO = {
    "50": "#eef2ff",
    "100": "#dbe4ff",
    "200": "#bac8ff",
    "300": "#91a7ff",
    "400": "#748ffc",
    "500": "#5c7cfa",
    "600": "#4263eb",
    "700": "#3b5bdb",
    "800": "#364fc7",
    "900": "#2b3f9e",
    "950": "#1b2a6b",
}

UNFOLD = {
    "SITE_TITLE": _("Studio"),
    "SITE_HEADER": _("Studio"),
    "SITE_SUBHEADER": _("Administration"),
    "SITE_SYMBOL": "cycle",
    "SITE_FAVICONS": [{"rel": "icon", "href": lambda _: static("mark.svg")}],
    "STYLES": [lambda _: static("board.css")],
    "SITE_URL": "/",
    "SHOW_LANGUAGES": True,
    "COLORS": {"primary": _INDIGO},
    "BORDER_RADIUS": "8px",
    "DASHBOARD_CALLBACK": "studio.board.views.dashboard",
    "SIDEBAR": {
        "show_search": True,
        "navigation": [
            {"items": [_BOARD]},
            {"title": _("People"), "items": _PEOPLE},
            {"title": _("Data"), "items": _DATA},
            {"title": _("Training"), "items": _TRAINING},
            {"title": _("Serving"), "items": _SERVING},
        ],
    },
}
