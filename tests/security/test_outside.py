"""What the studio fetches for someone never comes from inside: a canary here hears nothing."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from moto.server import ThreadedMotoServer

from ml.refusing import Refusal
from projects import fetching, outside
from projects.leases import LEASE, State
from projects.models import Upload
from tests.cast import rows

PRIVATE = [
    "127.0.0.1", "localhost", "localhost.", "127.1", "2130706433", "0x7f000001", "0177.0.0.1",
    "127.0.0.1.", "0", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fc00::1]", "[fd00::1]", "[ff02::1]",
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "[2001:db8::1]",
    "[2001:0:7f00:1::]", "192.0.0.1",
]  # fmt: skip
ADDRESSES = [
    "file:///etc/passwd", "gopher://x/", "ftp://x/", "//x/", "x", "", "http://", "http:///a",
    "http://user:word@example.org/", "http://user@example.org/", "http://[::1",
    "http://example.org:99999/", "javascript:alert(1)", "data:text/plain,a", "http://" + "a" * 3000,
    "HTTP+UNIX://x/",
]  # fmt: skip


class Canary:
    """A server on this machine that counts who comes, and answers as it is told: the first bytes at
    once, and the rest one by one where there is a pause."""

    def __init__(self, answer: bytes, pause: float = 0.0, at_once: int = 0) -> None:
        self.answer, self.visits, self.pause, self.at_once = answer, 0, pause, at_once
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                self.visits += 1
                with connection, contextlib.suppress(OSError):
                    connection.recv(65536)
                    first = self.at_once if self.pause else len(self.answer)
                    connection.sendall(self.answer[:first])
                    for byte in self.answer[first:]:
                        connection.sendall(bytes([byte]))
                        time.sleep(self.pause)


@pytest.fixture
def canary() -> Iterator[Canary]:
    bird = Canary(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
    yield bird
    bird.socket.close()


def fetched(url: str) -> bytes:
    with outside.opened(url) as answer:
        return b"".join(outside.pieces(answer, most=10_000))


@pytest.mark.parametrize("host", PRIVATE)
def test_no_private_address_is_reached_however_it_is_written(canary, host):
    with pytest.raises(Refusal) as refused:
        fetched(f"http://{host}:{canary.port}/")
    assert "secret" not in str(refused.value)
    assert canary.visits == 0


@pytest.mark.parametrize("url", ADDRESSES, ids=range(len(ADDRESSES)))
def test_only_plain_web_addresses_are_asked(url):
    with pytest.raises(outside.NotFetched, match="address"):
        fetched(url)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_into_the_private_network_ends_there(canary, settings, status):
    door = Canary(
        b"HTTP/1.1 %d Moved\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n"
        % (status, canary.port)
    )
    settings.FETCH_ALLOW = [f"127.0.0.1:{door.port}"]
    with pytest.raises(outside.NotFetched, match="private"):
        fetched(f"http://127.0.0.1:{door.port}/")
    assert (door.visits, canary.visits) == (1, 0)


def test_a_name_that_changes_its_address_is_asked_for_it_once(canary, monkeypatch):
    told = []

    def rebinding(host, port, **_):
        told.append(host)
        address = "93.184.215.14" if len(told) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    connected = []

    def connects(self, host, port, *rest):
        connected.append(host)
        raise outside.httpcore.ConnectError("not in a test")

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(outside.httpcore.SyncBackend, "connect_tcp", connects)
    with pytest.raises(outside.NotFetched, match="answer"):
        fetched(f"http://rebinding.example:{canary.port}/")
    assert (connected, canary.visits) == (["93.184.215.14"], 0)


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    def mixed(host, port, **_):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in ("93.184.215.14", "10.0.0.1")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", mixed)
    with pytest.raises(outside.NotFetched, match="private"):
        outside.checked("mixed.example", 80)


def test_an_endless_body_and_a_redirect_without_end_are_cut(settings):
    endless = Canary(b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 100_000)
    circle = Canary(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")
    settings.FETCH_ALLOW = ["127.0.0.0/8"]
    with pytest.raises(outside.NotFetched, match="larger"):
        fetched(f"http://127.0.0.1:{endless.port}/")
    with pytest.raises(outside.NotFetched, match="leads on"):
        fetched(f"http://127.0.0.1:{circle.port}/")
    assert circle.visits == outside.REDIRECTS + 1


def test_a_body_slower_than_patience_is_given_up(settings, monkeypatch):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    slow = Canary(head + b"a" * 999, pause=0.1, at_once=len(head))
    settings.FETCH_ALLOW = [f"127.0.0.1:{slow.port}"]
    monkeypatch.setattr(outside, "WHOLE_SECONDS", 1.0)
    began = time.monotonic()
    with pytest.raises(outside.NotFetched, match=r"longer than|broke"):
        fetched(f"http://127.0.0.1:{slow.port}/")
    assert time.monotonic() - began < 30, "it would take a hundred"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 2000,
        b"HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=["a header without end", "slow redirects, one after another"],
)
def test_who_does_not_come_to_the_point_is_given_up_while_the_lease_lasts(
    settings, monkeypatch, answer
):
    assert LEASE.total_seconds() - outside.CONNECT_SECONDS > outside.ANSWER_SECONDS
    slow = Canary(answer, pause=0.02)
    settings.FETCH_ALLOW = [f"127.0.0.1:{slow.port}"]
    monkeypatch.setattr(outside, "ANSWER_SECONDS", 1.5)
    began = time.monotonic()
    with pytest.raises(outside.NotFetched, match="does not answer"):
        fetched(f"http://127.0.0.1:{slow.port}/")
    assert 1 < time.monotonic() - began < 20


def test_a_file_is_imported_from_an_address(project, settings):
    content = rows(4)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content)
    there = Canary(head + content)
    settings.FETCH_ALLOW = [f"127.0.0.1:{there.port}"]
    done = from_elsewhere(project, {"url": f"http://127.0.0.1:{there.port}/rows.csv"})
    assert (done.state, done.examples_created) == (State.DONE, 4)


def test_what_cannot_be_fetched_fails_with_a_reason(project):
    done = from_elsewhere(project, {"url": "http://127.0.0.1:1/rows.csv"})
    assert done.state == State.FAILED
    assert "private network" in done.error


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


def test_a_folder_of_an_s3_store_is_imported_as_one(project, settings, store):
    import boto3

    settings.FETCH_ALLOW = [store.removeprefix("http://")]
    client = boto3.client(
        "s3", endpoint_url=store, aws_access_key_id="me", aws_secret_access_key="word",
        region_name="us-east-1",
    )  # fmt: skip
    client.create_bucket(Bucket="letters")
    client.put_object(Bucket="letters", Key="in/a 1.csv", Body=rows(3))
    client.put_object(Bucket="letters", Key="in/deep/信.csv", Body=b"text,label\nhello,ham\n")
    client.put_object(Bucket="letters", Key="in/picture.png", Body=b"no")
    client.put_object(Bucket="letters", Key="out/b.csv", Body=rows(9))
    asked = {"endpoint": store, "bucket": "letters", "prefix": "in/", "region": "us-east-1"}
    done = from_elsewhere(project, {"s3": {**asked, "key": "me"}}, secret="word")
    assert (done.error, done.examples_created) == ("", 4)
    empty = from_elsewhere(project, {"s3": {**asked, "key": "me", "prefix": "no/"}}, secret="word")
    assert "no file to read" in empty.error
    late = from_elsewhere(project, {"s3": {**asked, "key": "me"}})
    assert "an hour" in late.error


def test_a_store_of_many_keys_is_read_page_by_page_and_within_its_bounds(
    project, settings, store, monkeypatch
):
    import boto3

    settings.FETCH_ALLOW = [store.removeprefix("http://")]
    client = boto3.client(
        "s3", endpoint_url=store, aws_access_key_id="me", aws_secret_access_key="word",
        region_name="us-east-1",
    )  # fmt: skip
    client.create_bucket(Bucket="crowd")
    for number in range(1_001):
        client.put_object(Bucket="crowd", Key=f"{number:05}.png", Body=b"")
    for name in ("x.csv", "y.csv"):  # on the second page
        client.put_object(Bucket="crowd", Key=name, Body=f"text,label\n{name},ham\n".encode())
    asked = {"endpoint": store, "bucket": "crowd", "prefix": "", "region": "us-east-1", "key": "me"}
    done = from_elsewhere(project, {"s3": asked}, secret="word")
    assert (done.error, done.examples_created) == ("", 2)
    assert "got" not in done.fetched
    settings.UPLOAD_LIMIT_BYTES = 25  # the first file is within it, both together are not
    large = from_elsewhere(project, {"s3": asked}, secret="word")
    assert large.state == State.FAILED and "larger than" in large.error
    assert not large.file.exists()
    monkeypatch.setattr(fetching, "MOST_FILES", 1)
    settings.UPLOAD_LIMIT_BYTES = 1000
    many = from_elsewhere(project, {"s3": asked}, secret="word")
    assert many.state == State.FAILED and "1" in many.error


def test_a_wrong_secret_is_said_and_never_kept(project, settings, store):
    settings.FETCH_ALLOW = [store.removeprefix("http://")]
    asked = {"endpoint": store, "bucket": "none", "prefix": "", "region": "us-east-1", "key": "me"}
    httpx.post(f"{store}/moto-api/reset-auth", content=b"0")  # from now on keys are looked at
    try:
        done = from_elsewhere(project, {"s3": asked}, secret="not the word")
    finally:
        httpx.post(f"{store}/moto-api/reset-auth", content=b"inf")
    assert done.state == State.FAILED and "403" in done.error
    assert "not the word" not in str([*Upload.objects.values()])


def test_the_page_says_how_much_of_a_file_is_here(project, owner, client):
    client.force_login(owner)
    got = {"url": "https://example.org/a.csv", "got": 3 * 1024**2, "whole": 4 * 1024**2}
    made = Upload.objects.create(project=project, name="a.csv", fetched=got, state=State.RUNNING)
    seen = client.get(f"/projects/{project.pk}/data/uploads/{made.pk}/").content.decode()
    assert "Fetching the file" in seen and "Here so far: 3.0\xa0MB." in seen
    assert 'max="4194304" value="3145728"' in seen


def from_elsewhere(project, asked: dict, secret: str = "") -> Upload:
    """As the worker would, with nothing on the disk yet."""
    from projects import intake

    made = Upload.objects.create(project=project, name="elsewhere", fetched=asked)
    made.path = f"uploads/{made.pk}"
    made.save()
    if secret:
        fetching.keep_secret(made.pk, secret)
    claimed = Upload.claim(made.pk)
    intake.read(claimed)
    claimed.refresh_from_db()
    return claimed
