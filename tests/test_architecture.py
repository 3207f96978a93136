"""The house rules that a machine can hold: what is loaded, who enqueues, what is not here."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.running import processes

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("studio", "accounts", "projects", "labeling", "training", "serving", "ml")


def sources(*rooms):
    for room in rooms or ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def test_the_web_process_never_loads_torch():
    code = (
        "import sys, studio.wsgi; print([m for m in ('torch', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith("[]")


def test_the_predictor_loads_no_torch():
    code = (
        "import sys, serving.predictor.__main__;"
        "print([m for m in ('torch', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith("[]")


def test_a_worker_starts_with_neither_pages_nor_models():
    """Five processes of a studio do: each of these would cost all of them seconds."""
    code = (
        "import sys; from studio.celery import app; app.loader.import_default_modules();"
        "heavy = 'torch transformers sklearn pandas polars onnxruntime studio.urls'.split();"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "CELERY_SKIP_CHECKS": "true"},
    )  # fmt: skip
    assert done.stdout.strip().endswith("[]")
    told = [program.command for program in (processes.beat(), *processes.workers())]
    assert all("--skip-checks" in command for command in told)


def test_ml_runs_without_django():
    code = "import sys, ml.tasks, ml.trainer, ml.predicting; print('django' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("path", list(sources()), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_says_what_it_is_for(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree) or not tree.body


def test_only_jobs_views_and_commands_enqueue():
    allowed = {"jobs.py", "celery.py"}
    found = [
        str(path.relative_to(ROOT))
        for path in sources()
        if path.name not in allowed
        and any(
            word in path.read_text() for word in (".delay(", ".apply_async(", "delay_on_commit(")
        )
    ]
    assert found == []


def test_nothing_is_pickled_and_nothing_reaches_a_shell():
    for path in sources():
        text = path.read_text()
        for word in ("import pickle", "joblib.load", "trust_remote_code=True", "shell=True"):
            assert word not in text, (path, word)


def test_the_only_database_is_postgresql():
    from django.conf import settings

    assert {d["ENGINE"] for d in settings.DATABASES.values()} == {"django.db.backends.postgresql"}
