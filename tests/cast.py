"""The cast of every test: people with their places in a project, and their clients."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts import secrets
from accounts.models import Token, User
from projects import intake
from projects.models import Member, Project, Role, Upload

Speak = Callable[[User], APIClient]


def person(email: str) -> User:
    user = User(email=email)
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Half a second a password is right for people, and too long for tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def owner(db: None) -> User:
    return person("owner@example.org")


@pytest.fixture
def stranger(db: None) -> User:
    return person("stranger@example.org")


@pytest.fixture
def project(owner: User) -> Project:
    project = Project.objects.create(
        name="Mail",
        task="text-classification",
        labels=[
            {"name": name, "description": "", "hotkey": key, "color": "#0072B2"}
            for key, name in (("1", "spam"), ("2", "ham"))
        ],
        created_by=owner,
        salt="b3a1c09d27f4e685",  # which rows are protected is drawn by it
    )
    join(project, owner, Role.OWNER)
    return project


@pytest.fixture
def member(project: Project) -> User:
    """An annotator of the project."""
    user = person("member@example.org")
    join(project, user, Role.ANNOTATOR)
    return user


@pytest.fixture
def speak() -> Speak:
    """A client that bears somebody's token."""

    def client(user: User) -> APIClient:
        secret = secrets.mint(secrets.PERSONAL)
        Token.objects.create(user=user, name="test", hash=secret.hash)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret.value}")
        return client

    return client


def join(project: Project, user: User, role: Role) -> Member:
    return Member.objects.create(project=project, user=user, role=role)


def upload(project: Project, content: bytes, name: str = "rows.csv", **fields: Any) -> Upload:
    """Take a file through the intake, as the worker would."""
    fields = {"mapping": {}, "size_bytes": len(content)} | fields
    upload = Upload.objects.create(project=project, name=name, **fields)
    upload.path = f"uploads/{upload.pk}"
    upload.save()
    upload.file.parent.mkdir(parents=True, exist_ok=True)
    upload.file.write_bytes(content)
    claimed = Upload.claim(upload.pk)
    assert claimed is not None
    intake.read(claimed)
    claimed.refresh_from_db()
    return claimed


def csv_file(content: str | bytes, name: str = "rows.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def rows(count: int, labels: tuple[str, ...] = ("spam", "ham")) -> bytes:
    """A small labelled table whose two labels can be told apart."""
    words = {"spam": "win a free prize now", "ham": "see you at dinner later"}
    lines = ["text,label"]
    for number in range(count):
        label = labels[number % len(labels)]
        lines.append(f"{words.get(label, label)} number {number},{label}")
    return "\n".join(lines).encode()


def eventually(true: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait until something holds; fail with what it last said."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, f"still {found!r} after {seconds} s"
        time.sleep(0.05)
    return found
