"""The newest version answers what waits for people: first at the desk, once each, never twice."""

import pytest
from django.urls import reverse

from labeling import answering, queue, suggesting
from labeling.models import Learner, Suggestion
from ml import failures
from ml.predicting import Served
from projects import acting, giving_way
from projects.models import Deed, Example
from tests.cast import upload
from tests.projects.test_acting import acted, carried_out
from tests.serving import models_here
from training import jobs, suggestions
from training.models import Suggesting

SPAM, HAM = {"label": "spam"}, {"label": "ham"}


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """What was just uploaded counts as settled, and nothing is left of other tests."""
    monkeypatch.setattr(suggestions, "SETTLED", -suggestions.SETTLED)
    monkeypatch.setattr(giving_way, "people_are_here", lambda: False)
    suggestions._kept.clear()


@pytest.fixture
def waiting(project):
    """Sixty texts, half of them spam, none of them of the test set but the last ten."""
    lines = [f"{text} {n}" for n in range(10) for text in (*models_here.SPAM, *models_here.HAM)]
    content = "text\n" + "\n".join(f'"{line}"' for line in lines)
    upload(project, content.encode())
    examples = list(Example.objects.order_by("pk"))
    Example.objects.update(is_test=False)
    Example.objects.filter(pk__in=[one.pk for one in examples[50:]]).update(is_test=True)
    return project


def all_of_it():
    for _ in range(20):
        if not suggestions.catch_up(1.5):
            return
    raise AssertionError("it never rests")


def test_every_example_that_waits_gets_an_answer_and_no_test_example(waiting):
    version = models_here.version(waiting, 1)
    all_of_it()
    assert Suggestion.objects.count() == 50
    assert not Suggestion.objects.filter(example__is_test=True).exists()
    right = [
        one.answer == (SPAM if one.example.data["text"][:-2].strip() in models_here.SPAM else HAM)
        for one in Suggestion.objects.select_related("example")
    ]
    assert sum(right) >= 45
    state = Suggesting.objects.get()
    assert (state.version, state.made, state.rests) == (version, 50, True)
    before = Suggestion.objects.order_by("pk").values_list("created_at", flat=True)
    written = list(before)
    all_of_it()
    assert list(before.all()) == written, "a repeat writes nothing"


def test_a_newer_version_answers_anew_and_a_callers_word_stays(waiting):
    models_here.version(waiting, 1)
    fed_back = queue.put(
        waiting,
        {"text": "win a free prize now, friend"},
        reason="A caller says so.",
        origin={"feedback": "1"},
        answer=HAM,
        confidence=0.7,
        model_version=waiting.pk,
    )
    all_of_it()
    assert Suggestion.objects.get(example=fed_back).answer == HAM
    second = models_here.version(waiting, 2, flipped=True)
    all_of_it()
    others = Suggestion.objects.exclude(example=fed_back)
    assert set(others.values_list("model_version", flat=True)) == {second.pk}
    assert Suggestion.objects.get(example=fed_back).model_version == waiting.pk


def test_a_killed_worker_goes_on_where_it_was(waiting, monkeypatch):
    version = models_here.version(waiting, 1)
    Learner.objects.create(project=waiting, generation=1)
    served = suggestions._served(version)
    Suggesting.objects.update(generation=1)
    assert suggestions._chunk(version, served, 20) == 20

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(suggestions, "_keep", killed)
        suggestions._chunk(version, served, 20)
    assert Suggesting.objects.get().looked_at == 20
    all_of_it()
    assert Suggestion.objects.count() == 50


def test_what_is_uploaded_later_is_answered_too(waiting):
    models_here.version(waiting, 1)
    all_of_it()
    assert not suggestions.catch_up(1.5)
    upload(waiting, b'text\n"claim your free cash, neighbour"\n', name="more.csv")
    Example.objects.filter(upload__name="more.csv").update(is_test=False)
    all_of_it()
    late = Suggestion.objects.get(example__upload__name="more.csv")
    assert late.answer == SPAM


def test_the_desks_next_ones_come_first(waiting, settings):
    settings.SUGGESTIONS_LIMIT = 4
    version = models_here.version(waiting, 1)
    served = suggestions._served(version)
    suggestions._chunk(version, served, 4)
    first = Example.objects.filter(is_test=False, status="unlabeled").order_by("-priority", "place")
    assert set(Suggestion.objects.values_list("example", flat=True)) == {
        one.pk for one in first[:4]
    }


def test_no_more_than_the_limit_is_walked_through(waiting, settings):
    settings.SUGGESTIONS_LIMIT = 10
    version = models_here.version(waiting, 1)
    served = suggestions._served(version)
    generation = Learner.objects.create(project=waiting).generation
    Suggesting.objects.update(generation=generation)
    while suggestions._chunk(version, served, 5):
        pass
    assert Suggestion.objects.count() == 10
    assert Suggesting.objects.get().rests


def test_a_damaged_version_says_so_and_is_tried_again_later(waiting, client, owner):
    version = models_here.version(waiting, 1)
    (version.folder / "linear.safetensors").write_bytes(b"broken")
    assert suggestions.catch_up(1.5)
    assert not suggestions.catch_up(1.5), "it is left in peace for a while"
    assert "damaged" in Suggesting.objects.get().problem
    assert not Suggestion.objects.exists()
    client.force_login(owner)
    page = client.get(reverse("version-page", args=[waiting.pk, 1])).content.decode()
    assert "suggests nothing at the desk" in page


def test_a_version_that_answers_otherwise_than_when_it_was_evaluated_is_refused(waiting):
    version = models_here.version(waiting, 1)
    served = Served.load(version.folder)
    served.check = lambda: 0.5
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Served, "load", classmethod(lambda cls, folder, threads=None: served))
        with pytest.raises(failures.DamagedBundle, match="Version 1 does not answer here"):
            Served.sound(version.folder, "Version 1")


def test_a_text_that_changes_is_suggested_for_anew_and_counts_once(waiting, owner, monkeypatch):
    def beginning(_served, inputs):
        span = {"start": 0, "end": 4, "label": "spam"}
        spans = [{**span, "text": one["text"][:4]} for one in inputs]
        return [{"answer": {"spans": [one]}, "confidence": 0.9, "scores": {}} for one in spans]

    waiting.task = "token-classification"
    waiting.save()
    models_here.version(waiting, 1)
    monkeypatch.setattr(Served, "predict", beginning)
    some = list(waiting.examples.filter(is_test=False).order_by("pk")[10:12])
    for n, one in enumerate(some):
        waiting.examples.filter(pk=one.pk).update(data={"text": f"{n}@example.org wrote {n}"})
    all_of_it()
    whole = Suggestion.objects.filter(example__in=some).order_by("example")
    whole = whole.values_list("answer", flat=True)
    before = list(whole)
    act = acted(waiting, owner, Deed.MASK, kinds=["e-mail"])
    assert Suggestion.objects.count() == Suggesting.objects.get().made == 48
    all_of_it()
    assert [one["spans"][0]["text"] for one in whole.all()] == ["[e-m", "[e-m"]
    assert Suggestion.objects.count() == Suggesting.objects.get().made == 50
    acting.undo(act)
    carried_out(act)
    all_of_it()
    assert list(whole.all()) == before
    assert Suggestion.objects.count() == Suggesting.objects.get().made == 50
    state = Suggesting.objects.get()
    assert (state.looked_at, state.of) == (60, 60), "what it looks at again counts once"


def test_one_example_on_which_it_fails_does_not_hold_up_the_others(waiting, monkeypatch):
    models_here.version(waiting, 1)
    bad = Example.objects.filter(is_test=False).first()
    whole = Served.predict

    def fails(self, inputs):
        if bad.data in inputs:
            raise RuntimeError
        return whole(self, inputs)

    monkeypatch.setattr(Served, "predict", fails)
    all_of_it()
    assert Suggestion.objects.count() == 49
    assert not Suggestion.objects.filter(example=bad).exists()


def test_the_desk_shows_it_and_the_pages_say_how_far_it_is(waiting, member, owner, client):
    waiting.hidden_share = 0
    waiting.save()
    version = models_here.version(waiting, 1)
    jobs.suggest.apply()
    all_of_it()
    lease = queue.next_for(member, waiting)
    while lease.example.is_test:
        answering.submit(lease, SPAM, 5)
        lease = queue.next_for(member, waiting)
    assert lease.suggested_by == f"version:{version.pk}"
    assert suggesting.shown(lease)["model_version"] == str(version.pk)
    answering.submit(lease, lease.suggestion["answer"], 5)
    client.force_login(owner)
    said = "Version 1 has suggested answers for 50 examples that wait for people."
    for address in (
        reverse("train", args=[waiting.pk]),
        reverse("version-page", args=[waiting.pk, 1]),
    ):
        assert said in client.get(address).content.decode()
    team = client.get(reverse("team", args=[waiting.pk])).content.decode()
    assert reverse("version-page", args=[waiting.pk, 1]) in team
    assert ">version 1<" in team


@pytest.mark.parametrize(
    ("asked", "count"),
    [("sure=0", 50), ("unsure=101", 50), ("sure=101", 0), ("unsure=0", 0)],
)
def test_sureness_is_a_filter_both_ways(waiting, owner, client, asked, count):
    models_here.version(waiting, 1)
    all_of_it()
    client.force_login(owner)
    shown, address = 0, f"?{asked}"
    while address:
        page = client.get(reverse("data", args=[waiting.pk]) + address)
        shown += len(page.context["lines"])
        address = page.context["next"] and f"?{page.context['next']}"
    assert shown == count


def test_the_suggested_label_is_a_filter_in_labels_of_today(waiting, owner, client):
    models_here.version(waiting, 1)
    all_of_it()
    spam = Suggestion.objects.filter(answer=SPAM).count()
    assert 0 < spam < 50
    client.force_login(owner)
    address = reverse("data", args=[waiting.pk])
    assert len(client.get(address + "?suggested=spam").context["lines"]) == spam
    waiting.labels = [{"name": "junk"}, {"name": "ham"}]
    waiting.former_labels = {"spam": "junk"}
    waiting.save()
    page = client.get(address + "?suggested=junk")
    assert len(page.context["lines"]) == spam
    assert "model says “junk”" in page.content.decode()


def test_the_surest_and_the_least_sure_can_come_first(waiting, owner, client):
    models_here.version(waiting, 1)
    all_of_it()
    client.force_login(owner)
    kept = dict(Suggestion.objects.values_list("example", "confidence"))
    for order, falling in (("unsure", False), ("-unsure", True)):
        page = client.get(reverse("data", args=[waiting.pk]) + f"?order={order}")
        told = [kept[line.example.pk] for line in page.context["lines"]]
        assert told == sorted(told, reverse=falling)
