"""What every test stands on: real PostgreSQL and Valkey of its own, started before Django loads.

With DATABASE_URL and BROKER_URL set, those are used instead. Workers of a parallel run share the
servers of the process that started them; each has a database of its own.
"""

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import django
import pytest
from _pytest.nodeid import NodeId
from django.utils import translation
from whitenoise.middleware import WhiteNoiseMiddleware

_GIGABYTE = 1024**3
_started = ExitStack()


def _in_memory() -> Path | None:
    """Memory as a disk, where there is plenty: the servers are the real thing, only faster."""
    memory = Path("/dev/shm")
    plenty = memory.is_dir() and shutil.disk_usage(memory).free > 4 * _GIGABYTE
    return memory if plenty and os.access(memory, os.W_OK) else None


def _start_servers() -> None:
    place = Path(tempfile.mkdtemp(prefix="studio-tests-", dir=_in_memory()))
    place.chmod(0o711)  # when root runs the tests, the servers' own user passes through
    _started.callback(shutil.rmtree, place, ignore_errors=True)
    os.environ["STUDIO_HOME"] = str(place / "home")  # before anything of the studio is imported

    from studio.running import temporary

    named = {
        name: os.environ[name] for name in ("DATABASE_URL", "BROKER_URL") if name in os.environ
    }
    studio = temporary.at(place, **named)
    _started.callback(studio.stop)
    studio.start("--servers-only")


if "PYTEST_XDIST_WORKER" not in os.environ:
    atexit.register(_started.close)  # also after an error while pytest itself starts
    _start_servers()

os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
django.setup()

# Imported rather than named as a plugin: the cast needs Django's apps to be ready.
from tests.cast import member, owner, project, quick_passwords, speak, stranger  # noqa: E402, F401


@pytest.fixture(autouse=True)
def own_language():
    """A request leaves its reader's language behind in the thread; the next test must not."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True, scope="session")
def static_files_looked_up_once():
    """A server looks once through more than a thousand; here each test has a server of its own."""
    found = []
    look_up = WhiteNoiseMiddleware.add_files_from_finders

    def once(self: WhiteNoiseMiddleware) -> None:
        if not found:
            look_up(self)
            found.append(self.files)
        self.files = dict(found[0])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", once)
        yield


@pytest.fixture(autouse=True)
def nobody_else_about(monkeypatch: pytest.MonkeyPatch):
    """Whoever asked for a page in another test, a moment ago or beside us, slows no work here."""
    monkeypatch.setattr("projects.giving_way.people_are_here", lambda: False)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that share a whole studio share a worker, so that it is started once."""
    for item in items:
        if item.path.parent.name == "faults":
            item.add_marker(pytest.mark.xdist_group("faults"))
        group = item.get_closest_marker("xdist_group")
        if group and config.getoption("loadgroup", False):
            # pytest 9.2 keeps the id elsewhere than where pytest-xdist 3.8 writes the group to,
            # and without a group each test goes to any worker (pytest-xdist, issue 1386).
            item._id = NodeId.parse(f"{item.nodeid}@{group.args[0]}")


def pytest_unconfigure() -> None:
    _started.close()
