"""Reading a request's body: counted as it comes, bounded in size, time and depth."""

import asyncio
import contextlib
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from ml.task import DataError, Task
from serving.predictor.refusing import Refused

LIMIT_BYTES = 16 * 1024**2
# What is read and thrown away after a refusal, so that the sender gets to read why.
DRAINED_BYTES = 4 * LIMIT_BYTES
SECONDS = 30.0
MOST_INPUTS = 256
NAMED_ERRORS = 10
LARGE_BYTES = 256 * 1024


async def body(request: Request) -> bytearray:
    """All of it. Raises Refused when it is too long, or too long in coming."""
    read, length = bytearray(), 0
    request.state.body_read = True
    try:
        async with asyncio.timeout(SECONDS):
            async for chunk in request.stream():
                length += len(chunk)
                if length <= LIMIT_BYTES:
                    read += chunk
                elif length > DRAINED_BYTES:
                    break
    except TimeoutError:
        raise Refused(408, f"The request did not arrive within {SECONDS:.0f} s.") from None
    except ClientDisconnect:
        raise Refused(400, "The connection was closed before the request was complete.") from None
    if length > LIMIT_BYTES:
        raise Refused(
            413, f"A request may have {LIMIT_BYTES // 1024**2} MB. Send the inputs in several."
        )
    return read


async def drain(request: Request) -> None:
    """Read what nobody will use: a sender who is still sending does not hear an answer."""
    if getattr(request.state, "body_read", False):
        return
    length = 0
    with contextlib.suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(SECONDS):
            async for chunk in request.stream():
                length += len(chunk)
                if length > DRAINED_BYTES:
                    return


async def document(request: Request) -> dict[str, Any]:
    """The JSON object that was sent. Raises Refused."""
    raw = await body(request)
    try:
        # What takes long to read must not keep everybody else waiting.
        large = len(raw) > LARGE_BYTES
        found = await asyncio.to_thread(orjson.loads, raw) if large else orjson.loads(raw)
    except orjson.JSONDecodeError as reason:
        raise Refused(400, f"The body is not JSON that can be read: {reason}.") from None
    if not isinstance(found, dict):
        raise Refused(400, "The body must be a JSON object, such as {…}.")
    return found


async def inputs(request: Request, task: Task) -> list[dict[str, Any]]:
    """The `data` of 1 to 256 examples, as the task reads them. Raises Refused."""
    sent = await document(request)
    given = sent.get("inputs")
    if not isinstance(given, list):
        raise _wrong({"inputs": ['Send {"inputs": […]}, a list of what to answer.']})
    if not 1 <= len(given) <= MOST_INPUTS:
        raise _wrong({"inputs": [f"Send 1 to {MOST_INPUTS} inputs; here are {len(given)}."]})
    return _parsed(given, task)


def _parsed(given: list[Any], task: Task) -> list[dict[str, Any]]:
    parsed, errors = [], {}
    for place, value in enumerate(given):
        try:
            parsed.append(task.parse_data(value))
        except DataError as reason:
            errors[f"inputs.{place}"] = [str(reason)]
            if len(errors) == NAMED_ERRORS:
                break
    if errors:
        raise _wrong(errors)
    return parsed


def _wrong(errors: dict[str, list[str]]) -> Refused:
    field, messages = next(iter(errors.items()))
    return Refused(400, f"{field}: {messages[0]}", errors)
