"""The predictor's addresses, and its life from the first connection to the last answer."""

import asyncio
import contextlib
import functools
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable

from django.conf import settings
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from serving.predictor import answering, callers, database, describing, reading, verdicts
from serving.predictor.counting import Refusals
from serving.predictor.limiting import Rates
from serving.predictor.recording import Recorder
from serving.predictor.refusing import Refused, as_json
from serving.predictor.shelf import Shelf
from serving.predictor.watching import Watch

log = logging.getLogger("studio.predictor")
Handler = Callable[["Predictor", Request, callers.Caller], Awaitable[Response]]
Route_ = Callable[["Predictor", Request], Awaitable[Response]]


def opened(handler: Handler) -> Route_:
    """For callers with a good key who keep to its rate. Whatever is refused is counted and said."""

    @functools.wraps(handler)
    async def answer(self: "Predictor", request: Request) -> Response:
        slug = request.path_params["slug"]
        try:
            caller = await self.desk.admit(request.headers.get("authorization", ""), slug)
            self.rates.spend(caller.key, caller.rate)
            return await handler(self, request, caller)
        except Refused as why:
            refused = why
        except Exception:
            log.exception("A request to %s failed", slug)
            refused = Refused(500, "The studio failed on this request; its log says why.")
        self.refusals.count(slug, refused.status)
        await reading.drain(request)
        return refused.response()

    return answer


class Predictor:
    """What the addresses share."""

    def __init__(self) -> None:
        self.pool = database.pool()
        self.desk = callers.Desk(self.pool)
        self.rates = Rates()
        self.refusals = Refusals()
        self.shelf = Shelf(Recorder(self.pool))
        self.answers = answering.Desk(self.shelf)
        self.watch = Watch(self.pool, self.shelf, self.refusals)

    @contextlib.asynccontextmanager
    async def life(self, app: Starlette) -> AsyncIterator[None]:
        """Connections and the watch; at the end, what is still to be written is written."""
        await self.pool.open()
        watching = asyncio.create_task(self.watch.run())
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, *self.answers.beside, return_exceptions=True)
            with contextlib.suppress(Refused):
                await self.refusals.write(self.pool)
            self.shelf.close()
            await self.pool.close()

    @opened
    async def predict(self, request: Request, caller: callers.Caller) -> Response:
        started = time.perf_counter()
        inputs = await reading.inputs(request, caller.task)
        return as_json(await self.answers.answer(caller, inputs, started))

    @opened
    async def feedback(self, request: Request, caller: callers.Caller) -> Response:
        sent = await reading.document(request)
        return as_json(await verdicts.take(caller, sent), status=201)

    @opened
    async def openapi(self, request: Request, caller: callers.Caller) -> Response:
        url = f"{settings.PREDICTOR_URL}/endpoints/{caller.slug}"
        labels = await self.answers.labels(caller)
        return as_json(describing.document(caller, url, labels))

    async def healthz(self, request: Request) -> Response:
        return as_json({"status": "ok"})

    def routes(self) -> list[Route]:
        below = "/endpoints/{slug}"
        return [
            Route("/healthz", self.healthz),
            Route(f"{below}/predict", self.predict, methods=["POST"]),
            Route(f"{below}/feedback", self.feedback, methods=["POST"]),
            Route(f"{below}/openapi.json", self.openapi),
        ]


async def nothing_here(request: Request, raised: Exception) -> Response:
    """Starlette's own refusals (no such address, wrong method), in our words."""
    status = raised.status_code if isinstance(raised, HTTPException) else 500
    said = {
        404: "There is nothing at this address. An endpoint's `url` on the studio is its address.",
        405: "This address is called in another way: predict and feedback take POST.",
    }
    response = Refused(status, said.get(status, "This request cannot be answered.")).response()
    response.headers.update(getattr(raised, "headers", None) or {})
    return response


def application() -> Starlette:
    predictor = Predictor()
    return Starlette(
        routes=predictor.routes(),
        lifespan=predictor.life,
        exception_handlers={HTTPException: nothing_here, Exception: nothing_here},
    )
