"""A project made of a sample, with part of it labelled, so that Train works at once."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from projects import founding, sampling
from projects.models import Project, Upload
from samples.catalogue import CATALOGUE, Sample, own


@dataclass(frozen=True)
class Trying:
    """A project whose rows are on their way: ring for its upload."""

    project: Project
    upload: Upload
    note: str


@transaction.atomic
def start(sample_slug: str, by: User, language: str) -> Trying:
    """Make the project, and the upload that fetches its rows. KeyError for an unknown sample."""
    sample = CATALOGUE[sample_slug]
    project = founding.found(by, **sampling.fields(sample, language))
    upload = Upload.objects.create(
        project=project,
        created_by=by,
        name=f"{sample.slug}.jsonl",
        mapping=sampling.MAPPING,
        sample={"slug": sample.slug, "language": language},
    )
    upload.path = f"uploads/{upload.pk}"
    upload.save(update_fields=["path"])
    return Trying(project, upload, _note(sample, language))


def offered(language: str) -> list[Sample]:
    """Every sample; what the reader reads first, and of those what needs no network first."""
    ours = own(language)
    return sorted(CATALOGUE.values(), key=lambda one: (one.language != ours.language, not one.ours))


def _note(sample: Sample, language: str) -> str:
    with override(language):
        if sample.ours:
            return _("Its rows appear here in a moment; part of them is labelled already.")
        return _(
            "Its rows are being fetched: within a minute they are here, part of them labelled."
        )
