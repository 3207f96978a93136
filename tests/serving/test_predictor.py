"""What callers can rely on when they ask a published endpoint."""

from serving.models import Prediction

WIN, LUNCH = "win a free prize now", "are we still meeting for lunch"


def test_it_answers_in_the_order_of_the_inputs_and_records_each(predictor, endpoint, a_caller):
    answer = a_caller(endpoint).predict(WIN, LUNCH, WIN)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert [each["answer"]["label"] for each in said["predictions"]] == ["spam", "ham", "spam"]
    assert {each["model_version"] for each in said["predictions"]} == {said["model_version"]}
    kept = list(Prediction.objects.order_by("position"))
    assert [str(each.pk) for each in kept] == [each["id"] for each in said["predictions"]]
    assert [each.data["text"] for each in kept] == [WIN, LUNCH, WIN]
    assert [each.labels for each in kept] == [["spam"], ["ham"], ["spam"]]
    assert [each.scores for each in kept] == [each["scores"] for each in said["predictions"]]
