"""What the trainer says has its sentence in every language, and in English it is the same one."""

import pytest
from django.utils.translation import override

from ml import failures, saying
from tests.cast import rows, upload
from training import supervisor, wording
from training.models import Run


def test_every_note_has_its_sentence():
    with override("en"):
        assert {code: str(text) for code, text in wording.NOTES.items()} == dict(saying.NOTES)


def test_every_failure_has_its_sentences():
    ours = {"stopped", "nothing-to-freeze"}
    with override("en"):
        said = {code: (str(title), str(hint)) for code, (title, hint) in wording.ERRORS.items()}
    assert {code: text for code, text in said.items() if code not in ours} == failures.SENTENCES
    assert said["stopped"] == (supervisor.STOPPED_TITLE, supervisor.STOPPED_HINT)
    assert said["nothing-to-freeze"][0] == supervisor.NOTHING_TITLE


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_notes_of_a_run_are_said_in_the_readers_language(project):
    upload(project, rows(60))
    run = Run.objects.create(project=project, method="classical", effort="quick")
    supervisor.supervise(Run.claim(run.pk))
    run.refresh_from_db()
    assert len(run.notes) == len(run.notes_said) >= 2
    with override("en"):
        assert wording.notes(run) == run.notes
    with override("zh-hans"):
        said = wording.notes(run)
    assert said[0] == "这是您选的。"
    assert not any("test examples" in note for note in said)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_why_a_run_failed_is_said_in_the_readers_language(project):
    upload(project, rows(60))
    run = Run.objects.create(project=project, method="full", base_model="no-such-model")
    supervisor.supervise(Run.claim(run.pk))
    run.refresh_from_db()
    with override("en"):
        assert wording.error(run) == (run.error_title, run.error_hint)
    with override("zh-hans"):
        title, hint = wording.error(run)
    assert title.startswith("这台机器上没有基础模型“no-such-model”")
    assert "文件夹" in hint


@pytest.mark.django_db
def test_a_project_without_labels_fails_in_words_of_both_languages(project):
    run = Run.objects.create(project=project, method="classical")
    supervisor.supervise(Run.claim(run.pk))
    run.refresh_from_db()
    with override("en"):
        assert wording.error(run) == (run.error_title, run.error_hint)
    with override("zh-hans"):
        assert wording.error(run)[0] == "没有可供学习的内容。"


@pytest.mark.django_db
def test_a_run_from_before_keeps_its_english(project):
    run = Run(project=project, notes=["As it was said then."], error_title="Old.", error_hint="Go.")
    with override("zh-hans"):
        assert wording.notes(run) == ["As it was said then."]
        assert wording.error(run) == ("Old.", "Go.")
    assert wording.error(Run(project=project)) == ("", "")
