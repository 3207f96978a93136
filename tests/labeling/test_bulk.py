"""The page of what can be labelled at once: by sureness, and by groups of texts that are alike."""

import re

import numpy as np
import pytest
from django.urls import reverse

from accounts.ids import new_id
from labeling import bulk
from labeling.models import Assignment, Held, Suggestion
from ml.embedding import WIDTH
from projects import embedding, noting
from projects.models import Act, Annotation
from tests.cast import upload

SPAM = {"label": "spam"}


@pytest.fixture
def mail(project):
    """Twenty of one kind, twenty of another, by vectors."""
    upload(project, "\n".join(["text", *(f"message {n}" for n in range(40))]).encode())
    project.examples.update(is_test=False)
    drawn, rows = np.random.default_rng(0), list(project.examples.order_by("row"))
    vectors = np.zeros((40, WIDTH), dtype=np.float32)
    for at in range(40):
        vectors[at, at % 2] = 1
        vectors[at] += drawn.normal(0, 0.01, WIDTH)
        vectors[at] /= np.linalg.norm(vectors[at])
    embedding.keep(project.pk, "made for tests", [one.pk for one in rows], vectors)
    noting.note(project.pk, model="made for tests")
    return project


def test_texts_that_are_alike_are_labelled_after_a_sample(client, mail, owner):
    client.force_login(owner)
    here = reverse("bulk", args=[mail.pk])
    page = client.get(here).content.decode()
    assert "texts such as" in page and "Nothing yet: once a model is trained" in page
    group = bulk.kept(owner, mail, 0)
    sent = reverse("bulk-group", args=[mail.pk, 0])
    sample = client.post(sent, {"label": "spam"}).content.decode()
    assert f"{len(group)} examples would be labelled “spam”" in sample
    carried = re.findall(r'<input type="hidden" name="id" value="([^"]+)"', sample)
    assert carried == group
    fields = {"deed": "annotate", "scope": "selected", "id": carried, "label": "spam"}
    begin = reverse("act-begin", args=[mail.pk])
    client.post(begin, fields | {"looked": "1", "seen": "10"})
    assert mail.examples.filter(gold=SPAM).count() == len(group)
    assert "Choose a label first." in client.post(sent, follow=True).content.decode()


def test_what_is_labelled_in_bulk_is_off_the_desk_of_who_did_it(client, mail, owner):
    """Also where the desk is open in another window: it says so once, and goes on."""
    client.force_login(owner)
    has = {"X-Desk": "-"}
    client.post(reverse("desk-next", args=[mail.pk]), headers=has)
    on, after = Assignment.objects.order_by("ahead")
    fields = {"deed": "annotate", "scope": "selected", "id": [str(on.example_id)], "label": "spam"}
    client.post(reverse("act-begin", args=[mail.pk]), fields | {"looked": "1", "seen": "1"})
    page = client.get(reverse("desk", args=[mail.pk])).content.decode()
    assert on.example.data["text"] not in page
    answer = reverse("desk-answer", args=[mail.pk, on.pk])
    told = client.post(answer, {"label": "ham"}, headers=has)
    assert told.status_code == 409 and f'data-current="{after.pk}"' in told.content.decode()
    on.refresh_from_db()
    assert on.state != Held.LEASED and Annotation.objects.get().answer == SPAM
    assert mail.examples.get(pk=on.example_id).claims == 0


def test_a_group_that_is_not_known_any_more_is_chosen_again(client, mail, owner):
    client.force_login(owner)
    sent = reverse("bulk-group", args=[mail.pk, 7])
    page = client.post(sent, {"label": "spam"}, follow=True).content.decode()
    assert "Choose again." in page and not Act.objects.exists()


def test_what_a_version_is_sure_of_is_counted_by_label(client, mail, owner):
    for at, one in enumerate(mail.examples.order_by("row")):
        sure = 0.97 if at < 12 else 0.6
        Suggestion.objects.create(
            example=one, project=mail, answer=SPAM, confidence=sure, model_version=new_id()
        )
    assert bulk.sure(mail, 95) == [bulk.Sure("spam", 12)]
    assert bulk.sure(mail, 99) == []
    client.force_login(owner)
    page = client.get(reverse("bulk", args=[mail.pk])).content.decode()
    assert "examples: 12" in page and "suggested=spam" in page


def test_a_task_without_labels_has_the_page_too(client, mail, owner):
    type(mail).objects.filter(pk=mail.pk).update(task="text-ranking", labels=[])
    client.force_login(owner)
    assert client.get(reverse("bulk", args=[mail.pk])).status_code == 200
