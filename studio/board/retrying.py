"""Failed work gets another chance: the same row goes back to its queue, once."""

from uuid import UUID

from django.db import transaction

from accounts import audit
from accounts.models import User
from projects import jobs as data
from projects.models import Upload
from training import jobs as fitting
from training.models import Run

# Why an upload fails without its file being at fault: a sample that was away says no code.
UNFORESEEN = {"", "our-mistake", "gave-up"}
# Why a run would fail again: its settings and its snapshot stay what they are.
SETTLED = {"one-label-only", "too-few-examples", "unknown-method", "bad-setting"}


@transaction.atomic
def run(pk: UUID, by: User) -> bool:
    """Queue a failed run again; it resumes from its last checkpoint. False if it is not failed."""
    found = Run.objects.filter(pk=pk, project__deleted_at=None).first()
    if found is None or not found.queue_again(error_title="", error_hint="", error_said={}):
        return False
    audit.note(by, "retry run", found.project_id, run=str(pk))
    fitting.ring(found)
    return True


@transaction.atomic
def upload(pk: UUID, by: User) -> bool:
    """Read a failed upload on from its last whole batch. False without its file, or not failed."""
    found = Upload.objects.filter(pk=pk, project__deleted_at=None).first()
    if found is None or not is_readable(found):
        return False
    # What was wrong with the file as a whole is told as row 0; what was wrong with rows stays.
    problems = [problem for problem in found.problems if problem.get("row")]
    if not found.queue_again(error="", error_said={}, problems=problems):
        return False
    audit.note(by, "retry upload", found.project_id, upload=str(pk), name=found.name)
    data.ring(found)
    return True


def may_help(failed: Run | Upload) -> bool:
    """Whether another try can end in another way: not where data or settings are what is wrong."""
    code, _, _ = failed.error_said.get("code", "").partition(":")
    if isinstance(failed, Upload):
        return code in UNFORESEEN and is_readable(failed)
    return code not in SETTLED


def is_readable(upload: Upload) -> bool:
    """Whether there is something to read: its file, or a sample that is fetched first."""
    return bool(upload.sample) or upload.file.is_file()


DEEDS = {"run": run, "upload": upload}
