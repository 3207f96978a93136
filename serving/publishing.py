"""Publishing: which model version answers at an endpoint. Knows nothing of HTTP."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from ml import manifest
from ml.predicting import TOLERANCE
from projects.models import Project
from serving.models import Endpoint, Mode, Release
from training.models import ModelVersion

RESERVED = {"publish"}  # pages beside those of endpoints
SUFFIX = "23456789abcdefghjkmnpqrstuvwxyz"  # no letters that are taken for one another


class NotPublishable(ValueError):
    """A model version may not answer callers; the message says why and what to do."""


class NothingBefore(ValueError):
    """There is no earlier release to return to."""


def publish(project: Project, name: str, version: ModelVersion, by: User) -> Endpoint:
    """A new address at which the version answers. Raises NotPublishable."""
    parity = vouched(project, version)
    with transaction.atomic():
        endpoint = _named(project, name, by)
        Release.objects.create(
            endpoint=endpoint, model_version=version, parity=parity, created_by=by
        )
        audit.note(by, "published an endpoint", endpoint.slug, version=version.number)
    return endpoint


def release(
    endpoint: Endpoint, version: ModelVersion, by: User, mode: str = Mode.LIVE, traffic: int = 100
) -> Release:
    """Let the version answer here: alone, for a share, or unheard beside. Raises NotPublishable."""
    parity = vouched(endpoint.project, version)
    with transaction.atomic():
        _lock(endpoint)
        before = _step_aside(endpoint, version, mode)
        made = Release.objects.create(
            endpoint=endpoint,
            model_version=version,
            mode=mode,
            traffic=traffic,
            parity=parity,
            before=before,
            created_by=by,
        )
        audit.note(by, f"released as {mode}", endpoint.slug, version=version.number)
    return made


def roll_back(endpoint: Endpoint, by: User) -> Release:
    """Undo the newest release that callers hear. Returns the one that answers. NothingBefore."""
    with transaction.atomic():
        _lock(endpoint)
        live, canary = endpoint.running(Mode.LIVE), endpoint.running(Mode.CANARY)
        if live is None:
            raise NothingBefore(_("Nothing answers at this endpoint, so there is nothing to undo."))
        if canary is not None and canary.created_at > live.created_at:
            canary.end()
            answering = live
        else:
            answering = _reinstate(live, by)
        audit.note(by, "rolled back", endpoint.slug, version=answering.model_version.number)
    return answering


def withdraw(endpoint: Endpoint, by: User) -> None:
    """Take the address off the air. Its predictions and feedback stay on record."""
    with transaction.atomic():
        if Endpoint.objects.open().filter(pk=endpoint.pk).update(withdrawn_at=timezone.now()):
            audit.note(by, "withdrew an endpoint", endpoint.slug)


def vouched(project: Project, version: ModelVersion) -> dict[str, Any]:
    """The recorded parity of the version's served artifact. Raises NotPublishable."""
    if version.project_id != project.pk:
        raise NotPublishable(_("There is no such model version in this project."))
    artifact = next((each for each in version.artifacts if each.get("parity")), None)
    if artifact is None:
        raise NotPublishable(
            _("Version %(number)s has no file to serve that was checked. Train it again.")
            % {"number": version.number}
        )
    parity: dict[str, Any] = artifact["parity"]
    if not parity.get("max_difference", 1.0) <= TOLERANCE:
        raise NotPublishable(
            _("The file to serve of version %(number)s does not answer as the trained model.")
            % {"number": version.number}
            + f" ({parity.get('max_difference')} > {TOLERANCE})"
        )
    _look_at_files(version, artifact)
    return parity


def _look_at_files(version: ModelVersion, artifact: dict[str, Any]) -> None:
    try:
        listed = manifest.verify(version.folder)
    except manifest.Damaged as damage:
        raise NotPublishable(
            _("The files of version %(number)s are damaged. Bring back a backup, or train again.")
            % {"number": version.number}
            + f" ({damage})"
        ) from damage
    if listed.get(artifact["file"], {}).get("sha256") != artifact["sha256"]:
        raise NotPublishable(
            _("A file of version %(number)s is not the one that its training left.")
            % {"number": version.number}
            + f" ({artifact['file']})"
        )


def _lock(endpoint: Endpoint) -> None:
    """Two releases at once go one after the other."""
    Endpoint.objects.select_for_update().get(pk=endpoint.pk)


def _step_aside(endpoint: Endpoint, version: ModelVersion, mode: str) -> Release | None:
    """End what the new release replaces: its mode's, and a canary that is now all there is."""
    before = endpoint.running(mode)
    if before is not None:
        before.end()
    if mode == Mode.LIVE:
        endpoint.releases.filter(mode=Mode.CANARY, ended_at=None, model_version=version).update(
            ended_at=timezone.now()
        )
    return before


def _reinstate(live: Release, by: User) -> Release:
    """A new release of the version before, so that the history stays a line."""
    before = live.before
    if before is None:
        raise NothingBefore(
            _("This is the first release of the endpoint: there is none before it to return to.")
        )
    live.end()
    return Release.objects.create(
        endpoint=live.endpoint,
        model_version=before.model_version,
        parity=before.parity,
        # Rolling back again goes one further back, not forth to what was just undone.
        before=before.before,
        created_by=by,
    )


def _named(project: Project, name: str, by: User) -> Endpoint:
    """An endpoint with an address made of its name, or of chance where the name has no letters."""
    base = slugify(name)[:60].strip("-_")
    if base in RESERVED:
        base = f"{base}-endpoint"
    slug = base or f"endpoint-{get_random_string(6, SUFFIX)}"
    while True:
        try:
            with transaction.atomic():
                return Endpoint.objects.create(project=project, name=name, slug=slug, created_by=by)
        except IntegrityError:
            # Someone has this address, perhaps in a project that the caller cannot see.
            slug = f"{base or 'endpoint'}-{get_random_string(6, SUFFIX)}"
