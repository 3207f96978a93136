"""Spans of time, and what workers do, in the reader's words."""

from django.utils.translation import gettext_lazy as _

_UNITS = ((86400, _("%(n)s d")), (3600, _("%(n)s h")), (60, _("%(n)s min")))
_SECONDS = _("%(n)s s")
_DEEDS = {
    "training.jobs.train": _("trains a model"),
    "projects.jobs.read_upload": _("reads an upload"),
    "studio.jobs.sweep": _("tidies up"),
    "projects.jobs.reconcile": _("looks after uploads"),
    "training.jobs.reconcile": _("looks after runs"),
    "projects.jobs.fold": _("adds up the figures"),
    "labeling.jobs.expire": _("takes back leases"),
}


def age(seconds: float) -> str:
    """In whole units, the largest of which there are at least two."""
    for unit, words in _UNITS:
        if seconds >= 2 * unit:
            return str(words) % {"n": int(seconds // unit)}
    return str(_SECONDS) % {"n": max(0, int(seconds))}


def doing(jobs: list[str]) -> str:
    """Several at once are told once each."""
    return ", ".join(str(_DEEDS.get(job, job)) for job in dict.fromkeys(jobs))
