"""Code that calls an endpoint, ready to be pasted: any text is quoted as its language wants it."""

import json
import shlex
from typing import Any

KEY = "$STUDIO_KEY"


def curl(url: str, data: dict[str, Any]) -> str:
    """A command for a POSIX shell that asks; the key comes from the environment."""
    return _posted(f"{url}/predict", {"inputs": [data]})


def curl_feedback(url: str, label: str) -> str:
    """The command that says that an answer was wrong."""
    verdict = {"prediction_id": "ID", "correct": False, "answer": {"label": label}}
    return _posted(f"{url}/feedback", verdict)


def _posted(url: str, body: dict[str, Any]) -> str:
    said = shlex.quote(json.dumps(body, ensure_ascii=False))
    return (
        f'curl -X POST {url} \\\n  -H "Authorization: Bearer {KEY}" \\\n'
        f'  -H "Content-Type: application/json" \\\n  -d {said}\n'
    )


def python(url: str, data: dict[str, Any]) -> str:
    """A small program; the key comes from the environment. Needs the package requests."""
    return (
        "import os\n\nimport requests\n\n"
        f"url = {url!r}\n"
        'headers = {"Authorization": "Bearer " + os.environ["STUDIO_KEY"]}\n\n'
        f'said = requests.post(url + "/predict", json={{"inputs": [{data!r}]}}, headers=headers)\n'
        'prediction = said.json()["predictions"][0]\n'
        'print(prediction["answer"], prediction["confidence"])\n\n'
        "# If it is wrong, say so: it comes to the front of the labelling queue.\n"
        'right = {"label": "…"}\n'
        'verdict = {"prediction_id": prediction["id"], "correct": False, "answer": right}\n'
        'requests.post(url + "/feedback", json=verdict, headers=headers)\n'
    )
