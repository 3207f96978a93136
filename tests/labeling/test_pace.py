"""How long people need is known for work that takes long, too; a pause now and then changes none
of it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from labeling import pace, queue, team
from projects.models import Annotation
from tests.labeling.team import filled

LUNCH = 300


@pytest.mark.parametrize(("minutes", "kept", "lease"), [(12, 12, 60), (200, 60, 60), (0.1, 0.1, 5)])
def test_long_work_has_its_time_and_a_pause_is_cut(
    client, project, member, monkeypatch, minutes, kept, lease
):
    monkeypatch.setattr(pace, "ENOUGH", 3)
    filled(project, 3)
    client.force_login(member)
    for spent in (minutes, LUNCH, minutes):
        address = reverse("desk-answer", args=[project.pk, queue.next_for(member, project).pk])
        client.post(address, {"label": "spam", "duration_ms": str(round(spent * 60_000))})
    pace._kept.clear()
    told = sorted(Annotation.objects.values_list("duration_ms", flat=True))
    assert told == [round(kept * 60_000)] * 2 + [3_600_000]
    assert pace.lease(project) == timedelta(minutes=lease)
    (mine,) = team.work(project, member)
    assert mine.seconds == kept * 60
