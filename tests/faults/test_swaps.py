"""Two hundred releases while callers ask fifty times a second: nobody may notice."""

import shutil
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import httpx
import pytest

from serving import publishing
from serving.models import Prediction, Refusal
from tests.serving.calling import Caller, until
from tests.serving.conftest import (  # noqa: F401
    a_caller,
    endpoint,
    own_predictor,
    project,
    publisher,
    second,
    version,
)
from training.models import ModelVersion, Run

WIN = "win a free prize now"
SWAPS, A_SECOND = 200, 50


def copied(original: ModelVersion, number: int) -> ModelVersion:
    """Another version with the same weights: a bundle of its own, to be loaded anew."""
    run = Run.objects.create(project=original.project, snapshot=original.run.snapshot)
    shutil.copytree(original.folder, run.folder / "bundle")
    return ModelVersion.objects.create(
        project=original.project,
        run=run,
        number=number,
        labels=original.labels,
        artifacts=original.artifacts,
    )


class Callers:
    """Requests at a steady pace, whether the earlier ones are answered or not."""

    def __init__(self, caller: Caller) -> None:
        self._caller, self.sent = caller, list[Future[httpx.Response]]()
        self._pool = ThreadPoolExecutor(32)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go)

    def __enter__(self) -> "Callers":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._pool.shutdown(wait=True)

    def _go(self) -> None:
        began = time.monotonic()
        while not self._ended.is_set():
            self.sent.append(self._pool.submit(self._caller.predict, WIN))
            time.sleep(max(0.0, began + len(self.sent) / A_SECOND - time.monotonic()))


@pytest.mark.slow
def test_two_hundred_swaps_lose_no_request(own_predictor, endpoint, version, second, a_caller):  # noqa: F811
    made = [copied((second, version)[swap % 2], 3 + swap) for swap in range(SWAPS)]
    caller = a_caller(endpoint)
    assert caller.predict(WIN).status_code == 200
    heard = Prediction.objects.values("model_version").distinct()
    with Callers(caller) as callers:
        for number, each in enumerate(made, 1):
            publishing.release(endpoint, each, endpoint.created_by)
            if number % 10 == 0:  # let this one be heard; the others may be overtaken
                until(lambda each=each: heard.filter(model_version=each).exists(), "it answers")
            else:
                time.sleep(0.1)
    answers = [each.result() for each in callers.sent]
    assert {answer.status_code for answer in answers} == {200}
    labels = {str(each.pk): ("ham", "spam")[at % 2] for at, each in enumerate(made)}
    labels[str(version.pk)] = "spam"
    for answer in answers:
        said = answer.json()
        assert said["predictions"][0]["answer"]["label"] == labels[said["model_version"]]
    assert Prediction.objects.count() == len(answers) + 1
    assert len(answers) >= A_SECOND * SWAPS * 0.1 * 0.5
    assert not Refusal.objects.exists()
    assert heard.count() > SWAPS / 10


@pytest.mark.slow
def test_a_killed_predictor_answers_again_and_has_lost_nothing(
    own_predictor,  # noqa: F811
    endpoint,  # noqa: F811
    a_caller,  # noqa: F811
):
    caller, answered = a_caller(endpoint), list[str]()
    for _ in range(3):
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(caller.predict, WIN) for _ in range(200)]
            until(lambda asked=asked: sum(each.done() for each in asked) > 20, "some are answered")
            own_predictor.stop(sign=9)
            for each in asked:
                if each.exception() is None and each.result().status_code == 200:
                    answered.append(each.result().json()["predictions"][0]["id"])
        own_predictor.start()
        assert caller.predict(WIN).status_code == 200
    kept = {str(each) for each in Prediction.objects.values_list("pk", flat=True)}
    assert len(answered) > 60
    assert set(answered) <= kept
