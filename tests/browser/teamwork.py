"""What the pages about people at work have to show: three who disagree, a flag, a word, checks."""

import time
from collections.abc import Mapping, Sequence
from itertools import cycle

from samples.catalogue import Row
from studio.loop import drawing, people
from studio.loop.client import Client
from studio.loop.people import Annotator
from studio.running.temporary import TemporaryStudio
from tests.browser import callers
from tests.browser.dataroom import MAPPING, AtThePages

EXAMPLES, WORD = 9, "parcel, 包裹"
# Of every three texts: all say the same of one, one says otherwise, each something else.
PATTERNS = ((0, 0, 0), (0, 0, 1), (0, 1, 2))


def filled(
    studio: TemporaryStudio, owner: Client, project: str, rows: Sequence[Row]
) -> dict[str, str]:
    """Pages by name: of `project` what its model makes possible, of a crew's what people do."""
    labels = sorted({row.label for row in rows})
    there = AtThePages(studio.url, studio.email, studio.password, project)
    rule = {"kind": "words", "pattern": WORD, "label": labels[0]}
    there.send(f"{there.desk}rules/", deed="add", **rule)
    bulk = f"{there.desk}bulk/?sure=80"
    there.wait_for(bulk, "bulk-sure")
    crew, example = assembled(studio, owner, rows[:EXAMPLES], labels)
    return {
        "bulk": bulk,
        "rules": f"{there.desk}rules/",
        "review": f"{crew.desk}review/",
        "review-low": f"{crew.desk}review/?pile=low",
        "review-flags": f"{crew.desk}review/?pile=flags",
        "review-sample": f"{crew.desk}review/?pile=sample",
        "my-work": f"{crew.desk}mine/",
        "team": f"{crew.desk}team/",
        "agreement": f"{crew.desk}agreement/",
        "checks": f"{crew.desk}checks/",
        "example-talk": f"{crew.data}examples/{example}/",
        "notices": "/notices/",
    }


def assembled(
    studio: TemporaryStudio, owner: Client, rows: Sequence[Row], labels: Sequence[str]
) -> tuple[AtThePages, str]:
    """A project of three people, as its owner reads it, and an example that they talk of."""
    asked = {"name": "Three of us", "task": "text-classification", "overlap": 3}
    made = owner.post("/api/v1/projects/", {**asked, "labels": list(labels)})
    project, here = str(made["id"]), f"/api/v1/projects/{made['id']}/"
    content = drawing.as_csv((), rows)
    taken = owner.upload(f"{here}uploads/", "some.csv", content, mapping=MAPPING)
    owner.wait(f"/api/v1/uploads/{taken['id']}/", "done", 60)
    writer, password = joined(owner, studio.url, project)
    crew = [Annotator(owner, studio.email), writer, callers.crew(studio, project, 1)[0]]
    patterns = {row.text: pattern for row, pattern in zip(rows, cycle(PATTERNS), strict=False)}
    manager = AtThePages(studio.url, studio.email, studio.password, project)
    held = crew[0].next(project)
    assert held is not None
    flag = f"{manager.desk}{held['assignment']['id']}/flag/"
    manager.send(flag, text="Which of the two?")
    for place, person in enumerate(crew):
        answer(person, project, {text: labels[said[place]] for text, said in patterns.items()})
    agreed = owner.get(f"{here}examples/", status="labeled")["results"]
    settled, talked_of, *_rest = (one["id"] for one in agreed if one["id"] != held["example"]["id"])
    owner.post(f"/api/v1/examples/{settled}/review/", {"answer": {"label": labels[0]}})
    manager.send(f"{manager.desk}checks/draw/")
    at_the_desk = AtThePages(studio.url, writer.email, password, project)
    at_the_desk.send(
        f"{manager.data}examples/{talked_of}/comment/",
        text=f"@{studio.email} what do you think?",
    )
    return manager, talked_of


def joined(owner: Client, origin: str, project: str) -> tuple[Annotator, str]:
    """An annotator with a password, as an owner makes one."""
    email, password = f"annotator-{time.time_ns()}@example.org", "a-quiet-passphrase-9"
    asked = {"email": email, "role": "annotator", "password": password}
    owner.post(f"/api/v1/projects/{project}/members/", asked)
    return Annotator(Client(origin, people.log_in(origin, email, password)), email), password


def answer(person: Annotator, project: str, truth: Mapping[str, str]) -> None:
    """All that this person is asked."""
    while lease := person.next(project):
        person.answer(lease, truth)
