"""The review in the browser: what does not agree comes one by one, and what is chosen counts."""

import pytest
from django.urls import reverse

from labeling import queue, review, talking
from labeling.models import Comment, Recheck
from projects import acting, jobs
from projects.models import Deed, Project, Role, Status
from studio import acts, standing
from tests.cast import join, person, rows, upload
from tests.labeling.team import HAM, SPAM, answer, filled, settings


@pytest.fixture
def reviewer(client, project):
    someone = person("reviewer@example.org")
    join(project, someone, Role.REVIEWER)
    client.force_login(someone)
    return someone


@pytest.fixture
def disputed(project):
    """Two labelled examples of which a caller says that they are wrong."""
    upload(project, rows(6))
    examples = list(project.examples.order_by("pk")[:2])
    for example in examples:
        queue.put(
            project,
            example.data,
            reason="wrong",
            origin={"feedback": "1", "endpoint": "mail", "answer": {"label": "ham"}},
        )
    return examples


def test_what_is_disputed_comes_and_what_is_chosen_counts(client, project, reviewer, disputed):
    address = reverse("review", args=[project.pk])
    page = client.get(address).content.decode()
    assert disputed[0].data["text"] in page
    assert "From feedback" in page
    after = client.post(
        reverse("review-settle", args=[project.pk, disputed[0].pk]), {"label": "ham"}
    )
    disputed[0].refresh_from_db()
    assert (disputed[0].status, disputed[0].gold) == (Status.LABELED, {"label": "ham"})
    assert disputed[1].data["text"] in client.get(after.url).content.decode()
    later = client.get(address, {"after": str(disputed[1].pk)}).content.decode()
    assert "That was the last one" in later


def test_a_reviewer_is_sent_there_and_an_annotator_is_not(client, project, reviewer, disputed):
    now = standing.of(project)
    assert (now.corrected, now.disputed) == (0, 2)
    assert acts.next_act(project, Role.REVIEWER, now).url == reverse("review", args=[project.pk])
    assert acts.next_act(project, Role.ANNOTATOR, now) is None


def test_a_reviewer_is_led_to_whatever_waits_for_one(project, owner, member, reviewer):
    settings(project, overlap=2)
    first, second = filled(project, 2)
    for said in (SPAM, HAM):
        answer(project, member, said)
        answer(project, owner, SPAM)

    def led(role=Role.REVIEWER):
        return acts.next_act(project, role, standing.of(project))

    assert "differ" in led().title and "pile=differ" in led().url
    assert led(Role.ANNOTATOR) is None
    address = led().url.partition("?")[0]
    review.settle(review.waiting(project), SPAM, owner)
    assert led() is None
    talking.flag(second, member, "odd")
    Recheck.objects.create(example=first, project=project, doubt=1, expected=HAM)
    assert led().url == f"{address}?pile=flags"
    Comment.objects.all().delete()
    assert led().url == f"{address}?pile=suspects"


def differing(project, owner, member):
    settings(project, overlap=2)
    example = filled(project, 1)[0]
    answer(project, owner, HAM)
    answer(project, member, SPAM)
    return example


def sent(project, owner, member):
    """One import, which somebody sent to review."""
    upload(project, b"text,label\nwin,spam\n")
    jobs.set_going(acting.begin(project, owner, Deed.REVIEW, {}, {}))
    return project.examples.get()


def looked_at_again(project, owner, member):
    upload(project, b"text,label\nwin,spam\n")
    suspect = project.examples.get()
    Recheck.objects.create(example=suspect, project=project, doubt=900, expected=HAM)
    answer(project, member, HAM)
    return suspect


@pytest.mark.parametrize(
    ("come", "why"),
    [
        (differing, "People answered differently."),
        (sent, "Somebody sent it to review."),
        (looked_at_again, "Whoever looked a second time said something else."),
    ],
)
def test_it_is_said_why_it_is_there(client, project, owner, member, reviewer, come, why):
    example = come(project, owner, member)
    page = client.get(reverse("review", args=[project.pk])).content.decode()
    assert why in page and page.count("why-quiet") == 1
    shown = client.get(reverse("example-page", args=[project.pk, example.pk])).content.decode()
    assert "A caller says" not in shown
    assert ("It waits for a reviewer." in shown) == (come is not differing)


def test_a_callers_word_is_said_to_be_one(client, project, reviewer, disputed):
    shown = client.get(reverse("example-page", args=[project.pk, disputed[0].pk]))
    assert "A caller says that this answer is wrong." in shown.content.decode()


def test_no_label_settles_nothing(client, project, reviewer, disputed):
    client.post(reverse("review-settle", args=[project.pk, disputed[0].pk]), {"label": "other"})
    disputed[0].refresh_from_db()
    assert disputed[0].status == Status.REVIEW


@pytest.mark.parametrize("after", ["x", "", "00000000-0000-0000-0000-000000000000"])
def test_nothing_to_review_says_so(client, project, reviewer, after):
    assert client.get(reverse("review", args=[project.pk]), {"after": after}).status_code == 200


def test_an_annotator_may_not_settle(client, project, member, disputed):
    client.force_login(member)
    assert client.get(reverse("review", args=[project.pk])).status_code == 403
    said = client.post(
        reverse("review-settle", args=[project.pk, disputed[0].pk]), {"label": "ham"}
    )
    assert said.status_code == 403


def test_an_answer_whose_label_is_gone_is_not_accepted(client, project, reviewer, disputed):
    said = disputed[0].annotations.get()
    Project.objects.filter(pk=project.pk).update(former_labels={"gone": None})
    disputed[0].annotations.update(answer={"label": "gone"})
    address = reverse("review-settle", args=[project.pk, disputed[0].pk])
    page = client.post(address, {"accept": str(said.pk)}, follow=True).content.decode()
    assert "A label of this answer has just been taken away" in page
    assert not disputed[0].annotations.filter(source="review").exists()


def test_where_an_answer_comes_from_is_said_in_the_readers_language(
    client, project, reviewer, disputed
):
    client.cookies["django_language"] = "zh-hans"
    page = client.get(reverse("review", args=[project.pk])).content.decode()
    assert "已导入" in page and "Import " not in page


def test_later_has_another_key_where_a_label_wears_its_letter(client, project, reviewer, disputed):
    address = reverse("review", args=[project.pk])
    assert 'data-deed="s" data-key="s"' in client.get(address).content.decode()
    labels = [{**project.labels[0], "hotkey": "s"}, project.labels[1]]
    Project.objects.filter(pk=project.pk).update(labels=labels)
    page = client.get(address).content.decode()
    assert 'data-deed="s"' in page and page.count('data-key="s"') == 1, "the label alone"
    assert "<kbd>⇧S</kbd>" in page
