"""Publishing a model version, over HTTP and underneath."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import AuditEntry, User
from projects.models import Project, Role
from serving import publishing
from serving.models import Endpoint, Key, Mode, Release
from tests.cast import join
from tests.serving import models_here

ENDPOINTS = "/api/v1/endpoints/"


@pytest.fixture
def api(speak, publisher):
    return speak(publisher)


def running(endpoint: Endpoint) -> dict[str, int]:
    now = endpoint.releases.filter(ended_at=None).select_related("model_version")
    return {release.mode: release.model_version.number for release in now}


def test_publishing_gives_an_address(api, version):
    made = api.post(ENDPOINTS, {"name": "Is it spam?", "model_version": str(version.pk)})
    assert made.status_code == 201, made.json()
    said = made.json()
    assert said["slug"] == "is-it-spam"
    assert said["url"].endswith("/endpoints/is-it-spam")
    assert said["model_version"] == str(version.pk)
    assert said["parity"]["max_difference"] <= 1e-3
    assert said["state"] == "starting"  # no predictor has said otherwise
    assert api.get(f"{ENDPOINTS}is-it-spam/").json() == said
    assert api.get(ENDPOINTS).json() == {"results": [said], "next": None, "previous": None}


@pytest.mark.parametrize("name", ["垃圾邮件", "???", "Is it spam?", "-"])
def test_any_name_twice_gives_two_addresses(api, version, name):
    body = {"name": name, "model_version": str(version.pk)}
    slugs = [api.post(ENDPOINTS, body).json()["slug"] for _ in range(2)]
    assert len(set(slugs)) == 2
    for slug in slugs:
        assert api.get(f"{ENDPOINTS}{slug}/").json()["name"] == name


def test_publishing_twice_with_one_idempotency_key_makes_one_endpoint(api, version):
    body = {"name": "Once", "model_version": str(version.pk)}
    first, second = (
        api.post(ENDPOINTS, body, headers={"Idempotency-Key": "once"}) for _ in range(2)
    )
    assert first.json() == second.json()
    assert Endpoint.objects.count() == 1


def test_a_stranger_finds_nothing(speak, stranger, endpoint, version):
    api = speak(stranger)
    assert api.get(ENDPOINTS).json()["results"] == []
    for address in ("", "keys/", "releases/", "stats/"):
        assert api.get(f"{ENDPOINTS}{endpoint.slug}/{address}").status_code == 404
    for address in ("keys/", "releases/", "rollback/"):
        assert api.post(f"{ENDPOINTS}{endpoint.slug}/{address}", {}).status_code == 404
    refused = api.post(ENDPOINTS, {"name": "Mine", "model_version": str(version.pk)})
    assert refused.status_code == 404


def test_a_viewer_looks_but_does_not_publish(speak, stranger, project, endpoint, version):
    join(project, stranger, Role.VIEWER)
    api = speak(stranger)
    assert api.get(f"{ENDPOINTS}{endpoint.slug}/").status_code == 200
    assert api.get(f"{ENDPOINTS}{endpoint.slug}/stats/").status_code == 200
    refused = api.post(ENDPOINTS, {"name": "Mine", "model_version": str(version.pk)})
    assert refused.status_code == 403
    assert api.post(f"{ENDPOINTS}{endpoint.slug}/keys/", {"name": "k"}).status_code == 403


def test_a_key_is_shown_once_and_kept_as_a_hash(api, endpoint):
    made = api.post(f"{ENDPOINTS}{endpoint.slug}/keys/", {"name": "shop"})
    assert made.status_code == 201
    key = made.json()["key"]
    assert key.startswith("stk_")
    listed = api.get(f"{ENDPOINTS}{endpoint.slug}/keys/")
    assert key not in listed.content.decode()
    assert listed.json()["results"][0]["name"] == "shop"
    assert listed.json()["results"][0]["rate_per_minute"] is None
    assert key.encode() not in bytes(Key.objects.get().hash)


def test_a_key_gets_a_rate_and_is_revoked(api, endpoint):
    made = api.post(f"{ENDPOINTS}{endpoint.slug}/keys/", {"name": "shop"}).json()
    address = f"{ENDPOINTS}{endpoint.slug}/keys/{made['id']}/"
    changed = api.patch(address, {"rate_per_minute": 5}).json()
    assert (changed["rate_per_minute"], changed["name"]) == (5, "shop")
    assert api.patch(address, {"rate_per_minute": 0}).status_code == 400
    assert api.patch(address, {"rate_per_minute": None}).json()["rate_per_minute"] is None
    assert [api.delete(address).status_code for _ in range(2)] == [204, 204]
    assert Key.objects.get().revoked_at is not None
    assert AuditEntry.objects.filter(deed="revoked an endpoint key").count() == 1


def test_a_live_release_ends_the_one_before_and_remembers_it(api, endpoint, second):
    made = api.post(f"{ENDPOINTS}{endpoint.slug}/releases/", {"model_version": str(second.pk)})
    assert made.status_code == 201, made.json()
    first = Release.objects.get(model_version__number=1)
    assert first.ended_at is not None
    assert made.json()["before"] == str(first.pk)
    assert running(endpoint) == {"live": 2}
    back = api.post(f"{ENDPOINTS}{endpoint.slug}/rollback/")
    assert back.status_code == 200
    assert running(endpoint) == {"live": 1}
    history = api.get(f"{ENDPOINTS}{endpoint.slug}/releases/").json()["results"]
    assert [release["version"] for release in history] == [1, 2, 1]


def test_rolling_back_further_than_the_first_release_is_a_conflict(api, endpoint, second):
    publishing.release(endpoint, second, endpoint.created_by)
    address = f"{ENDPOINTS}{endpoint.slug}/rollback/"
    assert api.post(address).status_code == 200
    refused = api.post(address)
    assert refused.status_code == 409
    assert "none before it" in refused.json()["detail"]
    assert running(endpoint) == {"live": 1}


def test_rolling_back_ends_a_canary_that_came_last(api, endpoint, second):
    api.post(
        f"{ENDPOINTS}{endpoint.slug}/releases/",
        {"model_version": str(second.pk), "mode": "canary", "traffic": 20},
    )
    assert running(endpoint) == {"live": 1, "canary": 2}
    assert api.post(f"{ENDPOINTS}{endpoint.slug}/rollback/").json()["version"] == 1
    assert running(endpoint) == {"live": 1}


def test_a_canary_that_goes_live_is_no_longer_a_canary(endpoint, second, publisher):
    publishing.release(endpoint, second, publisher, mode=Mode.CANARY, traffic=10)
    publishing.release(endpoint, second, publisher)
    assert running(endpoint) == {"live": 2}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"mode": "loud"}, "mode"),
        ({"mode": "canary", "traffic": 101}, "traffic"),
        ({"mode": "canary", "traffic": -1}, "traffic"),
        ({"traffic": 50}, "traffic"),
        ({"model_version": "nonsense"}, "model_version"),
        ({"model_version": "00000000-0000-7000-8000-000000000000"}, "model_version"),
    ],
)
def test_a_release_that_makes_no_sense_is_refused_by_its_field(api, endpoint, second, more, field):
    body = {"model_version": str(second.pk), **more}
    refused = api.post(f"{ENDPOINTS}{endpoint.slug}/releases/", body)
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == [field]
    assert running(endpoint) == {"live": 1}


def test_a_version_of_another_project_is_as_unknown_as_none(api, endpoint):
    elsewhere = Project.objects.create(name="Else", task="text-classification")
    theirs = models_here.version(elsewhere, 1)
    address = f"{ENDPOINTS}{endpoint.slug}/releases/"
    foreign = api.post(address, {"model_version": str(theirs.pk)})
    none = api.post(address, {"model_version": "00000000-0000-7000-8000-000000000000"})
    assert foreign.status_code == 400
    assert foreign.json() == none.json()


def test_damaged_files_are_not_published(api, version):
    file = version.folder / "linear.safetensors"
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)
    refused = api.post(ENDPOINTS, {"name": "Damaged", "model_version": str(version.pk)})
    assert refused.status_code == 400
    assert "linear.safetensors" in refused.json()["detail"]
    assert not Endpoint.objects.exists()


def test_a_file_swapped_together_with_its_manifest_is_not_published(version, project, publisher):
    version.artifacts[0]["sha256"] = "0" * 64
    with pytest.raises(publishing.NotPublishable, match="is not the one"):
        publishing.publish(project, "Swapped", version, publisher)


@pytest.mark.parametrize(
    "parity", [None, {}, {"max_difference": 0.01}, {"max_difference": float("nan")}]
)
def test_a_version_without_proof_is_not_published(version, project, publisher, parity):
    version.artifacts[0]["parity"] = parity
    with pytest.raises(publishing.NotPublishable):
        publishing.publish(project, "Unproven", version, publisher)
    version.artifacts = []
    with pytest.raises(publishing.NotPublishable, match="no file to serve"):
        publishing.publish(project, "Empty", version, publisher)


def test_releases_at_once_go_one_after_the_other(endpoint, version, second, publisher):
    together = threading.Barrier(8)

    def release(number: int) -> None:
        try:
            together.wait()
            publishing.release(endpoint, (version, second)[number % 2], publisher)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(release, range(8)))
    assert Release.objects.filter(ended_at=None).count() == 1
    chain, each = [], endpoint.running(Mode.LIVE)
    while each is not None:
        chain.append(each.pk)
        each = each.before
    assert len(chain) == Release.objects.count() == 9  # each remembers the one that it replaced


def test_a_withdrawn_endpoint_is_gone_from_the_api(api, endpoint):
    assert api.delete(f"{ENDPOINTS}{endpoint.slug}/").status_code == 204
    assert api.get(f"{ENDPOINTS}{endpoint.slug}/").status_code == 404
    assert api.get(ENDPOINTS).json()["results"] == []


def test_listing_endpoints_costs_the_same_for_one_and_for_many(
    api, project, version, publisher, django_assert_num_queries
):
    for number in range(5):
        publishing.publish(project, f"Endpoint {number}", version, publisher)
    with django_assert_num_queries(3):  # the token, the endpoints, their releases
        assert len(api.get(ENDPOINTS).json()["results"]) == 5


def test_pages_of_endpoints_follow_a_cursor(api, project, version, publisher):
    for number in range(3):
        publishing.publish(project, f"Endpoint {number}", version, publisher)
    page = api.get(f"{ENDPOINTS}?page_size=2").json()
    rest = api.get(page["next"]).json()
    assert [each["slug"] for each in page["results"] + rest["results"]] == [
        f"endpoint-{number}" for number in range(3)
    ]
    assert rest["next"] is None


def test_someone_removed_from_the_project_is_out_at_once(speak, project, endpoint):
    person = User.objects.create_user("gone@example.org", None)
    place = join(project, person, Role.MANAGER)
    api = speak(person)
    assert api.get(f"{ENDPOINTS}{endpoint.slug}/").status_code == 200
    place.delete()
    assert api.get(f"{ENDPOINTS}{endpoint.slug}/").status_code == 404
