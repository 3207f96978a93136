"""Where things are: the same for every process, private, and never somebody else's."""

import json
import os
import stat
import subprocess
import sys
from urllib.parse import unquote

import pytest
import redis
from kombu import Connection
from psycopg.conninfo import conninfo_to_dict

from studio import home

ADDRESSES = "print(home.database_url()); print(home.broker_url()); print(home.cache_url())"


def asked(code, folder, **environment):
    """What a fresh process finds out."""
    ours = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    return subprocess.run(
        [sys.executable, "-c", f"from studio import home; {code}"],
        cwd=home.REPOSITORY,
        env={**ours, "STUDIO_HOME": str(folder), **environment},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    for name in ("DATABASE_URL", "BROKER_URL", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "a home"))
    return tmp_path / "a home"


def test_every_process_of_a_data_folder_computes_the_same_addresses(fresh):
    first, second = asked(ADDRESSES, fresh), asked(ADDRESSES, fresh, TMPDIR="/var/tmp")
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert first.stdout.splitlines() == [home.database_url(), home.broker_url(), home.cache_url()]


def test_two_data_folders_share_neither_secret_nor_socket(fresh, monkeypatch, tmp_path):
    ours = home.secret("postgres"), home.sockets()
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "another"))
    assert home.secret("postgres") != ours[0]
    assert home.sockets() != ours[1]


def test_the_data_folder_and_the_secrets_are_private(fresh):
    home.secret("secret_key")
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o700
    assert stat.S_IMODE((fresh / "secrets.json").stat().st_mode) == 0o600


def test_processes_that_start_at_once_agree_on_a_secret(fresh):
    code = "print(home.secret('postgres'))"
    command = [sys.executable, "-c", f"from studio import home; {code}"]
    started = [
        subprocess.Popen(command, cwd=home.REPOSITORY, stdout=subprocess.PIPE) for _ in range(6)
    ]
    said = {process.communicate()[0] for process in started}
    assert said == {home.secret("postgres").encode() + b"\n"}


def test_the_environment_wins(fresh, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "given")
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
    monkeypatch.setenv("BROKER_URL", "redis://elsewhere:6379/3")
    assert home.secret("secret_key") == "given"
    assert home.database_url() == "postgresql://elsewhere/db"
    assert home.broker_url() == home.cache_url() == "redis://elsewhere:6379/3"


def test_postgres_celery_and_the_cache_read_the_same_folder(fresh):
    sockets = str(home.sockets())
    assert conninfo_to_dict(home.database_url())["host"] == sockets
    cache = redis.Redis.from_url(home.cache_url()).connection_pool.connection_kwargs
    assert cache["path"] == f"{sockets}/valkey.sock"
    assert cache["password"] == home.secret("valkey")
    broker = Connection(home.broker_url())
    assert f"{sockets}/valkey.sock" in unquote(broker.hostname)
    assert broker.transport_cls == "redis"
    assert len(f"{sockets}/.s.PGSQL.5432") < 100  # a socket's path ends at 107 characters


def test_an_external_socket_broker_is_read_by_the_cache_too(fresh, monkeypatch):
    monkeypatch.setenv("BROKER_URL", "redis+socket://:pw@/run/v.sock?virtual_host=2")
    assert home.cache_url() == "unix://:pw@/run/v.sock?db=2"


@pytest.mark.parametrize("kind", ["open to others", "a link", "a file"])
def test_a_socket_folder_that_may_be_anothers_is_refused(fresh, tmp_path, kind):
    path = home.sockets()
    try:
        if kind == "a link":
            path.symlink_to(tmp_path)
        elif kind == "a file":
            path.write_text("")
        else:
            path.mkdir()
            path.chmod(0o777)
        with pytest.raises(SystemExit, match="is not this studio's own"):
            home.sockets()
    finally:
        path.rmdir() if kind == "open to others" else path.unlink()


@pytest.mark.parametrize("given", ["abc", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused_in_a_sentence(fresh, monkeypatch, given):
    monkeypatch.setenv("PORT", given)
    with pytest.raises(SystemExit, match=r"PORT is .*: give a number from 1 to 65535"):
        home.port("PORT", 8000)


def test_a_data_folder_that_cannot_be_made_ends_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    done = asked("home.home()", tmp_path / "file" / "home")
    assert done.returncode == 1
    assert "choose another with STUDIO_HOME" in done.stderr
    assert "Traceback" not in done.stderr


def test_damaged_secrets_end_in_one_sentence_and_are_left_alone(fresh):
    home.secret("postgres")
    (fresh / "secrets.json").write_text('{"postgres": "cut o')
    with pytest.raises(SystemExit, match="bring the file back from a backup"):
        home.secret("valkey")
    assert (fresh / "secrets.json").read_text() == '{"postgres": "cut o'


def test_a_secret_once_made_stays(fresh):
    kept = {name: home.secret(name) for name in ("postgres", "valkey", "secret_key")}
    saved = json.loads((fresh / "secrets.json").read_text())
    assert kept.items() <= saved.items()
    assert len(set(kept.values())) == 3
