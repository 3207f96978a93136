"""The one way out: whatever the studio fetches for someone is fetched here.

A name is resolved once, its addresses are checked, and the connection goes to a checked address:
no second resolution can lead elsewhere. Private, local and reserved addresses are refused, unless
an administrator opened them (FETCH_ALLOW). Redirects are followed by hand, each checked anew.
"""

import contextlib
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx
from django.conf import settings

from ml.refusing import Refusal

# Silence for longer than this ends it: a worker's lease goes on only between two pieces, and not
# before there is an answer, however many redirects lead to it and however slowly they speak.
CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0
ANSWER_SECONDS = 20.0
WHOLE_SECONDS = 1800.0
REDIRECTS = 5
LONGEST_URL = 2000
_MAPPED = (
    ipaddress.ip_network("64:ff9b::/96"),  # NAT64: the last four bytes are an IPv4 address
    ipaddress.ip_network("2002::/16"),  # 6to4: bytes two to six are
)


class NotFetched(Refusal):
    """It cannot be fetched; the message says why, and nothing of what a server inside said."""


class _Patience:
    """Until when one waits, whatever is said meanwhile."""

    def __init__(self) -> None:
        self.end = time.monotonic() + ANSWER_SECONDS

    def answered(self) -> None:
        """What is read from now on may take its time."""
        self.end = time.monotonic() + WHOLE_SECONDS

    def left(self) -> float:
        if (left := self.end - time.monotonic()) <= 0:
            raise httpcore.ReadTimeout("too slow as a whole")
        return left


class _Guarded(httpcore.NetworkBackend):
    """Connects to public addresses only."""

    def __init__(self, patience: _Patience) -> None:
        self.plain, self.patience = httpcore.SyncBackend(), patience

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        address = checked(host, port)
        wait = min(timeout or CONNECT_SECONDS, self.patience.left())
        plain = self.plain.connect_tcp(address, port, wait, local_address, socket_options)
        return _Timed(plain, self.patience)

    def connect_unix_socket(self, path: str, *_: Any, **__: Any) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("not a place on the network")

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class _Timed(httpcore.NetworkStream):
    """A connection that ends in time, however slowly its other end speaks."""

    def __init__(self, plain: httpcore.NetworkStream, patience: _Patience) -> None:
        self.plain, self.patience = plain, patience

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.plain.read(max_bytes, self._at_most(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.plain.write(buffer, self._at_most(timeout))

    def _at_most(self, timeout: float | None) -> float:
        return min(timeout or READ_SECONDS, self.patience.left())

    def close(self) -> None:
        self.plain.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        wait = self._at_most(timeout)
        return _Timed(self.plain.start_tls(ssl_context, server_hostname, wait), self.patience)

    def get_extra_info(self, info: str) -> Any:
        return self.plain.get_extra_info(info)


class _Transport(httpx.BaseTransport):
    """httpx over a pool of guarded connections."""

    def __init__(self, patience: _Patience) -> None:
        self.pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(), network_backend=_Guarded(patience)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = self.pool.handle_request(asked)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Stream(answer.stream))

    def close(self) -> None:
        self.pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self.stream

    def close(self) -> None:
        self.stream.close()


def checked(host: str, port: int) -> str:
    """An address of the host that may be connected to. Raises NotFetched."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFetched("fetch-unknown", host=host[:100]) from error
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    for address in addresses:
        if not _opened(host, port, address) and not public(address):
            raise NotFetched("fetch-private", host=host[:100])
    return addresses[0]


def public(address: str) -> bool:
    """Whether the address, and what it may stand for, is on the open network."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        packed = ip.packed
        if ip.ipv4_mapped is not None:
            return public(str(ip.ipv4_mapped))
        if ip in _MAPPED[0]:
            return public(str(ipaddress.IPv4Address(packed[12:])))
        if ip in _MAPPED[1]:
            return public(str(ipaddress.IPv4Address(packed[2:6])))
        if ip.teredo is not None:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _opened(host: str, port: int, address: str) -> bool:
    """Whether an administrator opened this place: “host:port”, or a network such as 10.1.0.0/16."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    for opened in settings.FETCH_ALLOW:
        if opened == f"{host}:{port}":
            return True
        with contextlib.suppress(ValueError):
            if ip in ipaddress.ip_network(opened):
                return True
    return False


@contextlib.contextmanager
def opened(
    url: str, *, sign: Callable[[str], dict[str, str]] | None = None
) -> Iterator[httpx.Response]:
    """The answer to a GET, its body still to be read. Raises NotFetched.

    `sign` gives headers for the address that is asked; with it, no redirect is followed.
    """
    timeout, patience = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS), _Patience()
    transport = _Transport(patience)
    with httpx.Client(transport=transport, timeout=timeout, trust_env=False) as client:
        for _ in range(REDIRECTS + 1):
            check_address(url)
            headers = {"Accept-Encoding": "identity", "User-Agent": "studio"}
            asked = client.build_request("GET", url, headers=headers | (sign(url) if sign else {}))
            try:
                answer = client.send(asked, stream=True)
            except (httpx.HTTPError, httpcore.NetworkError, httpcore.TimeoutException,
                    httpcore.ProtocolError, ssl.SSLError) as error:  # fmt: skip
                raise NotFetched("fetch-no-answer", host=asked.url.host[:100]) from error
            with contextlib.closing(answer):
                if answer.has_redirect_location and sign is None:
                    url = urljoin(url, answer.headers["Location"])
                    continue
                if answer.status_code != httpx.codes.OK:
                    raise NotFetched("fetch-status", status=answer.status_code)
                patience.answered()
                yield answer
                return
        raise NotFetched("fetch-redirects", most=REDIRECTS)


def check_address(url: str) -> None:
    """Raises NotFetched where it is none that can be asked."""
    try:
        parts = urlsplit(url)
        fine = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
        _ = parts.port
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        fine = False
    if not fine or len(url) > LONGEST_URL:
        raise NotFetched("fetch-address")


def pieces(
    answer: httpx.Response, *, most: int, meanwhile: Callable[[], None] = lambda: None
) -> Iterator[bytes]:
    """The body as it was sent, up to `most` bytes and within WHOLE_SECONDS. Raises NotFetched.

    `meanwhile` is called after each piece.
    """
    end, size = time.monotonic() + WHOLE_SECONDS, 0
    try:
        for piece in answer.iter_raw():  # as it comes: the clock is looked at each time
            size += len(piece)
            if size > most:
                raise NotFetched("fetch-large", most=f"{most // 1024**2:,}")
            if time.monotonic() > end:
                raise NotFetched("fetch-slow", minutes=int(WHOLE_SECONDS // 60))
            yield piece
            meanwhile()
    except (httpx.HTTPError, httpcore.NetworkError, httpcore.TimeoutException,
            httpcore.ProtocolError) as error:  # fmt: skip
        raise NotFetched("fetch-broken") from error
