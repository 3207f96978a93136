"""A file that lies elsewhere on its way into the project: an address, or a folder of an S3 store.

What comes out is an upload's file like any other; the intake reads it. A folder comes as one
archive of its files. Keys to a store are kept aside for an hour and never in the database.
"""

import os
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from defusedxml import ElementTree
from django.conf import settings
from django.core.cache import cache

from ml.reading import UnreadableFile
from ml.reading.archives import TABLES
from projects import outside
from projects.models import Upload

KEPT_SECONDS = 3600
TOLD_SECONDS = 1.0  # between two looks at whether it is wanted still
MOST_FILES, MOST_PAGES = 1000, 1000  # a page of a listing has a thousand keys
LISTING_BYTES = 8 * 1024**2
GZIP, AT_ONCE = ".gz", 1024**2  # bytes that are unpacked at once
Meanwhile = Callable[[], None]


def keep_secret(upload: UUID, secret: str) -> None:
    """For the worker that will fetch it. Not in the database: backups of it are kept for years."""
    cache.set(_place(upload), secret, KEPT_SECONDS)


def _place(upload: UUID) -> str:
    return f"fetch:{upload}"


def name_of(url: str) -> str:
    """What the file at an address is called."""
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    return name[:255] or "download"


def bring(upload: Upload, *, meanwhile: Meanwhile) -> None:
    """Make the upload's file: it appears whole or not at all. Raises outside.NotFetched."""
    if upload.file.exists():
        return
    upload.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = upload.file.with_name(f".{upload.pk}-{upload.token}")
    watch = _Watch(upload, meanwhile)
    try:
        if "url" in upload.fetched:
            _fetch_one(upload, aside, watch)
        else:
            _fetch_folder(upload, aside, watch)
        # The rest of an address may be a signature, and whoever holds it may read the file.
        fetched = {name: _bare(value) for name, value in upload.fetched.items()}
        upload.write(size_bytes=aside.stat().st_size, fetched=fetched)
        upload.size_bytes = aside.stat().st_size
        aside.replace(upload.file)
    finally:
        aside.unlink(missing_ok=True)


def _bare(value: Any) -> Any:
    return value.partition("?")[0] if isinstance(value, str) else value


class _Watch:
    """Looks each second whether the worker still has it and it is still wanted, over all files and
    pages together, and says how much is here. Gives up what takes too long as a whole."""

    def __init__(self, upload: Upload, meanwhile: Meanwhile) -> None:
        self.upload, self.meanwhile = upload, meanwhile
        self.got = self.whole = 0  # bytes; `whole` is 0 where nobody said how much there is
        self.next = time.monotonic() + TOLD_SECONDS
        self.end = time.monotonic() + outside.WHOLE_SECONDS

    def __call__(self) -> None:
        now = time.monotonic()
        if now > self.end:
            raise outside.NotFetched("fetch-slow", minutes=int(outside.WHOLE_SECONDS // 60))
        if now < self.next:
            return
        self.next = now + TOLD_SECONDS
        self.meanwhile()
        told = {**self.upload.fetched, "got": self.got, "whole": self.whole}
        self.upload.write(fetched=told)


def _fetch_one(upload: Upload, place: Any, watch: _Watch) -> None:
    with outside.opened(upload.fetched["url"]) as answer, place.open("wb") as out:
        whole = answer.headers.get("Content-Length", "")
        watch.whole = int(whole) if whole.isdigit() and len(whole) < 16 else 0
        for piece in outside.pieces(answer, most=settings.UPLOAD_LIMIT_BYTES, meanwhile=watch):
            out.write(piece)
            watch.got += len(piece)
        out.flush()
        os.fsync(out.fileno())


class Store:
    """An S3 store, asked by signed addresses: path style, so that any such server answers."""

    def __init__(self, asked: dict[str, str], secret: str) -> None:
        self.endpoint = asked["endpoint"].rstrip("/")
        self.bucket, self.prefix, self.region = asked["bucket"], asked["prefix"], asked["region"]
        self.key = Credentials(asked["key"], secret) if asked["key"] else None

    def sign(self, url: str) -> dict[str, str]:
        """The headers that let the holder of the key ask for this address."""
        if self.key is None:
            return {}
        asked = AWSRequest(method="GET", url=url)
        S3SigV4Auth(self.key, "s3", self.region).add_auth(asked)
        return dict(asked.headers.items())

    @contextmanager
    def opened(self, path: str) -> Iterator[Any]:
        with outside.opened(f"{self.endpoint}/{quote(self.bucket)}{path}", sign=self.sign) as found:
            yield found

    def names(self, meanwhile: Meanwhile) -> Iterator[str]:
        """The keys below the prefix, in order. Raises outside.NotFetched."""
        token = ""
        for _ in range(MOST_PAGES):
            # In the order of their names, as the signature wants them.
            query = f"?{token}list-type=2&max-keys=1000&prefix={quote(self.prefix, safe='')}"
            with self.opened(query) as answer:
                listed = b"".join(outside.pieces(answer, most=LISTING_BYTES, meanwhile=meanwhile))
            meanwhile()
            page = _parsed(listed)
            yield from page.names
            if not page.next:
                return
            token = f"continuation-token={quote(page.next, safe='')}&"
        raise outside.NotFetched("fetch-many", most=f"{MOST_PAGES * 1000:,}")


class _Page:
    def __init__(self, names: list[str], following: str) -> None:
        self.names, self.next = names, following


def _parsed(listed: bytes) -> _Page:
    try:
        root = ElementTree.fromstring(listed)
    except (ElementTree.ParseError, ValueError) as error:
        raise outside.NotFetched("fetch-no-store") from error
    space = root.tag.partition("}")[0] + "}" if root.tag.startswith("{") else ""
    names = [each.text or "" for each in root.iterfind(f"{space}Contents/{space}Key")]
    return _Page(names, root.findtext(f"{space}NextContinuationToken") or "")


def _fetch_folder(upload: Upload, place: Any, watch: _Watch) -> None:
    asked = upload.fetched["s3"]
    secret = cache.get(_place(upload.pk), "")
    if asked["key"] and not secret:
        raise outside.NotFetched("fetch-forgotten")
    store, count = Store(asked, secret), 0
    with zipfile.ZipFile(place, "w", zipfile.ZIP_STORED) as archive:
        for name in store.names(watch):
            if not name.lower().removesuffix(GZIP).endswith(TABLES):
                continue
            count += 1
            if count > MOST_FILES:
                raise outside.NotFetched("fetch-many", most=f"{MOST_FILES:,}")
            _into(archive, store, name, count, watch)
    if not count:
        raise outside.NotFetched("fetch-nothing", prefix=asked["prefix"][:100])


def _into(archive: zipfile.ZipFile, store: Store, name: str, count: int, watch: _Watch) -> None:
    """One file into the archive, under a name of our own, and unpacked: none lies in another."""
    most, last = settings.UPLOAD_LIMIT_BYTES, PurePosixPath(name).name[-100:]
    packed = last.lower().endswith(GZIP)
    member = f"{count:04}-{last[: -len(GZIP)] if packed else last}"
    with (
        store.opened(f"/{quote(name)}") as answer,
        archive.open(member, "w", force_zip64=True) as out,
    ):
        pieces = outside.pieces(answer, most=most, meanwhile=watch)
        for piece in _unpacked(pieces) if packed else pieces:
            watch.got += len(piece)
            if watch.got > most:  # all of them together
                raise outside.NotFetched("fetch-large", most=f"{most // 1024**2:,}")
            out.write(piece)
    watch()


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What a gzip holds, a megabyte at a time; several in one file follow one another."""
    unpack, begun = _gzip(), False
    try:
        for left in pieces:
            while left:
                begun = True
                yield unpack.decompress(left, AT_ONCE)
                left = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
                if unpack.eof:
                    unpack, begun = _gzip(), False
        yield unpack.flush()
    except zlib.error as error:
        raise UnreadableFile("file-damaged") from error
    if begun and not unpack.eof:
        raise UnreadableFile("file-damaged")


def _gzip() -> Any:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)
