"""A change of labels that takes a while: a worker's, whole in the end, and alone until then."""

import pytest

from projects import acting, founding, jobs, labelbook
from projects.leases import State
from projects.models import Act
from projects.relabeling import Change
from tests.projects.relabelled import CHOICE, answered, going, gold, of_kind, says


def test_a_large_one_is_a_workers_and_goes_on_where_another_died(owner, monkeypatch):
    project = of_kind(CHOICE, owner)
    monkeypatch.setattr(acting, "PIECE", 10)
    for number in range(25):
        answered(project, number, says(CHOICE, "spam"), owner)
    monkeypatch.setattr(acting, "AT_ONCE", 20)
    rung = []
    monkeypatch.setattr(jobs.carry_out, "delay_on_commit", rung.append)
    act = labelbook.begin(project, owner, Change("rename", "spam", ("junk",)))
    jobs.set_going(act)
    assert rung == [str(act.pk)]
    do, pieces = acting.deeds.do, []

    def dies(act, examples):
        if pieces:
            raise RuntimeError("power cut")
        pieces.append(examples)
        return do(act, examples)

    monkeypatch.setattr(acting.deeds, "do", dies)
    with pytest.raises(RuntimeError):
        acting.carry_out(Act.claim(act.pk))
    act.refresh_from_db()
    assert (act.done, act.total, act.progress) == (10, 25, 0.4)
    project.refresh_from_db()
    with pytest.raises(founding.Refused, match="right now"):
        labelbook.begin(project, owner, Change("rename", "ham", ("good",)))
    monkeypatch.setattr(acting.deeds, "do", do)
    Act.objects.update(lease_until="2000-01-01T00:00:00Z")
    assert going(act).changed == 25
    assert gold(project) == [says(CHOICE, "junk")] * 25


def test_it_cannot_be_stopped_half_way(owner):
    project = of_kind(CHOICE, owner)
    act = labelbook.begin(project, owner, Change("rename", "spam", ("junk",)))
    acting.cancel(act)
    assert Act.objects.get().state == State.QUEUED


def test_after_an_interruption_it_must_go_on_or_back_before_another(owner):
    project = of_kind(CHOICE, owner)
    answered(project, 1, says(CHOICE, "spam"), owner)
    act = labelbook.begin(project, owner, Change("merge", "spam", ("ham",)))
    Act.objects.filter(pk=act.pk).update(state=State.FAILED)
    project.refresh_from_db()
    with pytest.raises(founding.Refused, match="interrupted"):
        labelbook.begin(project, owner, Change("rename", "ham", ("good",)))
    act.refresh_from_db()
    assert act.queue_again()
    going(act)
    assert gold(project) == [says(CHOICE, "ham")]
