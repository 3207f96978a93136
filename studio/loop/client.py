"""A small client of the public API: asks, waits, and says plainly what was refused."""

import time
from typing import Any

import httpx

Json = dict[str, Any]


class DoorFailed(Exception):
    """Something did not answer as the API promises; the message says what."""


class Client:
    """Talks to one origin as one caller."""

    def __init__(self, origin: str, token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=origin, headers=headers, timeout=60)

    @property
    def authorization(self) -> str:
        return self._http.headers.get("Authorization", "")

    def get(self, path: str, **query: str | int) -> Json:
        return self._ask("GET", path, params=query or None)  # {} would cut off the path's own

    def get_list(self, path: str) -> list[Json]:
        """A resource that is a plain list."""
        found: Any = self._ask("GET", path)
        return list(found)

    def post(self, path: str, body: Json | None = None) -> Json:
        return self._ask("POST", path, json=body or {})

    def patch(self, path: str, body: Json) -> Json:
        return self._ask("PATCH", path, json=body)

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> Json:
        return self._ask("POST", path, files={"file": (name, content, "text/csv")}, data=fields)

    def all(self, path: str, **query: str | int) -> list[Json]:
        """Every result of a list, page after page."""
        page = self.get(path, **query)
        results = list(page["results"])
        while page["next"]:
            page = self.get(page["next"])
            results += page["results"]
        return results

    def lines(self, path: str) -> list[str]:
        answer = self._http.get(path)
        _check("GET", path, answer)
        return [line for line in answer.text.splitlines() if line]

    def wait(self, path: str, good: str, within: float) -> Json:
        """Ask until the resource has ended; refuse every end but the good one."""
        until = time.monotonic() + within
        pause = 0.1
        while True:
            found = self.get(path)
            if found["state"] == good:
                return found
            if found["state"] in {"failed", "cancelled"}:
                reason = found.get("error") or found.get("problems") or "no reason given"
                raise DoorFailed(f"{path} ended {found['state']}: {reason}")
            if time.monotonic() > until:
                raise DoorFailed(f"{path} is still {found['state']} after {within:.0f} s")
            time.sleep(pause)
            pause = min(pause * 1.5, 1.0)

    def _ask(self, method: str, path: str, **options: Any) -> Json:
        try:
            answer = self._http.request(method, path, **options)
        except httpx.HTTPError as problem:
            raise DoorFailed(f"{method} {path} got no answer: {problem!r}") from problem
        _check(method, path, answer)
        return answer.json() if answer.content else {}


def _check(method: str, path: str, answer: httpx.Response) -> None:
    if answer.is_error:
        raise DoorFailed(f"{method} {path} answered {answer.status_code}: {answer.text[:500]}")
