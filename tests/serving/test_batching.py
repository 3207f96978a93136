"""The queue before a model: bounded, fair, and together without waiting."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from ml.predicting import Served
from ml.tasks import TASKS
from serving.predictor import batching
from serving.predictor.batching import Batcher
from serving.predictor.callers import Answering, Caller
from serving.predictor.limiting import Rates
from serving.predictor.recording import Request
from serving.predictor.refusing import Refused
from tests.serving import models_here


class Ledger:
    """Where requests are recorded here: what matters is in which order they come."""

    def __init__(self) -> None:
        self.recorded: list[Request] = []

    async def record(self, request: Request) -> None:
        self.recorded.append(request)


class Watched:
    """A served model that remembers how many inputs it was asked at once."""

    def __init__(self, served: Served) -> None:
        self.served, self.sizes = served, []

    def predict(self, inputs: list[dict]) -> list:
        self.sizes.append(len(inputs))
        return self.served.predict(inputs)


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Served:
    folder = tmp_path_factory.mktemp("model") / "bundle"
    models_here.train(folder)
    return Served.load(folder)


def request(*texts: str) -> Request:
    task = TASKS["text-classification"]
    release = Answering(uuid4(), "live", 100, uuid4(), 1, Path())
    caller = Caller(uuid4(), None, uuid4(), "slug", task, True, {})
    return Request(caller, release, [{"text": text} for text in texts], time.perf_counter())


def run(served, ask, most_waiting: int = batching.MOST_WAITING):
    """Ask a batcher in an event loop; what it answered, what it recorded, and its batches."""

    async def inside():
        batcher = Batcher(watched, executor, ledger)
        asked = ask()
        return asked, await asyncio.gather(*map(batcher.answer, asked), return_exceptions=True)

    watched, ledger = Watched(served), Ledger()
    with ThreadPoolExecutor(1) as executor:
        asked, answers = asyncio.run(inside())
    return asked, answers, ledger, watched.sizes


def test_requests_that_come_together_are_answered_together(served):
    _, answers, ledger, sizes = run(served, lambda: [request(f"text {n}") for n in range(20)])
    assert sum(sizes) == 20
    assert len(sizes) <= 2
    assert all(len(answer) == 1 for answer in answers)
    assert len(ledger.recorded) == 20


def test_a_small_request_does_not_wait_for_a_large_one(served):
    asked, _, ledger, sizes = run(
        served, lambda: [request(*map(str, range(256))), request("short")]
    )
    assert ledger.recorded == [asked[1], asked[0]]
    assert max(sizes) <= batching.MOST_TOGETHER


def test_a_full_queue_refuses_and_says_when_to_come_back(served, monkeypatch):
    monkeypatch.setattr(batching, "MOST_WAITING", 5)
    _, answers, ledger, _ = run(served, lambda: [request("a", "b") for _ in range(4)])
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [each.status for each in refused] == [503, 503]
    assert all(each.response().headers["retry-after"] for each in refused)
    assert len(ledger.recorded) == 2


def test_one_input_that_the_model_stumbles_over_is_not_the_others_fault(served):
    class Bad(dict):
        def __getitem__(self, key):
            raise ValueError("the model cannot read this")

    def ask() -> list[Request]:
        good, bad = request("good"), request("bad")
        bad.inputs[0] = Bad()
        return [good, bad]

    _, answers, ledger, _ = run(served, ask)
    assert answers[0][0]["answer"]
    assert isinstance(answers[1], Refused)
    assert answers[1].status == 500
    assert len(ledger.recorded) == 1


def test_whoever_has_left_is_not_predicted_for(served):
    def ask() -> list[Request]:
        asked = [request("stays"), request("has left")]
        asked[1].predicted.cancel()
        return asked

    async def inside() -> list[int]:
        batcher = Batcher(watched, executor, Ledger())
        stays, left = ask()
        gone = asyncio.create_task(batcher.answer(left))
        await asyncio.sleep(0)
        await batcher.answer(stays)
        await asyncio.gather(gone, return_exceptions=True)
        return watched.sizes

    watched = Watched(served)
    with ThreadPoolExecutor(1) as executor:
        assert sum(asyncio.run(inside())) == 1


def test_a_rate_fills_evenly():
    rates, key = Rates(), uuid4()
    for _ in range(60):
        rates.spend(key, 60)
    with pytest.raises(Refused) as refused:
        rates.spend(key, 60)
    assert 0 < refused.value.retry_after <= 1
    rates._buckets[key].at -= 2.5  # two and a half seconds pass
    rates.spend(key, 60)
    rates.spend(key, 60)
    with pytest.raises(Refused):
        rates.spend(key, 60)
