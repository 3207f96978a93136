"""Whether the studio answers. Asks over HTTP, as a stranger would."""

import json
import urllib.error
import urllib.request

from studio.running import processes


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds what listens there."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def web() -> str:
    return address(*processes.listening("PORT", 8000))


def predictor() -> str:
    return address(*processes.listening("PREDICTOR_PORT", 8001))


class Readiness:
    """Asks again and again what did not answer yet; remembers what it heard last."""

    def __init__(self) -> None:
        self.missing = [f"{predictor()}/healthz", f"{web()}/healthz", f"{web()}/readyz"]
        self.heard = ""

    def reached(self) -> bool:
        while self.missing:
            if not self._answers(self.missing[0]):
                return False
            self.missing.pop(0)
        return True

    def _answers(self, url: str) -> bool:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  (http, our own)
                return bool(answer.status == 200)
        except urllib.error.HTTPError as problem:
            self.heard = _detail(problem.read(4096))
        except OSError as problem:
            self.heard = str(problem)
        return False


def _detail(body: bytes) -> str:
    try:
        said = json.loads(body)
        return str(said.get("detail", said))
    except (ValueError, AttributeError):
        return body.decode("utf-8", "replace")[:200]
