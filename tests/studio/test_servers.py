"""The embedded servers: private, durable, started anew after every kind of death, never twice."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from urllib.parse import quote

import psutil
import psycopg
import pytest
import redis

from studio import home
from studio.running import placing, preflight, temporary
from studio.running.placing import Account
from studio.running.supervision import CannotStart


@pytest.fixture
def servers(monkeypatch):
    """Servers of their own on a data folder with a blank in its path, started and stopped."""
    for name in ("DATABASE_URL", "BROKER_URL"):
        monkeypatch.delenv(name, raising=False)
    with temporary.folder() as place:
        blank = place / "with a blank"
        blank.mkdir()
        studio = temporary.at(blank)
        monkeypatch.setenv("STUDIO_HOME", str(studio.home))
        studio.start("--servers-only")
        yield studio
        studio.stop()


def secret(studio, name):
    return json.loads((studio.home / "secrets.json").read_text())[name]


def sockets(studio):
    assert os.environ["STUDIO_HOME"] == str(studio.home)
    return str(home.sockets())


def database(studio, name="studio"):
    address = f"postgresql://studio:{secret(studio, 'postgres')}@/{name}?host="
    return psycopg.connect(address + quote(sockets(studio), safe=""), autocommit=True)


def broker(studio):
    return redis.Redis(
        unix_socket_path=f"{sockets(studio)}/valkey.sock", password=secret(studio, "valkey")
    )


def again_answers(connect, within=30):
    """The server's answer, once it is back."""
    until = time.monotonic() + within
    while True:
        try:
            return connect()
        except (psycopg.OperationalError, redis.RedisError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def test_they_listen_on_a_socket_only_and_ask_everybody_for_a_password(servers):
    listening = [
        connection
        for number in servers.processes().values()
        for connection in psutil.Process(number).net_connections("inet")
    ]
    assert listening == []
    for user in ("studio", "postgres"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=sockets(servers), user=user, dbname="studio")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(unix_socket_path=f"{sockets(servers)}/valkey.sock").ping()
    with database(servers) as connection:
        assert connection.execute("SHOW password_encryption").fetchone() == ("scram-sha-256",)


def test_no_secret_stands_in_a_command_line_or_a_servers_environment(servers):
    secrets = json.loads((servers.home / "secrets.json").read_text()).values()
    for number in servers.processes().values():
        process = psutil.Process(number)
        seen = json.dumps([process.cmdline(), process.environ()])
        assert not any(value in seen for value in secrets)
        assert servers.password not in seen


def test_they_are_durable(servers):
    with database(servers) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute(f"SHOW {name}").fetchone() == ("on",)
    client = broker(servers)
    assert client.config_get("appendonly") == {"appendonly": "yes"}
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_our_role_is_no_superuser_and_every_new_database_has_vectors(servers):
    with database(servers) as connection:
        query = "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = 'studio'"
        assert connection.execute(query).fetchone() == (False, True)
        connection.execute("CREATE DATABASE another")
    with database(servers, "another") as connection:
        assert connection.execute("SELECT '[1,2]'::vector::text").fetchone() == ("[1,2]",)
        assert connection.execute("SELECT lower('ÄÖ')").fetchone() == ("äö",)


def test_what_was_committed_and_queued_survives_kill_9_and_is_said(servers):
    with database(servers) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    broker(servers).set("kept", "42")
    time.sleep(1.2)  # `everysec`: what was queued a second ago is on disk
    servers.kill("postgres")
    servers.kill("valkey")
    rows = again_answers(lambda: database(servers).execute("SELECT answer FROM kept").fetchall())
    assert rows == [(42,)]
    assert again_answers(lambda: broker(servers).get("kept")) == b"42"
    assert "postgres ended (killed by signal 9); started again." in servers.said
    assert "valkey ended (killed by signal 9); started again." in servers.said


def test_servers_that_a_killed_supervisor_left_are_ended_never_doubled(servers):
    with database(servers) as connection:
        connection.execute("CREATE TABLE kept ()")
    left = servers.processes()
    servers.process.kill()
    servers.process.wait()
    assert all(psutil.pid_exists(number) for number in left.values())
    servers.start("--servers-only")
    assert "Ended what an earlier start had left running: postgres, valkey." in servers.said
    assert not any(psutil.pid_exists(number) for number in left.values())
    with database(servers) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_the_number_of_an_innocent_process_in_a_stale_record_does_not_block(servers):
    servers.stop()
    stale = servers.home / "servers/postgres/postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n1\n5432\n\n\n")
    servers.start("--servers-only")
    with database(servers) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_first_start_that_was_killed_midway_is_made_good(servers):
    servers.stop()
    data = servers.home / "servers/postgres"
    data.rename(data.with_name("postgres.new"))
    (data.with_name("postgres.new") / "PG_VERSION").unlink()
    servers.start("--servers-only")
    with database(servers) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_secrets_that_do_not_fit_the_data_are_said_in_a_sentence(servers):
    servers.stop()
    path = servers.home / "secrets.json"
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "postgres_superuser": "another"}))
    with pytest.raises(temporary.DidNotStart, match=r"bring secrets.json back from a backup"):
        servers.start("--servers-only")
    assert "Traceback" not in servers.said


def test_a_second_supervisor_on_the_same_data_is_refused_in_a_sentence(servers):
    done = subprocess.run(
        [sys.executable, "manage.py", "up", "--servers-only"],
        env=servers.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert f"already runs on the data folder {servers.home} (process" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_stopping_leaves_no_process_and_no_socket(servers):
    numbers, folder = servers.processes(), sockets(servers)
    assert servers.stop() == 0
    assert not any(psutil.pid_exists(number) for number in numbers.values())
    assert not os.path.exists(folder)  # noqa: PTH110


def test_a_folder_that_others_may_not_enter_is_found_out(tmp_path):
    tmp_path.chmod(0o711)
    inner = tmp_path / "inner"
    inner.mkdir(mode=0o700)
    nobody = Account("nobody", 65533, 65533)
    owner = Account("owner", os.getuid(), os.getgid())
    assert not placing.enterable(inner, nobody)
    assert placing.enterable(inner, owner) or os.getuid() != 0


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "The database of DATABASE_URL cannot be reached"),
        ("not an address", "The database of DATABASE_URL cannot be reached"),
    ],
)
def test_a_database_that_cannot_be_reached_is_said_in_a_sentence(url, sentence):
    with pytest.raises(CannotStart, match=sentence):
        preflight.database(url)


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "nonsense"])
def test_a_broker_that_cannot_be_reached_is_said_in_a_sentence(url):
    with pytest.raises(CannotStart, match="The broker of BROKER_URL cannot be reached"):
        preflight.broker(url)


def test_a_full_disk_is_said_before_anything_starts(tmp_path):
    with pytest.raises(CannotStart, match="make room, or choose another disk with STUDIO_HOME"):
        preflight.room(tmp_path, least=10**18)


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(CannotStart, match="cannot be written to"):
        preflight.writable(tmp_path / "gone")


def test_a_taken_port_is_said_with_its_holder_and_another_choice():
    with contextlib.ExitStack() as held:
        import socket

        taken = held.enter_context(socket.socket())
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        holder = rf"taken by .* \(process {os.getpid()}\).* such as PORT={number + 10}"
        with pytest.raises(CannotStart, match=holder):
            preflight.port("PORT", "127.0.0.1", number)


def test_an_address_of_another_machine_is_said():
    with pytest.raises(CannotStart, match="set HOST to an address of this machine"):
        preflight.port("PORT", "192.0.2.1", 8000)


def test_signals_are_what_ends_them_cleanly(servers):
    number = servers.processes()["postgres"]
    servers.process.send_signal(signal.SIGTERM)
    assert servers.process.wait(60) == 0
    assert not psutil.pid_exists(number)
    log = (servers.home / "logs/postgres.log").read_text()
    assert "database system is shut down" in log
