"""Many examples labelled at once: a sample first, each as suggested, and the way back."""

import re

import pytest

from accounts.ids import new_id
from labeling.models import Suggestion
from projects import acting, bulk
from projects.models import Act, Annotation, Deed, Role
from tests.cast import join, person, upload

SPAM, HAM = {"label": "spam"}, {"label": "ham"}


@pytest.fixture
def mail(project):
    upload(project, "\n".join(["text", *(f"message {n}" for n in range(60))]).encode())
    project.examples.update(is_test=False)
    return project


def suggest(project, confidence=0.97):
    """Spam where the number is even."""
    rows = list(project.examples.order_by("row"))
    Suggestion.objects.bulk_create(
        Suggestion(
            example=one, project=project, answer=SPAM if at % 2 else HAM, confidence=confidence,
            model_version=new_id(),
        )
        for at, one in enumerate(rows)
    )  # fmt: skip
    return rows


def at(project, rest=""):
    return f"/projects/{project.pk}/data/{rest}"


def ask(client, project, **said):
    answer = client.post(at(project, "acts/"), {"scope": "all", **said}, follow=True)
    return answer.content.decode()


def ticks(page):
    return re.findall(r'name="wrong" value="([^"]+)"', page)


def test_nothing_is_labelled_before_a_sample_was_seen(client, mail, owner):
    client.force_login(owner)
    page = ask(client, mail, deed="annotate", label="ham", filtered="")
    assert "60 examples would be labelled “ham”" in page
    assert len(ticks(page)) == bulk.SAMPLE
    assert not Act.objects.exists()
    done = ask(client, mail, deed="annotate", label="ham", filtered="", looked="1", seen="10")
    assert "Changed: 60 of 60." in done and "Seen before: 10" in done


def test_what_was_wrong_in_the_sample_is_left_out_and_how_many_more_is_estimated(
    client, mail, owner
):
    client.force_login(owner)
    sent = {"deed": "annotate", "label": "ham", "filtered": ""}
    wrong = ticks(ask(client, mail, **sent))[:2]
    page = ask(client, mail, **sent, looked="1", seen="10", wrong=wrong)
    assert "2 of 10 were wrong" in page and "between 3 and 31 would probably be wrong" in page
    assert not Act.objects.exists()
    done = ask(client, mail, **sent, looked="1", seen="10", wrong=wrong, anyway="1")
    assert "Changed: 58 of 60." in done
    assert mail.examples.filter(gold__isnull=True).count() == 2


def test_each_is_labelled_as_suggested_and_all_of_it_is_taken_back(client, mail, owner):
    suggest(mail)
    client.force_login(owner)
    filtered = "status=unlabeled&sure=90&suggested=spam"
    page = ask(client, mail, deed="accept", filtered=filtered)
    assert "30 examples would be labelled as the model suggests" in page
    done = ask(client, mail, deed="accept", filtered=filtered, looked="1", seen="10")
    assert "Changed: 30 of 30." in done
    assert mail.examples.filter(gold=SPAM).count() == 30
    undo = re.search(r'action="([^"]+/undo/)"', done)[1]
    kept = Annotation.objects.first()
    kept.revise(HAM)  # somebody thought better of one: it stays
    client.post(undo)
    assert [one.answer for one in Annotation.objects.filter(withdrawn_at=None)] == [HAM]


def test_what_has_no_suggestion_or_is_test_or_answered_stays_as_it_is(mail, owner):
    rows = suggest(mail)
    mail.examples.filter(pk=rows[0].pk).update(is_test=True)
    Suggestion.objects.filter(example=rows[1]).delete()
    Annotation.record(rows[2], HAM, owner, "person")
    sample = bulk.sample(mail, owner, Deed.ACCEPT, acting.meant(mail, {}), None)
    assert sample.of == 57 and not {rows[n].pk for n in range(3)} & {
        one.example.pk for one in sample.seen
    }
    act = acting.begin(mail, owner, Deed.ACCEPT, {}, {})
    acting.carry_out(Act.claim(act.pk))
    act.refresh_from_db()
    assert act.changed == 57


def test_few_that_are_ticked_need_no_sample(client, mail, owner):
    client.force_login(owner)
    ids = [str(one.pk) for one in mail.examples.all()[: bulk.SAMPLE]]
    done = ask(client, mail, deed="annotate", label="ham", scope="selected", id=ids)
    assert "Changed: 10 of 10." in done


def test_where_nothing_can_be_labelled_it_says_so(client, mail, owner):
    client.force_login(owner)
    page = ask(client, mail, deed="accept", filtered="status=unlabeled")
    assert "nothing here that could be labelled so" in page
    done = ask(client, mail, deed="annotate", label="ham", wrong=["x", "\0"], looked="1")
    assert "Changed: 60 of 60." in done, "what is no id was in no sample"


def test_an_annotator_labels_one_by_one(client, mail, member):
    suggest(mail)
    client.force_login(member)
    assert client.post(at(mail, "acts/"), {"deed": "accept", "scope": "all"}).status_code == 403
    viewer = person("viewer@example.org")
    join(mail, viewer, Role.VIEWER)
    client.force_login(viewer)
    assert client.get(f"/projects/{mail.pk}/desk/bulk/").status_code == 403


def test_what_an_act_changed_is_a_filter(client, mail, owner):
    client.force_login(owner)
    sent = {"deed": "annotate", "label": "ham", "filtered": ""}
    wrong = ticks(ask(client, mail, **sent))[:1]
    done = ask(client, mail, **sent, looked="1", seen="10", wrong=wrong, anyway="1")
    act = Act.objects.get()
    assert f"?act={act.pk}" in done
    page = client.get(at(mail), {"act": str(act.pk)}).content.decode()
    assert "changed by one act" in page and page.count('name="id" value=') == 50
    left = mail.examples.get(gold__isnull=True)
    assert str(left.pk) not in page
    assert client.get(at(mail), {"act": "x"}).status_code == 200


def test_no_more_are_expected_to_be_wrong_than_are_left():
    assert bulk.expected(1, 10, 11) == (1, 2)
    assert bulk.expected(0, 10, 10) == (0, 0)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_after_an_undo_an_example_is_theirs_again_to_whom_it_was_assigned(mail, owner, role):
    other = person("other@example.org")
    place = join(mail, other, Role.REVIEWER)
    one, two, three = mail.examples.order_by("pk")[:3]
    for example, whose in ((one, other), (two, owner), (three, None)):
        type(one).objects.filter(pk=example.pk).update(assignee=whose)
    ids = {"ids": [str(each.pk) for each in (one, two, three)]}
    act = acting.begin(mail, other, Deed.ANNOTATE, ids, {"answer": SPAM})
    acting.carry_out(Act.claim(act.pk))
    assert not mail.examples.filter(assignee=other).exists()
    place.role = role
    place.save()
    acting.undo(act)
    acting.carry_out(Act.claim(act.pk))
    found = [mail.examples.get(pk=each.pk).assignee for each in (one, two, three)]
    assert found == [other if role >= Role.ANNOTATOR else None, owner, None]
