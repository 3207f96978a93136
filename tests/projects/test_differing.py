"""One text with two answers in files: the later counts, and it is said where people look."""

import pytest

from projects import surveying
from projects.models import Act, Inspection, Kind
from tests.cast import upload
from tests.projects.wizard import decide, send, work

TWICE = b"text,label\nhello there,spam\nnice to see you,ham\nhello there,ham\n"
MANY = "".join(f"where is my parcel number {n},{('spam', 'ham')[n % 2]}\n" for n in range(30))


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    return client


def told(done) -> list[str]:
    return [one["reason"] for one in done.problems]


@pytest.mark.parametrize(("first", "last"), [("spam", "ham"), ("ham", "spam")])
def test_the_later_row_counts_whichever_label_it_has(project, first, last):
    done = upload(project, f"text,label\nhello,{first}\nhello,{last}\n".encode())
    assert project.examples.get().gold == {"label": last}
    assert told(done) == [
        f"Row 2 says “{last}”, and the same text was there before with “{first}”. "
        "Both are kept, and the later one counts."
    ]
    assert done.rejected == 0


def test_it_is_seen_across_batches_and_files_too(project, monkeypatch):
    monkeypatch.setattr("projects.intake.BATCH", 1)
    done = upload(project, TWICE)
    assert len(told(done)) == 1 and "Row 3 says “ham”" in told(done)[0]
    later = upload(project, b"text,label\nnice to see you,spam\nnew,spam\n")
    assert "Row 1 says “spam”" in told(later)[0]
    assert not told(upload(project, b"text,label\nnew,spam\n"))


@pytest.mark.parametrize("existing", ["skip", "update"])
def test_of_other_files_only_what_stands_beside_it_is_said(project, existing):
    upload(project, b"text,label\nhello there,ham\nnice to see you,spam\n")
    done = upload(project, TWICE, existing=existing)
    assert len(told(done)) == 1
    assert project.examples.get(data__text="hello there").gold == {"label": "ham"}
    assert ("which counts." in told(done)[0]) == (existing == "skip")


def test_hints_may_differ(project):
    assert not told(upload(project, TWICE, answers="hint"))


def test_a_look_foresees_it(page, project):
    upload(project, b"text,label\nnice to see you,spam\n")
    sent = send(page, project, TWICE)
    looked = work(sent)
    seen = page.get(sent.url).content.decode()
    said = "Rows that answer otherwise than an earlier one with the same text: 2"
    assert said in seen and "Row 3 says “ham”" in seen
    decide(page, looked)
    work(sent)
    assert said in page.get(sent.url).content.decode()


def test_all_are_counted_and_the_first_listed(page, project, monkeypatch):
    monkeypatch.setattr("projects.differing.MOST", 2)
    lines = ["text,label", *(f"text {n % 4},{'spam' if n < 4 else 'ham'}" for n in range(8))]
    done = upload(project, "\n".join(lines).encode())
    assert done.report["other answers"] == 4 and len(done.problems) == 2
    seen = page.get(f"/projects/{project.pk}/data/uploads/{done.pk}/").content.decode()
    assert "the same text: 4" in seen and "These are the first ones." in seen


def test_one_very_text_comes_first_of_all_that_contradicts(page, project):
    upload(project, f"text,label\n{MANY}".encode() + TWICE.partition(b"\n")[2])
    seen = health(page, project)
    assert seen.index("ham · spam") < seen.index("but:")


def test_data_health_shows_both_answers_until_somebody_settles_it(page, project):
    upload(project, TWICE)
    seen = health(page, project)
    assert f'id="card-{Kind.CONTRADICTION}"' in seen and "ham · spam" in seen
    example = project.examples.get(data__text="hello there")
    at = f"/projects/{project.pk}/data/"
    shown = page.get(f"{at}examples/{example.pk}/").content.decode()
    assert "Files gave this very text 2 different answers." in shown
    page.post(f"{at}health/contradiction/", {"fix": "review"}, follow=True)
    assert Act.objects.get().changed == 1
    example.annotations.create(source="review", answer={"label": "spam"})
    assert "card-contradiction" not in health(page, project)


def health(page, project) -> str:
    from projects import indexing, inspecting

    indexing.finish(project)
    inspecting.catch_up(5)
    surveying.queue(project.pk)
    surveying.look(Inspection.claim(project.pk))
    return page.get(f"/projects/{project.pk}/data/health/").content.decode()
