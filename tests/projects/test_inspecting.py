"""Each example is looked at once it is indexed, and again when it changed."""

from projects import due, indexing, inspecting
from projects.leases import State
from projects.models import Entry, Example, Finding, Inspection, Kind, Stage, Upload
from tests.cast import upload


def caught_up():
    while indexing.catch_up(1):
        pass
    while inspecting.catch_up(1):
        pass


def kinds(project, text):
    rows = Finding.objects.filter(project=project, example__data__text=text)
    return set(rows.values_list("kind", flat=True))


def test_it_finds_what_is_odd_about_a_text_and_its_language(project):
    upload(project, "text\n<b>Late</b> again and again\nOK\n我的包裹还没有到请看看\n".encode())
    caught_up()
    assert kinds(project, "<b>Late</b> again and again") == {Kind.HTML}
    assert kinds(project, "OK") == {Kind.SHORT}
    told = dict(Entry.objects.values_list("example__data__text", "language"))
    assert told["我的包裹还没有到请看看"] == "zh"
    assert due.waiting(project) == {Stage.INDEX: 0, Stage.INSPECT: 0, Stage.EMBED: 3}


def test_what_is_kept_of_personal_data_says_where_it_is_and_not_what(project):
    upload(project, b"text\nWrite to jane.doe@example.org or wait\n")
    caught_up()
    found = Finding.objects.get(project=project, kind=Kind.PERSONAL)
    assert found.detail == {"spans": [["e-mail", 9, 29]]}


def test_a_text_that_changed_loses_what_was_found_and_keeps_what_others_found(project):
    upload(project, b"text\n<b>Late</b> again and again\n")
    caught_up()
    example = Example.objects.get(project=project)
    Finding.objects.create(project=project, example=example, kind=Kind.OUTLIER)
    Example.objects.filter(pk=example.pk).update(data={"text": "Late again and again"})
    due.put(Stage.INDEX, [example.pk])
    caught_up()
    assert kinds(project, "Late again and again") == {Kind.OUTLIER}


def test_it_waits_while_a_file_is_being_imported(project):
    upload(project, b"text\nOK\n")
    while indexing.catch_up(1):
        pass
    coming = Upload.objects.create(project=project, name="next.csv")
    claimed = Upload.claim(coming.pk)
    assert not inspecting.catch_up(1)
    assert not Finding.objects.exists()
    claimed.finish(State.DONE)
    caught_up()
    assert Finding.objects.get().kind == Kind.SHORT


def test_an_example_that_is_gone_by_then_is_no_obstacle(project):
    upload(project, b"text\nOK\nThanks a lot, really\n")
    while indexing.catch_up(1):
        pass
    Example.objects.filter(data__text="OK").delete()
    caught_up()
    assert not Finding.objects.exists()
    assert Inspection.objects.get(project=project).notes["touched"]
