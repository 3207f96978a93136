"""A project's home: five arcs that tell the truth, and the one next thing to do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from labeling import queue
from projects.leases import State
from projects.models import Role, Upload
from serving.models import Endpoint, Release
from studio import acts, standing
from tests.cast import join, person, rows, upload
from tests.training.test_turns import answer, protected, version
from training.models import Run, Snapshot


def next_act(project, role=Role.OWNER):
    return acts.next_act(project, role, standing.of(project))


def learned(project, number, count):
    """A version that learned from so many examples."""
    made = version(project, number, metrics={"accuracy": 0.9, "per_label": {}})
    snapshot = Snapshot.objects.create(
        project=project, sha256=str(number), path="x", counts={"train": count}
    )
    Run.objects.filter(pk=made.run_id).update(snapshot=snapshot)
    return made


def publish(project, made):
    endpoint, _ = Endpoint.objects.get_or_create(project=project, slug="mail", name="mail")
    endpoint.releases.filter(ended_at=None).update(ended_at=made.created_at)
    Release.objects.create(endpoint=endpoint, model_version=made)
    return endpoint


def test_an_empty_project_asks_for_texts(project):
    assert next_act(project).url == reverse("data-upload-new", args=[project.pk])


def test_an_upload_on_its_way_is_watched(project):
    made = Upload.objects.create(project=project, name="a.csv", state=State.RUNNING)
    assert next_act(project).url == reverse("data-upload", args=[project.pk, made.pk])


def test_texts_without_labels_ask_for_the_desk(project):
    upload(project, b"text\none\ntwo\n")
    act = next_act(project)
    assert act.url == reverse("desk", args=[project.pk])
    assert "spam" in act.reason
    assert act.also is None


def test_few_labels_ask_for_more_and_allow_training(project):
    upload(project, rows(4) + b"\nplain,\n")
    act = next_act(project)
    assert act.url == reverse("desk", args=[project.pk])
    assert act.also[1] == reverse("train", args=[project.pk])


def test_enough_labels_ask_for_the_first_model(project):
    upload(project, rows(60) + b"\nplain,\n")
    assert next_act(project).url == reverse("train", args=[project.pk])


def test_a_training_on_its_way_is_watched(project):
    upload(project, rows(60))
    run = Run.objects.create(project=project, state=State.RUNNING)
    assert next_act(project).url == reverse("run-page", args=[project.pk, run.pk])


def test_a_first_model_asks_to_be_published(project):
    upload(project, rows(60))
    learned(project, 1, 60)
    act = next_act(project)
    assert act.url == reverse("endpoint-publish", args=[project.pk])
    assert "90" in act.reason


@pytest.mark.parametrize(
    ("right_before", "right_after", "title"),
    [
        (2, 12, "Release version 3"),
        (9, 11, "Compare version 3"),
        (11, 9, "Label more"),
        (12, 2, "Label more"),
    ],
)
def test_a_newer_version_is_recommended_as_far_as_it_beats_what_answers(
    project, right_before, right_after, title
):
    upload(project, rows(60) + b"\nplain,\n")
    examples = protected(project, 12)
    older, poor, newer = (learned(project, number, 60) for number in (1, 2, 3))
    publish(project, older)
    for number, example in enumerate(examples):
        answer(older.run, example, "spam" if number < right_before else "ham")
        answer(poor.run, example, "ham")  # a bad version between changes nothing
        answer(newer.run, example, "spam" if number < right_after else "ham")
    assert next_act(project).title == title


def test_a_correction_comes_before_everything_else(project):
    upload(project, rows(60))
    publish(project, learned(project, 1, 60))
    queue.put(project, {"text": "a corrected text"}, reason="wrong", origin={"endpoint": "mail"})
    act = next_act(project)
    assert act.url == reverse("desk", args=[project.pk])
    assert "1" in act.reason
    assert standing.of(project).waiting == 1


def test_many_new_labels_ask_for_another_training(project):
    upload(project, rows(60))
    publish(project, learned(project, 1, 40))
    assert next_act(project).url == reverse("train", args=[project.pk])


def test_an_annotator_is_sent_to_the_desk_and_a_viewer_nowhere(project):
    upload(project, b"text\none\n")
    assert next_act(project, Role.ANNOTATOR).url == reverse("desk", args=[project.pk])
    assert next_act(project, Role.VIEWER) is None


@pytest.mark.parametrize("role", list(Role))
def test_every_role_reads_it(client, project, role):
    upload(project, rows(6))
    someone = person(f"{role.word}@example.com")
    join(project, someone, role)
    client.force_login(someone)
    page = client.get(reverse("ring", args=[project.pk]))
    assert page.status_code == 200
    assert "Where the circle stands" in page.content.decode()


def test_a_project_of_others_does_not_exist(client, project, stranger):
    client.force_login(stranger)
    assert client.get(reverse("ring", args=[project.pk])).status_code == 404


def test_it_costs_as_many_queries_for_many_examples_as_for_few(client, project, owner):
    upload(project, rows(60))
    publish(project, learned(project, 1, 40))
    client.force_login(owner)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("ring", args=[project.pk]))
    upload(project, b"text\n" + b"\n".join(b"more %d" % n for n in range(200)))
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("ring", args=[project.pk]))
    assert len(many) == len(few) <= 16


def test_the_commands_offer_what_the_readers_role_may_open(client, project, owner, member):
    owner.is_superuser = True
    owner.save()
    seen = {}
    for someone in (owner, member):
        client.force_login(someone)
        asked = {"part": "commands", "project": str(project.pk)}
        seen[someone] = client.get("/", asked).content.decode()
    assert all(f"/desk/{page}/" in seen[owner] for page in ("team", "checks", "agreement"))
    assert "/desk/mine/" in seen[member] and "/desk/agreement/" in seen[member]
    assert "/desk/team/" not in seen[member] and "/settings/" not in seen[member]
