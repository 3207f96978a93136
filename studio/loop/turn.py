"""The doors of one turn: upload, label, train, publish, predict, feedback, and again."""

import json
import time
from collections import Counter
from dataclasses import dataclass, field

from samples.catalogue import Row, Sample
from studio.loop import drawing, people, serving
from studio.loop.client import Client, DoorFailed, Json
from studio.loop.drawing import Accuracy, Draw
from studio.loop.people import Annotator
from studio.loop.reporting import Report
from studio.loop.serving import Published

_PEOPLE, _LABELLED_AT_DESK, _CORRECTIONS = 3, 30, 12
_MAPPING = json.dumps({"text": "message", "label": "kind"})


@dataclass
class Turn:
    """What one turn works with, and what it found out."""

    client: Client
    origin: str
    sample: Sample
    rows: list[Row]
    seed: int
    report: Report
    served: dict[str, Accuracy] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.drawn: Draw = drawing.draw(self.rows, self.sample.labels, self.seed)
        counts = Counter(row.label for row in self.drawn.held_out)
        self.majority = Accuracy(max(counts.values()), counts.total())
        self.truth = self.drawn.truth
        self.people: list[Annotator] = []
        self.versions: dict[str, str] = {}

    def go(self) -> None:
        self.make_project()
        self.upload()
        self.label()
        self.few_shot()
        for method, effort in (("head", "quick"), ("classical", "quick"), ("full", "balanced")):
            self.train(method, effort)
        endpoint = self.publish()
        wrong = self.judge(endpoint)
        self.feed_back(endpoint, wrong)
        self.train("full", "quick", name="again")
        self.swap(endpoint)
        self.roll_back(endpoint)
        self.look_back(endpoint)

    def make_project(self) -> None:
        with self.report.door("project") as line:
            self.project = self._project("Loop")
            self.people = people.join(self.client, self.origin, self.project, _PEOPLE)
            line.add(f"{len(self.people)} annotators")

    def _project(self, name: str) -> str:
        made = self.client.post(
            "/api/v1/projects/",
            {
                "name": f"{name}, seed {self.seed}",
                "task": self.sample.task,
                "labels": list(self.sample.labels),
                "guidelines": "spam: nobody asked for it and somebody wants money. ham: the rest.",
                "overlap": 1,
            },
        )
        return str(made["id"])

    def upload(self) -> None:
        with self.report.door("upload") as line:
            labelled = self.drawn.labelled
            content = drawing.as_csv([*labelled, labelled[0]], self.drawn.unlabelled)
            done = self._upload(self.project, content)
            created = len(labelled) + len(self.drawn.unlabelled)
            _expect("examples_created", done["examples_created"], created)
            _expect("duplicates", done["duplicates"], 1)
            stats = self.client.get(f"/api/v1/projects/{self.project}/stats/")
            _expect("labeled", stats["labeled"], len(labelled))
            unlabelled = self.client.all(
                f"/api/v1/projects/{self.project}/examples/", status="unlabeled"
            )
            _expect("unlabeled examples", len(unlabelled), len(self.drawn.unlabelled))
            line.add(f"{created} examples, {stats['labeled']} with a label, 1 repeated row")

    def _upload(self, project: str, content: bytes) -> Json:
        path = f"/api/v1/projects/{project}/uploads/"
        upload = self.client.upload(path, "messages.csv", content, mapping=_MAPPING)
        return self.client.wait(f"/api/v1/uploads/{upload['id']}/", "done", 60)

    def label(self) -> None:
        with self.report.door("label") as line:
            before = self.client.get(f"/api/v1/projects/{self.project}/stats/")["labeled"]
            began = time.monotonic()
            leases = people.label(self.people, self.project, self.truth, _LABELLED_AT_DESK)
            each = (time.monotonic() - began) / len(leases) * 1000
            stats = self.client.get(f"/api/v1/projects/{self.project}/stats/")
            _expect("different examples", len({_text(lease) for lease in leases}), len(leases))
            _expect("labeled", stats["labeled"], before + len(leases))
            line.add(f"{len(leases)} answers by {_PEOPLE} people, next + submit {each:.0f} ms")
            line.add(f"{stats['unlabeled']} left")

    def few_shot(self) -> None:
        with self.report.door("few-shot") as line:
            project = self._project("Loop, few")
            self._upload(project, drawing.as_csv(self.drawn.few))
            run = self._run(project, "few-shot", "quick", within=300)
            counts = self.client.get(f"/api/v1/snapshots/{run['snapshot']}/")["counts"]
            version = str(run["model_version"])
            name = f"few {self.seed}"
            endpoint = serving.publish(self.client, name, version, self.drawn.held_out[0])
            judged = serving.judge(endpoint, self.drawn.held_out)
            self.served["few-shot"] = judged.accuracy
            line.add(f"served {judged.accuracy}")
            line.add(f"learned from {counts.get('train')} rows of {len(self.drawn.few)}")

    def train(self, method: str, effort: str, name: str = "") -> None:
        name = name or method
        with self.report.door(name) as line:
            run = self._run(self.project, method, effort, within=600)
            history = self.client.get_list(f"/api/v1/runs/{run['id']}/history/")
            self.versions[name] = str(run["model_version"])
            version = self.client.get(f"/api/v1/model-versions/{run['model_version']}/")
            line.add(f"version {version['version']}")
            line.add(f"test accuracy {_figure(run['metrics'], 'accuracy')}")
            line.add(f"history of {len(history)} points")
            if not history:
                raise DoorFailed("a run without history")

    def _run(self, project: str, method: str, effort: str, within: float) -> Json:
        asked = {"method": method, "effort": effort, "seed": self.seed}
        run = self.client.post(f"/api/v1/projects/{project}/runs/", asked)
        return self.client.wait(f"/api/v1/runs/{run['id']}/", "succeeded", within)

    def publish(self) -> Published:
        """Each method behind an address of its own; the fine-tuned one goes on from here."""
        with self.report.door("publish") as line:
            endpoints = {}
            for method in ("head", "classical", "full"):
                name, version = f"{method} {self.seed}", self.versions[method]
                began = time.monotonic()
                endpoints[method] = serving.publish(
                    self.client, name, version, self.drawn.held_out[0]
                )
                line.add(f"{method} answers after {time.monotonic() - began:.1f} s")
                judged = serving.judge(endpoints[method], self.drawn.held_out)
                self.served[method] = judged.accuracy
            return endpoints["full"]

    def judge(self, endpoint: Published) -> list[tuple[Row, Json]]:
        with self.report.door("predict") as line:
            judged = serving.judge(endpoint, self.drawn.held_out)
            line.add(f"{judged.accuracy.total} rows never uploaded: served {judged.accuracy}")
            line.add(f"majority class {self.majority.value:.3f}")
            line.add(f"{judged.milliseconds:.0f} ms a call of 32")
            self.served["full"] = judged.accuracy
            if judged.accuracy.interval[0] <= self.majority.value:
                raise DoorFailed("the model is no better than always naming the majority class")
            return judged.wrong

    def feed_back(self, endpoint: Published, wrong: list[tuple[Row, Json]]) -> None:
        with self.report.door("feedback") as line:
            corrected = wrong[:_CORRECTIONS]
            if not corrected:
                line.add("no wrong answer to correct")
                return
            serving.correct(endpoint, corrected)
            began = time.monotonic()
            leases = people.label(self.people, self.project, self.truth, len(corrected))
            texts = {row.text for row, _ in corrected}
            in_front = sum(_text(lease) in texts for lease in leases)
            _expect("corrected examples at the front of the queue", in_front, len(corrected))
            line.add(f"{in_front} corrected, in front of the queue, labelled again")
            line.add(f"{time.monotonic() - began:.1f} s; “{leases[0]['reason']}”")

    def swap(self, endpoint: Published) -> None:
        with self.report.door("release") as line:
            with serving.Load(endpoint, self.drawn.held_out) as load:
                load.wait_for(self.versions["full"])
                self.client.post(
                    f"/api/v1/endpoints/{endpoint.slug}/releases/",
                    {"model_version": self.versions["again"], "mode": "live", "traffic": 100},
                )
                seconds = load.wait_for(self.versions["again"])
            _expect("failed calls", len(load.failures), 0)
            line.add(f"swapped in {seconds:.1f} s under load, {sum(load.answered.values())} calls")
            line.add("none failed")
            judged = serving.judge(endpoint, self.drawn.held_out)
            self.served["again"] = judged.accuracy
            line.add(f"served {judged.accuracy}")

    def roll_back(self, endpoint: Published) -> None:
        with self.report.door("rollback") as line:
            with serving.Load(endpoint, self.drawn.held_out) as load:
                load.wait_for(self.versions["again"])
                self.client.post(f"/api/v1/endpoints/{endpoint.slug}/rollback/")
                seconds = load.wait_for(self.versions["full"])
            _expect("failed calls", len(load.failures), 0)
            line.add(f"back in {seconds:.1f} s under load, {sum(load.answered.values())} calls")
            line.add("none failed")

    def look_back(self, endpoint: Published) -> None:
        with self.report.door("figures") as line:
            stats = self.client.get(f"/api/v1/endpoints/{endpoint.slug}/stats/", hours=24)
            line.add(f"{stats['requests']} requests, {stats['errors']} errors")
            exported = self.client.lines(f"/api/v1/projects/{self.project}/export/?format=jsonl")
            examples = self.client.get(f"/api/v1/projects/{self.project}/stats/")["examples"]
            _expect("exported rows", len(exported), examples)
            line.add(f"{len(exported)} rows exported")


def _text(lease: Json) -> str:
    return str(lease["example"]["data"]["text"])


def _figure(metrics: Json, name: str) -> str:
    value = metrics.get(name)
    return f"{value:.3f}" if isinstance(value, int | float) else "not given"


def _expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise DoorFailed(f"{what}: {found}, expected {wanted}")
