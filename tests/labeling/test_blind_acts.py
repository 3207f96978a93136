"""Nor does an act on many at once tell what others said to who has still to answer."""

import pytest
from django.urls import reverse

from labeling.models import Suggestion
from projects import acting, filing, jobs, labelbook
from projects.models import Deed, SavedFilter
from projects.relabeling import Change
from tests.labeling.team import HAM, answer, filled, settings
from tests.projects.test_exports_written import work


def labelled(project, by):
    return acting.begin(project, by, Deed.ANNOTATE, {"suggested": "ham"}, {"answer": HAM})


def accepted(project, by):
    return acting.begin(project, by, Deed.ACCEPT, {"sure": "50"}, {})


def renamed(project, by):
    jobs.set_going(labelled(project, by))
    return labelbook.begin(project, by, Change("rename", "ham", ("good",)))


@pytest.fixture(params=[labelled, accepted, renamed])
def act(request, project, owner):
    """Three of four examples, each of which waits for one more answer."""
    settings(project, overlap=2)
    for one in filled(project, 4)[:3]:
        Suggestion.objects.create(
            example=one, project=project, answer=HAM, confidence=0.9, model_version=one.pk
        )
    done = request.param(project, owner)
    jobs.set_going(done)
    done.refresh_from_db()
    assert done.changed == 3 and project.examples.filter(status="unlabeled").count() == 4
    return done


def test_its_page_tells_who_is_asked_neither_what_nor_which(client, act, owner, member):
    address = reverse("act", args=[act.project_id, act.pk])
    client.force_login(owner)
    told = client.get(address).content.decode()
    assert f"?act={act.pk}" in told
    client.force_login(member)
    seen = client.get(address).content.decode()
    assert "is not told which ones" in seen
    assert "?act=" not in seen and "model" not in seen and "ham" not in seen


def test_no_list_goes_by_it(client, speak, act, owner, member):
    SavedFilter.objects.create(project=act.project, name="At once", filters={"act": str(act.pk)})
    project = act.project_id
    pages = [reverse(name, args=[project]) for name in ("data", "data-exports")]
    calls = [f"/api/v1/projects/{project}/{what}/?act={act.pk}" for what in ("examples", "export")]
    for reader, sees in ((owner, True), (member, False)):
        client.force_login(reader)
        for page in pages:
            seen = client.get(f"{page}?act={act.pk}").content.decode()
            assert ("Not here any more" in seen) != sees and ("by one act" in seen) == sees
        assert ("At once" in client.get(pages[0]).content.decode()) == sees
        at_once = client.get(f"{reverse('data-export', args=[project])}?act={act.pk}&format=jsonl")
        assert at_once.status_code == (200 if sees else 302)
        said = [speak(reader).get(call) for call in calls]
        assert [one.status_code for one in said] == [200 if sees else 400] * 2
    assert "what others answered" in said[0].json()["errors"]["act"][0]


def test_no_file_holds_just_what_it_changed(speak, act, owner, member):
    filters = {"act": str(act.pk)}
    call = f"/api/v1/projects/{act.project_id}/exports/"
    assert speak(member).post(call, {"filters": filters}, format="json").status_code == 400
    file = work(filing.begin(act.project, owner, "csv", filters, safe=False))
    for reader, status in ((owner, 200), (member, 403)):
        assert speak(reader).get(f"/api/v1/exports/{file.pk}/file/").status_code == status


def test_an_example_does_not_name_it_before_ones_own_answer(client, act, member):
    act.project.refresh_from_db()
    one = answer(act.project, member, {"label": act.project.label_names[1]}).example
    touched = act.project.examples.filter(touches__act=act, touches__before__isnull=False)
    other = touched.exclude(pk=one.pk)[0]
    client.force_login(member)
    changed = one.touches.filter(before__isnull=False).exists()
    for example, seen in ((one, changed), (other, False)):
        for name in ("example-history", "example-trace"):
            page = client.get(reverse(name, args=[act.project_id, example.pk])).content.decode()
            assert (str(act.pk) in page) == seen


def test_what_tells_nothing_of_answers_stays_open(client, project, owner, member):
    filled(project, 2)
    act = acting.begin(project, owner, Deed.TAG, {}, {"tag": "odd"})
    jobs.set_going(act)
    client.force_login(member)
    seen = client.get(reverse("act", args=[project.pk, act.pk])).content.decode()
    assert "odd" in seen and f"?act={act.pk}" in seen
    page = client.get(f"{reverse('data', args=[project.pk])}?act={act.pk}").content.decode()
    assert "by one act" in page
