"""A file that lies elsewhere on its way into the project: an address, or a folder of an S3 store.

What comes out is an upload's file like any other; the intake reads it. A folder comes as one
archive of its files. Keys to a store are kept aside for an hour and never in the database.
"""

import os
import zipfile
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

from projects import outside
from projects.models import Upload

KEPT_SECONDS = 3600
MOST_FILES = 1000
LISTING_BYTES = 8 * 1024**2
READ = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".xlsx", ".parquet", ".gz", ".conll")
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
    try:
        if "url" in upload.fetched:
            _fetch_one(upload, aside, meanwhile)
        else:
            _fetch_folder(upload, aside, meanwhile)
        # The rest of an address may be a signature, and whoever holds it may read the file.
        fetched = {name: _bare(value) for name, value in upload.fetched.items()}
        upload.write(size_bytes=aside.stat().st_size, fetched=fetched)
        upload.size_bytes = aside.stat().st_size
        aside.replace(upload.file)
    finally:
        aside.unlink(missing_ok=True)


def _bare(value: Any) -> Any:
    return value.partition("?")[0] if isinstance(value, str) else value


def _fetch_one(upload: Upload, place: Any, meanwhile: Meanwhile) -> None:
    with outside.opened(upload.fetched["url"]) as answer, place.open("wb") as out:
        whole = answer.headers.get("Content-Length", "")

        def told() -> None:
            meanwhile()
            _tell(upload, out.tell(), int(whole) if whole.isdigit() else 0)

        for piece in outside.pieces(answer, most=settings.UPLOAD_LIMIT_BYTES, meanwhile=told):
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())


def _tell(upload: Upload, got: int, whole: int = 0) -> None:
    """How much of it is here; `whole` is 0 where nobody said how much there is."""
    upload.write(fetched={**upload.fetched, "got": got, "whole": whole})


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
        while True:
            # In the order of their names, as the signature wants them.
            query = f"?{token}list-type=2&max-keys=1000&prefix={quote(self.prefix, safe='')}"
            with self.opened(query) as answer:
                listed = b"".join(outside.pieces(answer, most=LISTING_BYTES, meanwhile=meanwhile))
            page = _parsed(listed)
            yield from page.names
            if not page.next:
                return
            token = f"continuation-token={quote(page.next, safe='')}&"


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


def _fetch_folder(upload: Upload, place: Any, meanwhile: Meanwhile) -> None:
    asked = upload.fetched["s3"]
    secret = cache.get(_place(upload.pk), "")
    if asked["key"] and not secret:
        raise outside.NotFetched("fetch-forgotten")
    store, left, count = Store(asked, secret), settings.UPLOAD_LIMIT_BYTES, 0
    with zipfile.ZipFile(place, "w", zipfile.ZIP_STORED) as archive:
        for name in store.names(meanwhile):
            if not name.lower().endswith(READ):
                continue
            count += 1
            if count > MOST_FILES:
                raise outside.NotFetched("fetch-many", most=f"{MOST_FILES:,}")
            left -= _into(archive, store, name, count, left, meanwhile)
            _tell(upload, settings.UPLOAD_LIMIT_BYTES - left)
    if not count:
        raise outside.NotFetched("fetch-nothing", prefix=asked["prefix"][:100])


def _into(
    archive: zipfile.ZipFile, store: Store, name: str, count: int, left: int, meanwhile: Meanwhile
) -> int:
    """One file into the archive, under a name of our own; its size in bytes."""
    size = 0
    member = f"{count:04}-{PurePosixPath(name).name[-100:]}"
    with store.opened(f"/{quote(name)}") as answer, archive.open(member, "w") as out:
        for piece in outside.pieces(answer, most=left, meanwhile=meanwhile):
            size += len(piece)
            out.write(piece)
    return size
