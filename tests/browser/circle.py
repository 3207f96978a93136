"""A project that has been round the circle, made over the API, and the pages that show it."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from samples.catalogue import CATALOGUE, Row
from studio.loop import drawing, people, serving
from studio.loop.client import Client
from studio.loop.people import Annotator
from studio.loop.serving import Published
from studio.running.temporary import TemporaryStudio
from tests.browser import callers, dataroom, teamwork

SAMPLES = {"en": "customer-questions-en", "zh-hans": "customer-questions-zh"}
NAMES = {"en": "Mail to the help desk", "zh-hans": "客服来信"}
MAPPING = json.dumps({"text": "message", "label": "kind"})
LOOKED_AT = b"message,kind\nWhere is my parcel?,delivery\n,refund\nIs it blue?,colour\n"
LABELLED, OPEN, LABELLED_LATER, CORRECTIONS, TOGETHER = 160, 100, 60, 6, 4


@dataclass
class Circle:
    """Where everything is."""

    project: str
    upload: str
    looked_at: str
    example: str
    runs: list[str]
    endpoint: Published
    owner: Client
    annotator: Annotator
    annotator_password: str
    labels: Sequence[str]
    rows: list[Row] = field(default_factory=list)
    data: dict[str, str] = field(default_factory=dict)  # pages of the data room
    team: dict[str, str] = field(default_factory=dict)  # pages about people at work

    def pages(self) -> dict[str, str]:
        """Every page of the circle by name. The one list for axe, the crawl, figures and shots."""
        here, point = f"/projects/{self.project}", self.endpoint.slug
        cell = f"{here}/train/runs/{self.runs[0]}/examples/?gold={self.labels[0]}"
        return {
            "home": "/",
            "start": "/start/",
            "samples": "/samples/",
            "new": "/projects/new/",
            "profile": "/profile/",
            "ring": f"{here}/",
            "data": f"{here}/data/",
            "upload-new": f"{here}/data/upload/",
            "upload": f"{here}/data/uploads/{self.upload}/",
            "upload-look": f"{here}/data/uploads/{self.looked_at}/",
            "example": f"{here}/data/examples/{self.example}/",
            "desk": f"{here}/desk/",
            "example-history": f"{here}/data/examples/{self.example}/history/",
            "train": f"{here}/train/",
            "run": f"{here}/train/runs/{self.runs[0]}/",
            "cell": f"{cell}&predicted={self.labels[1]}",
            "version": f"{here}/train/versions/2/",
            "publish": f"{here}/endpoints/publish/",
            "endpoints": f"{here}/endpoints/",
            "endpoint": f"{here}/endpoints/{point}/",
            "traffic": f"{here}/endpoints/{point}/traffic/",
            "people": f"{here}/people/",
            "settings": f"{here}/settings/",
            "guidelines": f"{here}/guidelines/",
            "labels": f"{here}/settings/labels/",
            "labels-change": f"{here}/settings/labels/change/?how=delete&label={self.labels[0]}",
            **self.data,
            **self.team,
        }


def filled(
    studio: TemporaryStudio, language: str = "en", method: str = "classical", effort: str = "quick"
) -> Circle:
    """Upload, label, train, publish, predict, correct, train again."""
    owner = callers.administrator(studio)
    sample = CATALOGUE[SAMPLES[language]]
    rows = sample.rows(studio.folder)
    random.Random(3).shuffle(rows)
    project = founded(owner, NAMES[language], sample.labels, sample.guidelines)
    labelled, left = rows[:LABELLED], rows[LABELLED : LABELLED + OPEN]
    upload = uploaded(owner, project, drawing.as_csv(labelled, left))
    looked_at = uploaded(owner, project, LOOKED_AT, "more.csv", look=True)
    person, password = teamwork.joined(owner, studio.url, project)
    truth = {row.text: row.label for row in rows}
    people.label([person], project, truth, 4)
    first = trained(owner, project, method, effort)
    version = owner.get(f"/api/v1/runs/{first}/")["model_version"]
    endpoint = serving.publish(owner, NAMES[language], str(version), rows[0])
    judged = serving.judge(endpoint, rows[LABELLED + OPEN :])
    people.label([person], project, truth, LABELLED_LATER)
    serving.correct(endpoint, judged.wrong[:CORRECTIONS])
    uploaded(owner, project, drawing.as_csv((), plain(labelled, sample.labels)), "plain.csv")
    second = trained(owner, project, method, effort, seed=1)
    examples = owner.get(f"/api/v1/projects/{project}/examples/", status="labeled")["results"]
    return Circle(
        project=project,
        upload=upload,
        looked_at=looked_at,
        example=examples[0]["id"],
        runs=[first, second],
        endpoint=endpoint,
        owner=owner,
        annotator=person,
        annotator_password=password,
        labels=sample.labels,
        rows=rows,
        data=dataroom.filled(studio, owner, project, sample.labels),
        team=teamwork.filled(studio, owner, project, rows),
    )


def founded(owner: Client, name: str, labels: Sequence[str], guidelines: str = "") -> str:
    asked = {"name": name, "task": "text-classification", "labels": list(labels)}
    made = owner.post("/api/v1/projects/", {**asked, "guidelines": guidelines})
    return str(made["id"])


def plain(rows: Sequence[Row], labels: Sequence[str]) -> list[Row]:
    """Two of each label that no model can be in doubt of: each says what several others say."""
    of_label = [[row.text for row in rows if row.label == label] for label in labels]
    parts = [texts[at : at + TOGETHER] for texts in of_label for at in (0, TOGETHER)]
    return [Row(" ".join(part), "") for part in parts]


def uploaded(
    owner: Client, project: str, content: bytes, name: str = "messages.csv", *, look: bool = False
) -> str:
    path = f"/api/v1/projects/{project}/uploads/"
    how = {"dry_run": "true"} if look else {"mapping": MAPPING}
    taken = owner.upload(path, name, content, **how)
    owner.wait(f"/api/v1/uploads/{taken['id']}/", "done", 60)
    return str(taken["id"])


def trained(owner: Client, project: str, method: str, effort: str, seed: int = 0) -> str:
    asked = {"method": method, "effort": effort, "seed": seed}
    run = owner.post(f"/api/v1/projects/{project}/runs/", asked)
    owner.wait(f"/api/v1/runs/{run['id']}/", "succeeded", 240)
    return str(run["id"])
