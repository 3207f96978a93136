"""The playground: ask the endpoint, and say whether it was right."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ml.answers import AnswerError
from ml.task import DataError
from projects import wording
from projects.access import MemberRequest
from serving import feedback, trying
from serving.forms import TryForm, VerdictForm
from serving.models import Endpoint, Prediction
from serving.views.endpoint import found, shown


@require_POST
def ask(request: MemberRequest, project_id: UUID, slug: str) -> HttpResponse:
    endpoint = found(request, slug)
    form = TryForm(request.POST, auto_id="try_%s")
    more: dict[str, object] = {"try_form": form}
    if form.is_valid():
        try:
            data = request.project.kind.parse_data({"text": form.cleaned_data["text"]})
            more["answered"] = trying.ask(endpoint, data)
        except DataError as why:
            form.add_error("text", wording.refusal(why))
        except trying.NoAnswer as why:
            form.add_error("text", str(why))
    return _playground(request, endpoint, more)


@require_POST
def verdict(request: MemberRequest, project_id: UUID, slug: str) -> HttpResponse:
    """Feedback as a caller's, taken in the studio itself."""
    endpoint = found(request, slug)
    form = VerdictForm(request.POST)
    more: dict[str, object] = {}
    if form.is_valid():
        predictions = Prediction.objects.filter(endpoint=endpoint)
        prediction = get_object_or_404(predictions, pk=form.cleaned_data["prediction"])
        more = {"judged": _judged(prediction, **form.verdict())}
    if more.get("judged") is None:
        more = {"refused": _("Choose one of the labels.")}
    return _playground(request, endpoint, more)


def _judged(prediction: Prediction, label: str, *, correct: bool | None) -> object:
    answer = None if label == "" and correct is not None else {"label": label}
    correct = answer == prediction.answer if correct is None else correct
    try:
        return feedback.accept(prediction, correct=correct, answer=answer)
    except AnswerError:
        return None


def _playground(
    request: MemberRequest, endpoint: Endpoint, more: dict[str, object]
) -> HttpResponse:
    """The playground alone for htmx, else the whole page."""
    asked_by_htmx = request.headers.get("HX-Request")
    template = "serving/try.html#playground" if asked_by_htmx else "serving/endpoint.html"
    return render(request, template, shown(request, endpoint, **more))
