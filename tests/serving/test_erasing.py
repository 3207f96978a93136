"""What callers sent about a person goes with the person's rows."""

from uuid import uuid4

from django.utils import timezone

from projects.leases import State
from projects.models import Erasure
from serving import feedback
from serving.models import Feedback, Prediction
from studio import erasing


def called(endpoint, text: str) -> Prediction:
    live = endpoint.running("live")
    return Prediction.objects.create(
        endpoint=endpoint, model_version=live.model_version, release=live, request=uuid4(),
        data={"text": text}, answer={"label": "spam"}, labels=["spam"], confidence=0.9,
        created_at=timezone.now(), shadow=False, latency_ms=5.0,
    )  # fmt: skip


def test_calls_that_name_her_go_whether_they_became_examples_or_not(endpoint, project, publisher):
    corrected = called(endpoint, "Anna Muster is late")
    feedback.accept(corrected, correct=False, answer={"label": "ham"}, comment="of Anna")
    called(endpoint, "late again, says ANNA muster.")
    called(endpoint, "Annabel Musterfrau is late")
    begun = erasing.begin(project, publisher, {"q": "anna muster"}, "asked")
    claimed = Erasure.claim(begun.pk)
    erasing.erase(claimed)
    claimed.refresh_from_db()
    assert claimed.state == State.DONE
    assert (claimed.counts["examples"], claimed.counts["predictions"]) == (1, 2)
    assert [one.data["text"] for one in Prediction.objects.all()] == ["Annabel Musterfrau is late"]
    assert not Feedback.objects.exists()
