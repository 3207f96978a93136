"""A project with published models, and a predictor that answers for it."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import httpx
import pytest
from django.db import OperationalError
from django.db.backends.base.operations import BaseDatabaseOperations
from psycopg.errors import DeadlockDetected

from accounts import secrets
from accounts.models import User
from projects.models import Member, Project, Role
from serving import publishing
from serving.models import Endpoint, Key
from tests.serving import calling, models_here
from tests.serving.calling import Caller, Process
from training.models import ModelVersion


@pytest.fixture
def publisher(transactional_db) -> User:
    return User.objects.create_user("publisher@example.org", "a long enough password")


@pytest.fixture
def project(publisher) -> Project:
    made = Project.objects.create(
        name="Messages",
        task="text-classification",
        labels=[{"name": "ham"}, {"name": "spam"}],
        created_by=publisher,
    )
    Member.objects.create(project=made, user=publisher, role=Role.OWNER)
    return made


@pytest.fixture
def version(project) -> ModelVersion:
    return models_here.version(project, 1)


@pytest.fixture
def second(project) -> ModelVersion:
    """A version that answers the opposite."""
    return models_here.version(project, 2, flipped=True)


@pytest.fixture
def endpoint(project, version, publisher) -> Endpoint:
    # A name of its own: the predictor outlives the test, and counts refusals by the address.
    return publishing.publish(project, f"Is it spam? {uuid4()}", version, publisher)


@pytest.fixture(scope="session")
def _emptied_beside_it() -> Iterator[None]:
    """The predictor asks the database after a test as well. Emptying all tables at that moment may
    lock both out, and PostgreSQL refuses one of the two: then they are emptied once more."""
    empty = BaseDatabaseOperations.execute_sql_flush

    def until_done(operations: BaseDatabaseOperations, statements: list[str]) -> None:
        for left in reversed(range(5)):
            try:
                return empty(operations, statements)
            except OperationalError as error:
                if not left or not isinstance(error.__cause__, DeadlockDetected):
                    raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", until_done)
        yield


@pytest.fixture(scope="session")
def _predictor(django_db_setup, _emptied_beside_it, tmp_path_factory) -> Iterator[Process]:
    running = calling.process(tmp_path_factory.mktemp("predictor")).start()
    yield running
    assert running.stop() in (0, -15), running.log.read_text()


@pytest.fixture
def predictor(_predictor, settings, transactional_db) -> Process:
    """The predictor that the tests of this process share."""
    settings.PREDICTOR_URL = _predictor.url
    return _predictor


@pytest.fixture
def own_predictor(settings, transactional_db, tmp_path) -> Iterator[Process]:
    """A predictor of this test alone, to be killed."""
    running = calling.process(tmp_path).start()
    settings.PREDICTOR_URL = running.url
    yield running
    if running.child and running.child.poll() is None:
        running.stop()


@pytest.fixture
def a_caller(transactional_db) -> Iterator[Callable[..., Caller]]:
    """Someone with a new key for an endpoint."""
    with httpx.Client(timeout=30) as client:

        def make(endpoint: Endpoint, rate_per_minute: int | None = None) -> Caller:
            secret = secrets.mint(secrets.ENDPOINT)
            Key.objects.create(
                endpoint=endpoint, name="test", hash=secret.hash, rate_per_minute=rate_per_minute
            )
            return Caller(endpoint.url, secret.value, client)

        yield make
