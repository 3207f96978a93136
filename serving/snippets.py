"""Code that calls an endpoint, ready to be pasted: any text is quoted as its language wants it."""

import json
import shlex
from typing import Any

KEY = "$STUDIO_KEY"


def curl(url: str, data: dict[str, Any]) -> str:
    """Two commands for a POSIX shell; the key comes from the environment."""
    inputs = shlex.quote(json.dumps({"inputs": [data]}, ensure_ascii=False))
    verdict = shlex.quote('{"prediction_id": "…", "correct": false, "answer": {"label": "…"}}')
    return (
        f'curl -X POST {url}/predict \\\n  -H "Authorization: Bearer {KEY}" \\\n'
        f'  -H "Content-Type: application/json" \\\n  -d {inputs}\n\n'
        f'curl -X POST {url}/feedback \\\n  -H "Authorization: Bearer {KEY}" \\\n'
        f'  -H "Content-Type: application/json" \\\n  -d {verdict}\n'
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
