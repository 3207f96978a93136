"""A file through the three steps of the pages: sent, looked at, decided upon."""

from typing import Any
from uuid import uuid4

from django.test import Client

from projects import intake
from projects.models import Project, Upload
from tests.cast import csv_file


def send(page: Client, project: Project, content: Any, name: str = "rows.csv", **more: Any) -> Any:
    sent = {"file": csv_file(content, name), "once": str(uuid4())} | more
    return page.post(f"/projects/{project.pk}/data/upload/", sent)


def work(sent: Any) -> Upload:
    """The worker's part: returns the upload as the page's address names it."""
    upload = Upload.objects.get(pk=sent.url.split("/")[-2])
    claimed = Upload.claim(upload.pk)
    assert claimed is not None
    intake.read(claimed)
    upload.refresh_from_db()
    return upload


def decide(page: Client, upload: Upload, act: str = "import", **more: Any) -> Any:
    form = {"text": "0", "label": "1", "answers": "final", "add_labels": "on", "act": act}
    form |= {"with_meta": "on"} | more  # as the page has it, where the file has other columns
    address = f"/projects/{upload.project_id}/data/uploads/{upload.pk}/"
    return page.post(address, form)
