"""Idempotency-Key: a repeated POST returns the first answer, and does nothing twice."""

import functools
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller
from accounts.models import Replay
from accounts.problems import Conflict

KEPT = timedelta(hours=24)
Handler = Callable[..., Response]


def replayed(*, secret: bool = False) -> Callable[[Handler], Handler]:
    """Decorate what creates something. Access is asked before: lost access ends replays, too.

    The effect and its answer are stored in one transaction, so there is never one without the
    other. With `secret`, the answer is not kept (it holds a token): a repeat is a conflict.
    """

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            key = request.headers.get("Idempotency-Key", "")
            if not key or not request.user.is_authenticated:
                return handler(view, request, *args, **kwargs)
            if len(key) > 255:
                raise ValidationError({"Idempotency-Key": ["At most 255 characters."]})
            with transaction.atomic():
                kept = _claim(request, key)
                if kept.status is not None:
                    return _repeat(kept, secret=secret)
                response = handler(view, request, *args, **kwargs)
                _keep(kept, response, secret=secret)
                return response

        return answer

    return decorate


def _claim(request: Request, key: str) -> Replay:
    """The key's row, locked: a concurrent twin waits here for the first one's answer."""
    fingerprint = _fingerprint(request)
    Replay.objects.filter(
        user=caller(request), key=key, created_at__lt=timezone.now() - KEPT
    ).delete()
    kept, _ = Replay.objects.select_for_update().get_or_create(
        user=caller(request), key=key, defaults={"request_hash": fingerprint}
    )
    if bytes(kept.request_hash) != fingerprint:
        raise Conflict("This Idempotency-Key was used with another request. Take a new key.")
    return kept


def _repeat(kept: Replay, *, secret: bool) -> Response:
    if secret:
        raise Conflict("This was made already, and a secret is shown only once. Make another.")
    return Response(kept.body, status=kept.status)


def _keep(kept: Replay, response: Response, *, secret: bool) -> None:
    kept.status = response.status_code
    if not secret:
        kept.body = json.loads(json.dumps(response.data, cls=DjangoJSONEncoder))
    kept.save(update_fields=["status", "body"])


def _fingerprint(request: Request) -> bytes:
    # Under our own key: a body may hold a password, and a plain hash of one can be guessed.
    found = hmac.new(settings.SECRET_KEY.encode(), digestmod="sha256")
    found.update(f"{request.method} {request.path}\n".encode())
    data = request.data
    for name in sorted(data) if hasattr(data, "keys") else ():
        value = data[name]
        found.update(f"{name}=".encode())
        if isinstance(value, UploadedFile):
            for chunk in value.chunks():
                found.update(chunk)
            value.seek(0)
        else:
            found.update(json.dumps(value, sort_keys=True, default=str).encode())
    return found.digest()
