"""Which model version answers, while releases come and go."""

import threading
from uuid import UUID

from serving import publishing
from serving.models import Endpoint, Mode, Prediction
from tests.serving import models_here
from tests.serving.calling import until

WIN = "win a free prize now"


def answered_by(caller) -> UUID:
    said = caller.predict(WIN)
    assert said.status_code == 200, said.text
    return UUID(said.json()["model_version"])


def state(endpoint: Endpoint) -> str:
    live = Endpoint.objects.get(pk=endpoint.pk).running(Mode.LIVE)
    return live.state if live else "none"


def flip_a_bit(version) -> None:
    file = version.folder / "linear.safetensors"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_the_studio_hears_from_the_predictor_that_an_endpoint_is_live(predictor, endpoint):
    until(lambda: state(endpoint) == "live", "loaded before anyone asked")


def test_without_a_predictor_an_endpoint_does_not_claim_to_be_live(endpoint):
    assert state(endpoint) == "starting"


def test_a_release_and_a_roll_back_are_heard(predictor, endpoint, version, second, a_caller):
    caller, by = a_caller(endpoint), endpoint.created_by
    assert answered_by(caller) == version.pk
    publishing.release(endpoint, second, by)
    until(lambda: answered_by(caller) == second.pk, "the new release answers")
    publishing.roll_back(endpoint, by)
    assert answered_by(caller) == version.pk  # still in memory: at the next request


def test_twenty_swaps_under_load_lose_no_request(predictor, endpoint, version, second, a_caller):
    callers = [a_caller(endpoint) for _ in range(4)]
    answers, ended = [], threading.Event()

    def ask(caller) -> None:
        while not ended.is_set():
            answers.append(caller.predict(WIN))

    threads = [threading.Thread(target=ask, args=[caller]) for caller in callers]
    for thread in threads:
        thread.start()
    for swap in range(20):
        publishing.release(endpoint, (second, version)[swap % 2], endpoint.created_by)
        seen = len(answers)
        until(lambda seen=seen: len(answers) > seen + 4, "requests go on")
    ended.set()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {200}
    labels = {str(version.pk): "spam", str(second.pk): "ham"}
    for answer in answers:
        said = answer.json()
        assert said["predictions"][0]["answer"]["label"] == labels[said["model_version"]]
    assert {answer.json()["model_version"] for answer in answers} == set(labels)
    assert Prediction.objects.count() == len(answers)


def test_a_canary_answers_its_share(predictor, endpoint, version, second, a_caller):
    caller = a_caller(endpoint)
    publishing.release(endpoint, second, endpoint.created_by, mode=Mode.CANARY, traffic=30)
    until(lambda: answered_by(caller) == second.pk, "the canary is loaded and answers sometimes")
    heard = [answered_by(caller) for _ in range(200)]
    assert 30 <= heard.count(second.pk) <= 95  # a chance of one in a million outside of this
    assert set(heard) == {version.pk, second.pk}


def test_a_shadow_is_recorded_and_never_heard(predictor, endpoint, version, second, a_caller):
    caller = a_caller(endpoint)
    publishing.release(endpoint, second, endpoint.created_by, mode=Mode.SHADOW)
    beside = Prediction.objects.filter(shadow=True)

    def heard_live_only() -> bool:
        assert answered_by(caller) == version.pk
        return beside.exists()

    until(heard_live_only, "the shadow answers beside")
    unheard = beside.first()
    assert unheard.model_version_id == second.pk
    assert unheard.answer == {"label": "ham"}
    assert caller.feedback(str(unheard.pk), False).status_code == 404


def test_damage_is_found_before_the_model_answers(own_predictor, project, publisher, a_caller):
    good, bad = models_here.version(project, 1), models_here.version(project, 2, flipped=True)
    endpoint = publishing.publish(project, "Soon damaged", good, publisher)
    own_predictor.stop()
    publishing.release(endpoint, bad, publisher)
    flip_a_bit(bad)
    own_predictor.start()
    caller = a_caller(endpoint)
    assert {answered_by(caller) for _ in range(5)} == {good.pk}
    until(lambda: state(endpoint) == "damaged", "the studio hears of the damage")
    live = Endpoint.objects.get(pk=endpoint.pk).running(Mode.LIVE)
    assert "linear.safetensors" in live.readiness.problem


def test_an_endpoint_with_nothing_sound_says_so(own_predictor, project, publisher, a_caller):
    only = models_here.version(project, 1)
    own_predictor.stop()
    endpoint = publishing.publish(project, "Damaged alone", only, publisher)
    flip_a_bit(only)
    own_predictor.start()
    answer = a_caller(endpoint).predict(WIN)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "damaged" in answer.json()["detail"]
    assert not Prediction.objects.exists()
