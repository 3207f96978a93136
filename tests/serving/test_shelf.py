"""Bundles in the predictor's memory."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from ml.failures import DamagedBundle
from serving.predictor import shelf
from serving.predictor.callers import Answering
from serving.predictor.shelf import Shelf
from tests.serving import models_here
from tests.serving.test_batching import Ledger


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "bundle"
    models_here.train(folder)
    return folder


def release(folder: Path) -> Answering:
    return Answering(uuid4(), "live", 100, uuid4(), 1, folder)


def with_shelf(deed, **settings) -> None:
    async def inside() -> None:
        here = Shelf(Ledger(), **settings)
        await deed(here)
        here.close()

    asyncio.run(inside())


def test_two_who_want_the_same_bundle_wait_for_one_load(folder):
    async def deed(here: Shelf) -> None:
        wanted = release(folder)
        first, second = await asyncio.gather(here.bring(wanted), here.bring(wanted))
        assert first is second

    with_shelf(deed)


def test_the_least_recently_used_makes_room(folder):
    async def deed(here: Shelf) -> None:
        first, second = release(folder), release(folder)
        await here.bring(first)
        await here.bring(second)
        assert here.at_hand(first.version) is None
        assert here.at_hand(second.version) is not None
        assert first.version in here.sound  # it is known to be good, and can be had again
        assert await here.bring(first)

    with_shelf(deed, room_bytes=1)


def test_what_no_endpoint_wants_is_dropped_after_a_while(folder, monkeypatch):
    async def deed(here: Shelf) -> None:
        wanted = release(folder)
        await here.bring(wanted)
        here.tidy([])
        assert here.at_hand(wanted.version) is not None
        monkeypatch.setattr(shelf, "IDLE_SECONDS", 0.0)
        here.tidy([wanted.version])
        assert here.at_hand(wanted.version) is not None
        here.tidy([])
        assert here.at_hand(wanted.version) is None

    with_shelf(deed)


def test_a_bundle_that_is_brought_back_from_a_backup_answers_again(folder, tmp_path, monkeypatch):
    async def deed(here: Shelf) -> None:
        wanted = release(tmp_path / "bundle")
        with pytest.raises(DamagedBundle):
            await here.bring(wanted)
        (tmp_path / "bundle").symlink_to(folder)
        with pytest.raises(DamagedBundle):
            await here.bring(wanted)  # not looked at again for each request
        monkeypatch.setattr(shelf, "TRY_AGAIN_SECONDS", 0.0)
        assert await here.bring(wanted)
        assert not here.damaged

    with_shelf(deed)


def test_a_model_that_answers_otherwise_than_evaluated_is_not_served(tmp_path):
    from ml import manifest

    here, other = tmp_path / "bundle", tmp_path / "other"
    models_here.train(here)
    models_here.train(other, flipped=True)
    (here / "checks.json").write_bytes((other / "checks.json").read_bytes())
    manifest.seal(here)

    async def deed(here_: Shelf) -> None:
        with pytest.raises(DamagedBundle, match="as it was evaluated"):
            await here_.bring(release(here))

    with_shelf(deed)
