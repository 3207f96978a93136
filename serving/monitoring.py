"""An endpoint's figures: traffic, errors, latency, what it answers over time, feedback, drift."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Sum
from django.utils import timezone

from serving import drifting
from serving.models import Endpoint, Feedback, Refusal

# Percentiles and drift look at the newest of these: enough for both, whatever the traffic.
NEWEST = 50_000

_BY_HOUR = """
SELECT date_trunc('hour', created_at) AS hour, count(*) FILTER (WHERE position = 0), count(*),
       avg(confidence)
  FROM serving_prediction
 WHERE endpoint_id = %s AND created_at >= %s AND NOT shadow
 GROUP BY 1 ORDER BY 1
"""
_LABELS = """
SELECT date_trunc('hour', created_at), label, count(*)
  FROM serving_prediction, unnest(labels) AS label
 WHERE endpoint_id = %s AND created_at >= %s AND NOT shadow
 GROUP BY 1, 2 ORDER BY 1, 2
"""
_CONFIDENCE = """
SELECT least(floor(confidence * 10), 9)::integer, count(*)
  FROM serving_prediction
 WHERE endpoint_id = %s AND created_at >= %s AND NOT shadow
 GROUP BY 1
"""
_LATENCY = """
SELECT percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY latency_ms)
  FROM (SELECT latency_ms FROM serving_prediction
         WHERE endpoint_id = %s AND created_at >= %s AND NOT shadow AND position = 0
         ORDER BY created_at DESC LIMIT %s) AS newest
"""


def stats(endpoint: Endpoint, hours: int = 24) -> dict[str, Any]:
    """The last hours of an endpoint. Shadow releases are not counted: no caller heard them."""
    since = timezone.now() - timedelta(hours=hours)
    over_time = _over_time(endpoint, since)
    errors = _errors(endpoint, since)
    predictions = sum(hour["predictions"] for hour in over_time)
    return {
        "hours": hours,
        "requests": sum(hour["requests"] for hour in over_time) + sum(errors.values()),
        "predictions": predictions,
        "errors": sum(errors.values()),
        "errors_by_status": errors,
        "latency": _latency(endpoint, since),
        "labels": dict(sum((Counter(hour["labels"]) for hour in over_time), Counter())),
        "confidence": _tenths(endpoint, since),
        "over_time": over_time,
        **_feedback(endpoint, since, predictions),
        "drift": drifting.drift(endpoint, since, NEWEST),
    }


def _over_time(endpoint: Endpoint, since: datetime) -> list[dict[str, Any]]:
    labels: dict[datetime, dict[str, int]] = {}
    for hour, label, count in _rows(_LABELS, endpoint, since):
        labels.setdefault(hour, {})[label] = count
    return [
        {
            "hour": hour,
            "requests": requests,
            "predictions": predictions,
            "labels": labels.get(hour, {}),
            "confidence": confidence,
        }
        for hour, requests, predictions, confidence in _rows(_BY_HOUR, endpoint, since)
    ]


def _errors(endpoint: Endpoint, since: datetime) -> dict[str, int]:
    minute = since.replace(second=0, microsecond=0)
    counted = (
        Refusal.objects.filter(endpoint=endpoint, minute__gte=minute)
        .values_list("status")
        .annotate(Sum("count"))
        .order_by("status")
    )
    return {str(status): count for status, count in counted}


def _latency(endpoint: Endpoint, since: datetime) -> dict[str, float | None]:
    ((found,),) = _rows(_LATENCY, endpoint, since, NEWEST)
    values = found or [None, None, None]
    return dict(zip(("p50", "p95", "p99"), values, strict=True))


def _tenths(endpoint: Endpoint, since: datetime) -> list[int]:
    counted = dict(_rows(_CONFIDENCE, endpoint, since))
    return [counted.get(tenth, 0) for tenth in range(10)]


def _feedback(endpoint: Endpoint, since: datetime, predictions: int) -> dict[str, Any]:
    """Of the predictions of this time, how many have a verdict; whenever that came."""
    given = dict(
        Feedback.objects.filter(
            prediction__endpoint=endpoint,
            prediction__created_at__gte=since,
            prediction__shadow=False,
        )
        .values_list("correct")
        .annotate(Count("id"))
        .order_by("correct")
    )
    right, wrong = given.get(True, 0), given.get(False, 0)
    return {
        "feedback": {"count": right + wrong, "correct": right, "wrong": wrong},
        "feedback_rate": (right + wrong) / predictions if predictions else None,
    }


def _rows(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    plain = [each.pk if isinstance(each, Endpoint) else each for each in parameters]
    with connection.cursor() as cursor:
        cursor.execute(query, plain)
        return cursor.fetchall()
