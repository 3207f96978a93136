"""A published endpoint as its callers see it: predict, correct, and go on while it is swapped."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from urllib.parse import urlsplit

from samples.catalogue import Row
from studio.loop.client import Client, DoorFailed, Json
from studio.loop.drawing import Accuracy

_BATCH, _CALLERS = 32, 4


@dataclass
class Published:
    """An endpoint with a key to call it."""

    slug: str
    url: str
    key: str

    def client(self) -> Client:
        parts = urlsplit(self.url)
        return Client(f"{parts.scheme}://{parts.netloc}", self.key)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path.rstrip("/")


def publish(owner: Client, name: str, version: str, sample: Row, within: float = 30) -> Published:
    """Publish a model version, and wait until it answers."""
    made = owner.post("/api/v1/endpoints/", {"name": name, "model_version": version})
    key = owner.post(f"/api/v1/endpoints/{made['slug']}/keys/", {"name": "loop"})["key"]
    endpoint = Published(made["slug"], made["url"], key)
    until = time.monotonic() + within
    while True:
        try:
            predict(endpoint, [sample])
            return endpoint
        except DoorFailed:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


@dataclass
class Judged:
    """What an endpoint answered on rows whose label is known."""

    accuracy: Accuracy
    milliseconds: float  # median of a call with a batch of rows
    wrong: list[tuple[Row, Json]]


def judge(endpoint: Published, rows: Sequence[Row]) -> Judged:
    wrong, took = [], []
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        began = time.monotonic()
        predictions = predict(endpoint, batch)["predictions"]
        took.append((time.monotonic() - began) * 1000)
        for row, prediction in zip(batch, predictions, strict=True):
            if prediction["answer"]["label"] != row.label:
                wrong.append((row, prediction))
    return Judged(Accuracy(len(rows) - len(wrong), len(rows)), median(took), wrong)


def predict(endpoint: Published, rows: Sequence[Row], client: Client | None = None) -> Json:
    inputs = [{"text": row.text} for row in rows]
    caller = client or endpoint.client()
    return caller.post(f"{endpoint.path}/predict", {"inputs": inputs})


def correct(endpoint: Published, wrong: Sequence[tuple[Row, Json]]) -> None:
    """Tell the endpoint which of its answers were wrong, and what was right."""
    caller = endpoint.client()
    for row, prediction in wrong:
        caller.post(
            f"{endpoint.path}/feedback",
            {
                "prediction_id": prediction["id"],
                "correct": False,
                "answer": {"label": row.label},
            },
        )


@dataclass
class Load:
    """Callers who never pause; notes every answer's version and every failure."""

    endpoint: Published
    rows: Sequence[Row]
    answered: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    last: dict[int, str] = field(default_factory=dict)

    def __enter__(self) -> "Load":
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._call, args=(number,)) for number in range(_CALLERS)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _call(self, number: int) -> None:
        client = self.endpoint.client()
        while not self._done.is_set():
            try:
                version = str(predict(self.endpoint, self.rows[:4], client)["model_version"])
                with self._lock:
                    self.answered[version] = self.answered.get(version, 0) + 1
                    self.last[number] = version
            except DoorFailed as problem:
                self.failures.append(str(problem))
                time.sleep(0.05)

    def wait_for(self, version: str, within: float = 30) -> float:
        """Seconds until every caller is answered by that version."""
        began = time.monotonic()
        while set(self.last.values()) != {version} or len(self.last) < _CALLERS:
            if time.monotonic() - began > within:
                raise DoorFailed(f"version {version} did not answer within {within:.0f} s")
            time.sleep(0.02)
        return time.monotonic() - began
