"""Feedback: a caller's verdict on a prediction. What is wrong goes to the front of the queue."""

from typing import Any

from django.db import transaction

from labeling import queue
from projects import relabeling
from projects.models import Example, Project
from serving.models import Feedback, Prediction


def accept(
    prediction: Prediction, *, correct: bool, answer: object = None, comment: str = ""
) -> Feedback:
    """Keep the verdict; a repeat replaces it. Raises ml.answers.AnswerError.

    One transaction, with the prediction locked: however often and in whatever order verdicts
    arrive, there is one per prediction, and one example for what it is about.
    """
    project = prediction.endpoint.project
    if answer is not None:
        answer = _in_labels_of_today(project, answer, prediction.data)
    with transaction.atomic():
        Prediction.objects.select_for_update(of=("self",)).get(pk=prediction.pk)
        kept = Feedback.objects.filter(prediction=prediction).first()
        said = {"correct": correct, "answer": answer, "comment": comment}
        if kept is not None and all(getattr(kept, name) == said[name] for name in said):
            return kept  # said before: someone may have settled the example since
        kept, _ = Feedback.objects.update_or_create(prediction=prediction, defaults=said)
        if not correct or answer not in (None, relabeling.as_now(project, prediction.answer)):
            kept.example = _put_in_front(kept)
            kept.save(update_fields=["example", "updated_at"])
        elif kept.example is not None:
            _take_back(kept)
    return kept


def _in_labels_of_today(project: Project, answer: object, data: dict[str, Any]) -> dict[str, Any]:
    """A caller says what the model says, and a model keeps the labels that it learned."""
    shape = project.kind.answer
    return relabeling.taken(project, lambda labels: shape.parse(answer, labels, data))


def _take_back(verdict: Feedback) -> None:
    """The caller thinks better of it: nothing is wrong any more, unless others still say so."""
    wrong = Feedback.objects.filter(example=verdict.example).exclude(pk=verdict.pk)
    if verdict.example is not None and not wrong.exists():
        queue.calm(verdict.example)
    verdict.example = None
    verdict.save(update_fields=["example", "updated_at"])


def _put_in_front(verdict: Feedback) -> Example:
    prediction = verdict.prediction
    return queue.put(
        prediction.endpoint.project,
        prediction.data,
        reason=_reason(verdict),
        origin={
            "endpoint": prediction.endpoint.slug,
            "prediction": str(prediction.pk),
            "feedback": str(verdict.pk),
            "model_version": str(prediction.model_version_id),
            "version": prediction.model_version.number,
            "predicted": prediction.answer,
            "confidence": prediction.confidence,
            "answer": verdict.answer,
            "comment": verdict.comment[:1000],
        },
        answer=prediction.answer,
        confidence=prediction.confidence,
        scores=prediction.scores,
        model_version=prediction.model_version_id,
    )


def _reason(verdict: Feedback) -> str:
    """Such as: A caller says that “spam” (83 % sure, version 2) is wrong; they say “ham”."""
    prediction = verdict.prediction
    sure = f"{prediction.confidence:.0%}".replace("%", " %")
    said = f"{_words(verdict, prediction.answer)} ({sure} sure, {prediction.model_version})"
    if verdict.answer is None:
        return f"A caller says that {said} is wrong."
    return f"A caller says that {said} is wrong; they say {_words(verdict, verdict.answer)}."


def _words(verdict: Feedback, answer: dict[str, Any]) -> str:
    return verdict.prediction.endpoint.project.kind.answer.described(answer)
