"""A real studio to be hurt: every process as in use, on free ports and a fresh data folder.

Its base model makes no vectors of examples (see `small_base_model`): no fault here meets embedding
or the instant model.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql
from safetensors.numpy import load_file, save_file

from ml import base_models
from studio import home
from studio.loop.client import Client
from studio.running import temporary
from studio.running.temporary import TemporaryStudio
from tests.cast import eventually

# So short that every run outlives it many times over.
VISIBILITY_SECONDS = 2

# What is kept of the usual base model: so many of its 384 and 1,536 numbers, of one layer.
KEPT = {384: 32, 1536: 64}


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TemporaryStudio]:
    settings = {
        "BROKER_VISIBILITY_TIMEOUT": str(VISIBILITY_SECONDS),
        "BASE_MODELS_FOLDER": str(small_base_model(tmp_path_factory.mktemp("base-models"))),
    }
    with temporary.running(**settings) as running:
        yield running
        assert running.stop() == 0, running.said


def small_base_model(folder: Path) -> Path:
    """A corner of the usual base model, under its name: to be killed, a run need learn little."""
    usual = base_models.by_name(base_models.DEFAULT.name)
    small = folder / usual.name
    shutil.copytree(usual.folder, small)
    weights = {
        name: held[tuple(slice(KEPT.get(size, size)) for size in held.shape)].copy()
        for name, held in load_file(usual.folder / base_models.WEIGHTS).items()
        if "layer." not in name or "layer.0." in name
    }
    save_file(weights, small / base_models.WEIGHTS, metadata={"format": "pt"})
    config = json.loads((usual.folder / "config.json").read_bytes())
    config |= {"hidden_size": KEPT[384], "intermediate_size": KEPT[1536]}
    # With another bend than BERT's own nobody makes vectors of examples with it.
    config |= {"num_hidden_layers": 1, "num_attention_heads": 2, "hidden_act": "relu"}
    (small / "config.json").write_text(json.dumps(config))
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[Any]:
    """What the web said last, beside a failure: the studio is gone when somebody reads of it."""
    report = yield
    hurt = item.funcargs.get("studio") if hasattr(item, "funcargs") else None
    if report.failed and isinstance(hurt, TemporaryStudio):
        report.sections.append(("the web's log", hurt.log("web")))
    return report


def answers(studio: TemporaryStudio) -> bool:
    try:
        return httpx.get(f"{studio.url}/healthz", timeout=5, verify=False).status_code == 200
    except httpx.HTTPError:
        return False


def signed_in(studio: TemporaryStudio) -> Client:
    """Once the studio has got over what the test before did to it: tests come in any order."""
    eventually(studio.answers, 90)
    asked = {"email": studio.email, "password": studio.password, "name": "faults"}
    token = Client(studio.url).post("/api/v1/tokens/", asked)["token"]
    return Client(studio.url, token)


@pytest.fixture
def client(studio: TemporaryStudio) -> Client:
    return signed_in(studio)


@pytest.fixture
def database(studio: TemporaryStudio, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the hurt studio's own database answers."""
    monkeypatch.setenv("STUDIO_HOME", str(studio.home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return home.database_url()


@pytest.fixture
def a_lease_later(database: str) -> Callable[[str, str], None]:
    """Half a minute goes by for work that nobody is at any more: only the clock is made up."""

    def later(table: str, pk: str) -> None:
        ended = sql.SQL("UPDATE {} SET lease_until = now() WHERE id = %s AND state = 'running'")
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(ended.format(sql.Identifier(table)), [pk])

    return later
