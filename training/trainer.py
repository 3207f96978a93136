"""The trainer as a child process: a fresh Python with a folder, and nothing else of ours."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from training.models import Run

# What a trainer may know of its surroundings. No address of a database, no secret.
PASSED_ON = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH"),
    *("TRAIN_THREADS", "OMP_NUM_THREADS", "HF_HOME", "NVIDIA_VISIBLE_DEVICES", "TEXT_LIMIT"),
)
GRACE_SECONDS = 5


class Trainer:
    """One child. Its id is in its command line, so that `ps` says whose it is."""

    def __init__(self, run: Run) -> None:
        with (run.folder / "trainer.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                _command(run),
                cwd=run.folder,
                env=_environment(run.folder),
                # It ends when this pipe does, so it cannot outlive the worker that watches it.
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def ended(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self.process.poll()

    def stop(self) -> None:
        """Ask for a last checkpoint, then insist. Gone when this returns."""
        self.process.terminate()
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()


def _command(run: Run) -> list[str]:
    # People who label on the same machine come first.
    gently = ["nice", "-n", "5"] if shutil.which("nice") else []
    train = [sys.executable, "-m", "ml", "train", "--run", str(run.folder), "--id", str(run.pk)]
    return gently + train


def _environment(folder: Path) -> dict[str, str]:
    scratch = folder / "tmp"
    scratch.mkdir(mode=0o700, exist_ok=True)
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return kept | {
        "PYTHONPATH": str(settings.BASE_DIR),
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": str(scratch),
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
