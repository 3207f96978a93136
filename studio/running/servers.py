"""PostgreSQL and Valkey, where nobody named others: made, started, ready to be talked to."""

import contextlib

from studio import home
from studio.running import placing, postgres, valkey
from studio.running.placing import Place
from studio.running.supervision import Supervisor

# In the order of stopping: the broker has nothing to say once its clients are gone.
STAGES = (("valkey",), ("postgres",))


def start(supervisor: Supervisor) -> Place | None:
    """Start what is embedded and wait until it answers. None when both servers are others'."""
    if not (home.embedded_database() or home.embedded_broker()):
        return None
    place = placing.choose()
    if home.embedded_database():
        postgres.prepare(place)
        supervisor.start(postgres.program(place))
    if home.embedded_broker():
        valkey.prepare(place)
        supervisor.start(valkey.program(place))
    if home.embedded_database():
        supervisor.wait(lambda: postgres.ready(place), 60, "The embedded PostgreSQL did not answer")
        postgres.furnish(place)
    if home.embedded_broker():
        supervisor.wait(valkey.ready, 60, "The embedded Valkey did not answer")
    return place


def tidy() -> None:
    """After the last server: nothing listens in the sockets' folder any more."""
    with contextlib.suppress(OSError):
        home.sockets().rmdir()
