"""Pages of training: launched once, watched, read in plain words; nothing asked is a 500."""

from uuid import uuid4

import pytest
from django.urls import reverse

from projects import acting
from projects.leases import State
from projects.models import Deed, Example, Role
from tests.cast import join, person, rows, upload
from tests.projects.test_acting import acted, carried_out
from tests.training.test_turns import answer, protected, version
from training.models import Measurement, Run, Snapshot, TestAnswer


@pytest.fixture
def page(client, project, owner):
    """What the owner reads at a page of the project."""
    client.force_login(owner)

    def get(name, *ids, **query):
        response = client.get(reverse(name, args=[project.pk, *ids]), query)
        assert response.status_code == 200
        return response.content.decode()

    return get


def launch(client, project, **fields):
    sent = {"effort": "quick", "once": str(uuid4()), **fields}
    return client.post(reverse("train", args=[project.pk]), sent)


def test_without_two_labels_the_page_says_what_is_missing(page, client, project):
    upload(project, b"text,label\nwin a prize,spam\n")
    assert "Not enough to learn from yet" in page("train")
    said = launch(client, project)
    assert "Label at least one example of two different labels" in said.content.decode()
    assert not Run.objects.exists()


def test_train_queues_a_run_and_goes_to_its_page(page, client, project):
    upload(project, rows(12))
    assert "Start a training" in page("train")
    said = launch(client, project, seed="7")
    run = Run.objects.get()
    assert said.url == reverse("run-page", args=[project.pk, run.pk])
    assert (run.effort, run.method, run.seed) == ("quick", "auto", 7)
    assert "Waiting for a free worker" in page("run-page", run.pk)


def test_a_second_press_finds_the_first_run(client, project, owner):
    upload(project, rows(12))
    client.force_login(owner)
    once = str(uuid4())
    first = launch(client, project, once=once)
    Run.objects.update(state=State.RUNNING)
    assert launch(client, project, once=once).url == first.url
    assert Run.objects.count() == 1
    assert launch(client, project).url != first.url


@pytest.mark.parametrize(
    "fields", [{"effort": "most"}, {"method": "magic"}, {"base_model": "/etc"}, {"seed": "-1"}]
)
def test_what_cannot_be_is_refused_in_words(client, project, owner, fields):
    upload(project, rows(12))
    client.force_login(owner)
    said = launch(client, project, **fields)
    assert said.status_code == 200
    assert "errorlist" in said.content.decode()
    assert not Run.objects.exists()


def test_an_annotator_reads_and_does_not_launch(client, project, member):
    upload(project, rows(12))
    client.force_login(member)
    assert (
        "can start a training" in client.get(reverse("train", args=[project.pk])).content.decode()
    )
    assert launch(client, project).status_code == 403


def test_a_running_run_shows_its_curve_and_what_is_left(page, project):
    run = Run.objects.create(
        project=project, state=State.RUNNING, progress=0.4, stage="training", eta_seconds=40
    )
    for step in range(3):
        Measurement.objects.create(
            run=run, step=step, name="loss", value=1 / (step + 1), at="2026-01-01T00:00:00Z"
        )
    shown = page("run-page", run.pk)
    assert "Learning" in shown
    assert "about 40 s left in this step" in shown
    assert 'data-value="0.3333"' in shown
    assert 'hx-trigger="every 2s"' in shown


def test_the_part_that_asks_again_stops_asking_at_the_end(page, project):
    run = Run.objects.create(project=project, state=State.CANCELLED)
    part = page("run-page", run.pk, part="progress")
    assert "<html" not in part
    assert "every 2s" not in part


def test_cancel_asks_the_run_to_stop(client, project, owner):
    run = Run.objects.create(project=project, state=State.QUEUED)
    client.force_login(owner)
    client.post(reverse("run-cancel-page", args=[project.pk, run.pk]))
    run.refresh_from_db()
    assert run.state == State.CANCELLED


def test_a_failed_run_says_why_and_what_to_do(page, project):
    run = Run.objects.create(
        project=project,
        state=State.FAILED,
        error_title="Too big.",
        error_hint="Less at once.",
    )
    shown = page("run-page", run.pk)
    assert "Too big." in shown
    assert "Less at once." in shown


def test_a_cell_opens_its_examples_and_escapes_them(page, project):
    project.labels[0]["name"] = "<script>alert(1)</script>"
    project.save()
    examples = protected(project, 3)
    made = version(project, 1)
    for example in examples:
        answer(made.run, example, "ham", right="<script>alert(1)</script>")
    shown = page("run-cell", made.run.pk, gold="<script>alert(1)</script>", predicted="ham")
    assert examples[0].data["text"] in shown
    assert "<script>alert(1)" not in shown


def test_a_version_stands_beside_the_one_before(page, project):
    examples = protected(project, 12)
    older, newer = version(project, 1), version(project, 2)
    for number, example in enumerate(examples):
        answer(older.run, example, "ham" if number < 10 else "spam")
        answer(newer.run, example, "spam")
    shown = page("version-page", 2)
    assert "Better than version 1, and not by chance." in shown
    assert "now right" in shown
    assert "This is the first version" in page("version-page", 1)


def test_what_runs_said_of_a_text_that_was_masked_since_is_not_shown(page, project, owner, speak):
    project.task = "token-classification"
    project.save()
    text = {"text": "write to ann@example.org"}
    example = Example.objects.create(project=project, data=text, digest=b"a", is_test=True)
    span = {"start": 9, "end": 24, "label": "spam", "text": "ann@example.org"}
    said = {
        "id": str(example.pk),
        "confidence": 0.9,
        "gold": "none",
        "predicted": "ann@example.org",
    }
    runs = [version(project, number).run for number in (1, 2)]
    for run, spans in zip(runs, ([span], []), strict=True):
        answers = {"gold": {"spans": []}, "predicted": {"spans": spans}}
        TestAnswer.objects.create(run=run, example=example, confidence=0.9, **answers)
    frozen = Snapshot.objects.create(project=project, sha256="0" * 64, path="none")
    Run.objects.update(snapshot=frozen, result={"worst": [said]})

    def shown():
        return page("run-page", runs[0].pk), page("version-page", 2)

    def told():
        answer = speak(owner).get(f"/api/v1/runs/{runs[0].pk}/")
        return answer.json()["result"]["worst"]

    assert all(one.count("ann@example.org") > 1 for one in shown()) and told() == [said]
    mask = acted(project, owner, Deed.MASK, kinds=["e-mail"])
    assert all("write to [e-mail]" in one and "masked since" in one for one in shown())
    assert not any("ann@example.org" in one for one in shown())
    assert told() == [said | {"gold": None, "predicted": None}]
    later = Snapshot.objects.create(project=project, sha256="1" * 64, path="none")
    Run.objects.filter(pk=runs[0].pk).update(snapshot=later)  # it learned from the masked text
    assert "masked since" not in page("run-page", runs[0].pk)
    Run.objects.update(snapshot=frozen)
    acting.undo(mask)
    carried_out(mask)
    assert all(one.count("ann@example.org") > 1 for one in shown()) and told() == [said]


@pytest.mark.parametrize("beside", ["x", "99", "-1", "2"])
def test_a_strange_neighbour_is_passed_over(page, project, beside):
    version(project, 1), version(project, 2)
    assert "Model version 2" in page("version-page", 2, beside=beside)


def test_a_run_of_another_project_does_not_exist_here(client, project, owner, stranger):
    other = project.__class__.objects.create(name="Other", task=project.task, labels=[])
    join(other, owner, Role.OWNER)
    run = Run.objects.create(project=other)
    client.force_login(owner)
    assert client.get(reverse("run-page", args=[project.pk, run.pk])).status_code == 404
    client.force_login(person("nobody@example.org"))
    assert client.get(reverse("run-page", args=[other.pk, run.pk])).status_code == 404
