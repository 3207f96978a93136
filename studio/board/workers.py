"""Which processes answer, since when not, and what they do now."""

from dataclasses import dataclass
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings

from studio.beats import QUEUES, Beat
from studio.board import words

# Local it answers in a millisecond; a page must not wait long for what hangs.
PATIENCE_SECONDS = 0.5


@dataclass
class Worker:
    """One process, or the absence of one: then `host` is empty."""

    name: str
    alive: bool
    host: str = ""
    age: str = ""
    doing: str = ""
    device: str = ""


def workers(beats: list[Beat]) -> list[Worker]:
    """Every process that there should be, in the order of docs/operating.md."""
    found = [worker for queue in QUEUES for worker in _serving(queue, beats)]
    return [*found, *_named("beat", beats), Worker("predictor", predictor_answers())]


def predictor_answers() -> bool:
    """Asked, not believed: it serves callers, so it can serve us."""
    try:
        address = f"{settings.PREDICTOR_URL}/healthz"
        with urlopen(address, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (URLError, OSError, ValueError):
        return False


def _serving(queue: str, beats: list[Beat]) -> list[Worker]:
    return _rows(queue, [beat for beat in beats if queue in beat.queues])


def _named(name: str, beats: list[Beat]) -> list[Worker]:
    return _rows(name, [beat for beat in beats if beat.node.startswith(f"{name}@")])


def _rows(name: str, beats: list[Beat]) -> list[Worker]:
    """Those that live; if none does, the one that was heard last."""
    living = [beat for beat in beats if beat.alive]
    told = living or sorted(beats, key=lambda beat: beat.age)[:1]
    return [_row(name, beat) for beat in told] or [Worker(name, alive=False)]


def _row(name: str, beat: Beat) -> Worker:
    doing = words.doing(beat.doing) if beat.alive else ""
    return Worker(name, beat.alive, beat.host, words.age(beat.age), doing, beat.device)
