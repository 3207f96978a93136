import json
import subprocess
import sys
from pathlib import Path

from ml.base_models import by_name, catalogue
from tests.ml.conftest import write_base_model


def test_it_finds_the_default_in_its_package():
    default = catalogue()[0]
    assert default.name == "all-MiniLM-L6-v2"
    assert default.available
    assert (default.folder / "model.safetensors").stat().st_size == default.size_bytes


def test_it_lists_what_is_not_here_without_offering_it(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    model = by_name("multilingual-e5-small")
    assert model.folder is None
    assert not model.available


def test_it_finds_a_hub_model_in_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    kept = tmp_path / "models--intfloat--multilingual-e5-small"
    write_base_model(kept / "snapshots" / "abc")
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("abc")
    model = by_name("multilingual-e5-small")
    assert model.available
    assert model.prefix == "query: "


def test_it_describes_a_local_folder(tmp_path):
    folder = write_base_model(tmp_path / "ours")
    said = {"languages": ["zh"], "licence": "MIT", "prefix": "query: "}
    (folder / "base-model.json").write_text(json.dumps(said))
    model = by_name("ours", tmp_path)
    assert (model.languages, model.licence, model.prefix) == (("zh",), "MIT", "query: ")
    assert model.parameters > 10_000
    assert model.available


def test_it_takes_no_weights_but_safetensors(tmp_path):
    folder = write_base_model(tmp_path / "pickled")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert not by_name("pickled", tmp_path).available


def test_it_loads_neither_torch_nor_models_to_know_them():
    code = (
        "import sys, ml.predicting, ml.rows, ml.planning, ml.trainer\n"
        "from ml.base_models import catalogue\n"
        "from ml.tasks import TASKS\n"
        "catalogue()\n"
        "sys.exit(', '.join({'torch', 'transformers', 'sklearn'} & set(sys.modules)) or 0)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
