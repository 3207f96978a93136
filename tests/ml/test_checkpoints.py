import shutil

import pytest

from ml import manifest
from ml.checkpoints import Checkpoints
from tests.ml.conftest import flip_a_bit

FILES = ["model.safetensors", "optimizer.safetensors", "state.json", "manifest.json"]


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def saved(folder, *steps: int) -> Checkpoints:
    import torch

    kept = Checkpoints(folder)
    for step in steps:
        tensors = {
            "model": {"weight": torch.full((4, 4), float(step))},
            "optimizer": {"exp_avg:weight": torch.zeros(4, 4)},
        }
        kept.save(step, tensors, {"step": step, "seconds": 0.5})
    return kept


def test_it_keeps_the_last_two(tmp_path):
    saved(tmp_path, 10, 20, 30)
    assert names(tmp_path) == ["step-000020", "step-000030"]


def test_it_gives_back_what_was_saved(tmp_path):
    found = saved(tmp_path, 10, 20).latest()
    assert (found.step, found.state["step"]) == (20, 20)
    assert found.tensors["model"]["weight"].eq(20).all()


def test_it_has_none_at_the_start(tmp_path):
    assert Checkpoints(tmp_path).latest() is None
    assert Checkpoints(tmp_path).state() == {}


@pytest.mark.parametrize("name", FILES)
def test_it_falls_back_when_a_bit_has_flipped(tmp_path, name):
    kept = saved(tmp_path, 10, 20)
    flip_a_bit(tmp_path / "step-000020" / name)
    assert kept.state()["step"] == 10
    assert kept.latest().step == 10


@pytest.mark.parametrize("name", FILES)
def test_it_falls_back_when_a_file_is_gone_or_short(tmp_path, name):
    kept = saved(tmp_path, 10, 20, 30)
    (tmp_path / "step-000030" / name).unlink()
    file = tmp_path / "step-000020" / name
    file.write_bytes(file.read_bytes()[:-3])
    assert kept.latest() is None


def test_it_sweeps_away_a_save_that_was_cut_short(tmp_path):
    kept = saved(tmp_path, 10)
    shutil.copytree(tmp_path / "step-000010", tmp_path / ".step-000020.4711.part")
    assert kept.latest().step == 10
    assert names(tmp_path) == ["step-000010"]


def test_a_folder_is_whole_or_not_there(tmp_path):
    with pytest.raises(RuntimeError), manifest.whole_folder(tmp_path / "made") as aside:
        (aside / "half").write_text("half")
        raise RuntimeError
    assert names(tmp_path) == []


def test_it_replaces_a_file_at_once_or_not_at_all(tmp_path):
    manifest.write_json(tmp_path / "a.json", {"old": 1})
    with pytest.raises(ValueError, match="JSON"):
        manifest.write_json(tmp_path / "a.json", {"new": float("nan")})
    assert "old" in (tmp_path / "a.json").read_text()
    assert names(tmp_path) == ["a.json"]
