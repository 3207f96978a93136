"""The one next thing to do in a project, chosen by rule, with its reason."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from labeling import review
from labeling.review import Pile
from projects import tally
from projects.models import Project, Role, Status
from serving.models import Endpoint
from studio.standing import Standing, learned
from studio.templatetags.face import counted
from training import comparing
from training.models import ModelVersion

PER_LABEL = 8
NEW_SHARE = 0.1  # of what the newest version learned from: then training again is worth it


@dataclass(frozen=True)
class Act:
    """One thing to do: its name, why, where; and what else could be done."""

    title: str
    reason: str
    button: str
    url: str
    icon: str
    also: tuple[str, str] | None = None  # words, url


def next_act(project: Project, role: Role, now: Standing) -> Act | None:
    """By rule, the first that fits. None where nothing is this reader's to do."""
    if role < Role.ANNOTATOR:
        return None
    reviews = (_review, _piles) if role >= Role.REVIEWER else ()
    deeds = (_feedback, *reviews, _label_more)
    if role >= Role.MANAGER:
        deeds = (_data, _feedback, _review, _labels, _model, _endpoint, _piles, _again)
    return next((act for deed in deeds if (act := deed(project, now)) is not None), None)


def _data(project: Project, now: Standing) -> Act | None:
    if now.uploads:
        return Act(
            _("Wait for the upload"),
            _("Its rows are being read; it is safe to leave."),
            _("Watch it"),
            reverse("data-upload", args=[project.pk, now.uploads[0].pk]),
            "upload",
        )
    if now.counts.examples:
        return None
    return Act(
        _("Bring your texts"),
        _("A table with one text a row is enough; labels can come later."),
        _("Upload a file"),
        reverse("data-upload-new", args=[project.pk]),
        "upload",
    )


def _feedback(project: Project, now: Standing) -> Act | None:
    if not now.corrected:
        return None
    return Act(
        _("Look at what callers corrected"),
        _("Corrections at the front of the desk: %(count)s. Each teaches the next version.")
        % {"count": counted(now.corrected)},
        _("Open the desk"),
        reverse("desk", args=[project.pk]),
        "message-report",
        _training(project, now),
    )


def _review(project: Project, now: Standing) -> Act | None:
    if not now.disputed:
        return None
    return Act(
        _("Settle what is in doubt"),
        _("Answers that count and that somebody doubts: %(count)s. A reviewer decides.")
        % {"count": counted(now.disputed)},
        _("Open the review"),
        reverse("review", args=[project.pk]),
        "eye",
        _training(project, now),
    )


def _piles(project: Project, now: Standing) -> Act | None:
    """What else waits for a reviewer: where people differ, what was flagged, what is doubted."""
    waiting = review.counts(project)
    piles = {
        Pile.DIFFER: (
            _("Settle where people differ"),
            _("Examples that people answered differently: %(count)s. A reviewer decides."),
        ),
        Pile.FLAGS: (
            _("Look at what people flagged"),
            _("Flagged examples: %(count)s. Whoever flagged one waits for a word."),
        ),
        Pile.SUSPECTS: (
            _("Look at what is probably mislabelled"),
            _("Answers that a model doubts: %(count)s. Each that is wrong teaches it wrongly."),
        ),
    }
    for pile, (title, reason) in piles.items():
        if count := waiting[pile]:
            more = "+" if count == review.MOST else ""
            address = f"{reverse('review', args=[project.pk])}?pile={pile}"
            said = reason % {"count": f"{counted(count)}{more}"}
            return Act(title, said, _("Open the review"), address, "eye", _training(project, now))
    return None


def _labels(project: Project, now: Standing) -> Act | None:
    if now.run is not None or now.version is not None:
        return None
    thin = [name for name, count in now.counts.by_label.items() if count < PER_LABEL]
    if now.counts.gold >= tally.FIRST_MODEL and len(thin) < len(now.counts.by_label) - 1:
        return None
    if not now.counts.by_status[Status.UNLABELED]:
        return None
    more = max(tally.FIRST_MODEL - now.counts.gold, PER_LABEL)
    enough = sum(1 for count in now.counts.by_label.values() if count) >= 2
    also = (_("or train at once with what there is"), reverse("train", args=[project.pk]))
    return Act(
        _("Label about %(count)s more") % {"count": counted(more)},
        _thin_reason(thin),
        _("Open the desk"),
        reverse("desk", args=[project.pk]),
        "tag",
        also if enough else None,
    )


def _thin_reason(thin: list[str]) -> str:
    if not thin:
        return _("Then there is enough for a first model.")
    named = ", ".join(f"“{name}”" for name in thin[:3])
    return _("A first model needs some of each label; few or none yet: %(labels)s.") % {
        "labels": named
    }


def _model(project: Project, now: Standing) -> Act | None:
    if now.run is not None:
        return Act(
            _("Wait for the training"),
            _("It goes on by itself; it is safe to leave."),
            _("Watch it"),
            reverse("run-page", args=[project.pk, now.run.pk]),
            "sparkles",
            (_("or label more meanwhile"), reverse("desk", args=[project.pk])),
        )
    if now.version is not None or not now.counts.gold:
        return None
    return Act(
        _("Train the first model"),
        _("Labelled: %(count)s, enough to see how far they carry.")
        % {"count": counted(now.counts.gold)},
        _("Train"),
        reverse("train", args=[project.pk]),
        "sparkles",
        _more_first(project, now),
    )


def _endpoint(project: Project, now: Standing) -> Act | None:
    if now.version is None:
        return None
    right = round(100 * now.version.metrics.get("accuracy", 0))
    if now.endpoint is None:
        return Act(
            _("Publish version %(number)s") % {"number": now.version.number},
            _("It is right %(right)s times in 100. Programs can then ask it and correct it.")
            % {"right": right},
            _("Publish"),
            reverse("endpoint-publish", args=[project.pk]),
            "world-upload",
            _more_first(project, now),
        )
    if now.live is None or now.live.model_version.number < now.version.number:
        return _newer(project, now, now.version, now.endpoint)
    return None


def _newer(project: Project, now: Standing, newest: ModelVersion, endpoint: Endpoint) -> Act | None:
    """A version waits that is no worse than what answers: really better, or perhaps."""
    said, gain = "real", 0.0
    if now.live is not None:
        said, gain = comparing.verdict(newest, now.live.model_version)
    if now.live is None or said == "real":
        return Act(
            _("Release version %(number)s") % {"number": newest.number},
            _("It is better than what answers, and not by chance.")
            if now.live is not None
            else _("Nothing answers at the endpoint."),
            _("To the endpoint"),
            f"{reverse('endpoint-page', args=[project.pk, endpoint.slug])}#releases",
            "world-upload",
        )
    if said == "worse" or gain < 0:
        return None
    return Act(
        _("Compare version %(number)s") % {"number": newest.number},
        _("It may be better than what answers. See what changed, then decide."),
        _("See what changed"),
        reverse("version-page", args=[project.pk, newest.number]),
        "arrows-diff",
        _more_first(project, now),
    )


def _again(project: Project, now: Standing) -> Act | None:
    if now.version is None:
        return None
    if now.new_labels and now.new_labels >= NEW_SHARE * learned(now.version):
        return Act(
            _("Train again"),
            _("Labelled since version %(number)s learned: %(count)s.")
            % {"number": now.version.number, "count": counted(now.new_labels)},
            _("Train"),
            reverse("train", args=[project.pk]),
            "sparkles",
            _more_first(project, now),
        )
    return _label_more(project, now)


def _label_more(project: Project, now: Standing) -> Act | None:
    """The label that the model knows least."""
    if not now.counts.by_status[Status.UNLABELED]:
        return None
    per_label = (now.version.metrics.get("per_label") or {}) if now.version else {}
    weakest = min(per_label, key=lambda name: per_label[name]["f1"], default=None)
    reason = (
        _("The model knows “%(label)s” least.") % {"label": weakest}
        if weakest
        else _("Each answer teaches the next model.")
    )
    return Act(
        _("Label more"),
        reason,
        _("Open the desk"),
        reverse("desk", args=[project.pk]),
        "tag",
        _training(project, now),
    )


def _more_first(project: Project, now: Standing) -> tuple[str, str] | None:
    """The way to the desk, while something waits there."""
    if not now.counts.by_status[Status.UNLABELED]:
        return None
    return _("or label more first"), reverse("desk", args=[project.pk])


def _training(project: Project, now: Standing) -> tuple[str, str] | None:
    """The way to the next training, where there is something new to learn from."""
    if now.version is None or not now.new_labels or now.run is not None:
        return None
    words = _("or train again, new labels: %(count)s") % {"count": counted(now.new_labels)}
    return words, reverse("train", args=[project.pk])
