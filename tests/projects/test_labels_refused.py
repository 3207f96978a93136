"""What cannot become of a label is refused in words, on each way to it."""

import pytest

from projects import founding, labelbook
from projects.models import Act
from projects.relabeling import Change
from tests.projects.relabelled import CHOICE, CHOICES, SPANS, answered, of_kind, says


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change("rename", "spam", ("spam",)), "its name already"),
        (Change("rename", "spam", ("ham",)), "Merge the two"),
        (Change("rename", "spam", ("",)), "at least one character"),
        (Change("rename", "spam", ("x" * 101,)), "at most 100"),
        (Change("rename", "bacon", ("toast",)), "no label of this name"),
        (Change("merge", "spam", ("bacon",)), "another label of this project"),
        (Change("merge", "spam", ("spam",)), "another label of this project"),
        (Change("split", "spam", ("one",)), "at least two"),
        (Change("split", "spam", ("ham", "new")), "there twice"),
    ],
    ids=lambda given: given if isinstance(given, str) else f"{given.how} {given.into}"[:30],
)
def test_what_cannot_be_is_refused_and_changes_nothing(owner, change, said):
    project = of_kind(CHOICE, owner)
    with pytest.raises(founding.Refused, match=said):
        labelbook.begin(project, owner, change)
    assert not Act.objects.exists()


def test_the_last_label_stays_and_there_is_an_end_to_splitting(owner, monkeypatch):
    project = of_kind(CHOICE, owner, names=("spam",))
    with pytest.raises(founding.Refused, match="at least one label"):
        labelbook.begin(project, owner, Change("delete", "spam"))
    monkeypatch.setattr(founding, "MOST_LABELS", 2)
    with pytest.raises(founding.Refused, match="2 labels at most"):
        labelbook.begin(project, owner, Change("split", "spam", ("a", "b", "c")))


@pytest.mark.parametrize("task", [CHOICE, CHOICES, SPANS])
def test_a_label_in_use_is_not_dropped_in_the_settings_whatever_the_answers_are(owner, task):
    project = of_kind(task, owner)
    kept = answered(project, 1, says(task, "ham", "eggs"), owner)
    rest = [{"name": "spam"}, {"name": "eggs"}]
    with pytest.raises(founding.Refused, match="page “Labels”"):
        founding.labels(rest, project)
    kept.withdraw()
    assert [one["name"] for one in founding.labels(rest, project)] == ["spam", "eggs"]


def test_the_api_refuses_it_too(owner, speak):
    project = of_kind(CHOICES, owner)
    answered(project, 1, says(CHOICES, "ham"), owner)
    address = f"/api/v1/projects/{project.pk}/"
    refused = speak(owner).patch(address, {"labels": ["spam", "eggs"]}, format="json")
    assert refused.status_code == 400 and "in use" in str(refused.json())
    assert speak(owner).patch(address, {"labels": ["ham"]}, format="json").status_code == 200
    project.refresh_from_db()
    assert project.former_labels == {"spam": None, "eggs": None}
    back = ["ham", "spam"]
    assert speak(owner).patch(address, {"labels": back}, format="json").status_code == 200
    project.refresh_from_db()
    assert project.former_labels == {"eggs": None}


def test_settings_wait_while_labels_are_on_their_way(owner):
    project = of_kind(CHOICE, owner)
    labelbook.begin(project, owner, Change("rename", "spam", ("junk",)))
    with pytest.raises(founding.Refused, match="right now"):
        founding.labels([{"name": "ham"}], project)
    assert founding.labels([{**one, "color": "#000000"} for one in project.labels], project)
