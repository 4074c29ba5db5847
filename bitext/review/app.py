"""The web app: pages by GET, decisions by POST, news by server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bitext.errors import BitextError
from bitext.review import edits, export
from bitext.review.actions import Refused
from bitext.review.guard import Door, Guard
from bitext.review.page import ASSETS, MOST, Pages
from bitext.review.session import Conflict, Review
from bitext.review.work import Aligning

__all__ = ["App", "build"]

POLL = 0.3
"""Seconds between two looks for what others have decided, in this process or another."""

PIECE = 0.02
"""Seconds of work on the document's score in one answer."""


class App:
    """The routes over one review."""

    def __init__(self, review: Review, door: Door) -> None:
        self.review, self.door = review, door
        self.pages = Pages(review)
        self.aligning = Aligning(review)
        self.stopping = asyncio.Event()
        self.settled: Callable[[], object] = lambda: None  # called once all is loaded

    def warm(self) -> None:
        """Render the rows that are not yet, a few at a time, so that nobody waits for all of them."""
        with self.review.lock:
            keys = [key for key in self.review.state.order() if key not in self.pages.rendered]
        for i in range(0, len(keys), 20):
            with self.review.lock:
                for key in keys[i : i + 20]:
                    if self.review.state.get(key) is not None:
                        self.pages.row(key)

    def ready(self) -> None:
        """Do beforehand what the first requests would wait for."""
        self.warm()
        with suppress(Exception):  # whoever needs it is told what is wrong with it
            self.review.assist.warm()
            with self.review.lock:
                pairs = self.review.assist.document_pairs(self.review.state)
            for pair in pairs:  # each by itself, so that others come in between
                if self.stopping.is_set():
                    break
                self.review.assist.chrf.of(*pair)
        self.settled()

    # --- reading ---------------------------------------------------------------------------------

    async def page(self, request: Request) -> Response:
        """The page; with the token in the address it also hands out the cookie."""

        def render() -> str:
            self.warm()  # most rows without holding others up
            with self.review.lock:
                self.review.sync()
                return self.pages.page(self.door.page_token)

        response = HTMLResponse(await run_in_threadpool(render))
        if self.door.has_token(request):
            response.set_cookie(
                self.door.cookie, self.door.cookie_value, path="/", httponly=True, samesite="strict", max_age=None
            )
        return response

    async def asset(self, request: Request) -> Response:
        """Style and script, by their names and no others."""
        found = ASSETS.get(request.path_params["name"])
        if found is None:
            return JSONResponse({"error": "There is no such file."}, 404)
        return FileResponse(found[0], media_type=found[1])

    async def segment(self, request: Request) -> Response:
        """A target segment's text as it is, for an editor, and the version that it has."""
        j, state = request.path_params["j"], self.review.state
        if j >= len(state.base.target):
            return JSONResponse({"error": "There is no such segment."}, 404)
        with self.review.lock:
            return JSONResponse(
                {"text": state.text(j), "original": state.base.target.segments[j].text, "head": self.review.head}
            )

    async def changed(self, request: Request) -> Response:
        """What a page must replace that shows version `since`."""
        since = request.query_params.get("since", "")
        if not since.isdecimal() or len(since) > 15:
            return JSONResponse({"error": "Say since which version."}, 422)
        near = request.query_params.get("near", "")
        return JSONResponse(await run_in_threadpool(self._changes, int(since), near))

    def _changes(self, since: int, near: str = "") -> dict[str, Any]:
        with self.review.lock:
            self.review.sync()
            return self.pages.changes(self.review.cells_since(since), near)

    async def rows(self, request: Request) -> Response:
        """Rows by name, those that `changed` only named."""
        keys = request.query_params.get("keys", "").split(",")[:MOST]

        def some() -> dict[str, Any]:
            with self.review.lock:
                return self.pages.some(keys)

        return JSONResponse(await run_in_threadpool(some))

    async def events(self, request: Request) -> Response:
        """Server-sent events: the head, whenever it moves; as `work`, how aligning again stands, when that changes."""

        async def stream() -> AsyncIterator[str]:
            told, quiet = -1, 0.0
            news = self.aligning.news
            heard = news["number"] - bool(news["running"])  # what is over is no news to who comes now
            while not self.stopping.is_set():
                head = await run_in_threadpool(self.review.sync)
                if head != told or quiet > 15:
                    told, quiet = head, 0.0
                    yield f"data: {head}\n\n"
                news = self.aligning.news
                if news["number"] != heard:
                    heard = news["number"]
                    yield f"event: work\ndata: {json.dumps(news)}\n\n"
                try:
                    await asyncio.wait_for(self.stopping.wait(), POLL)
                except TimeoutError:
                    quiet += POLL

        return StreamingResponse(stream(), media_type="text/event-stream")

    async def score(self, request: Request) -> Response:
        """The document's chrF as the beads stand; `more` where many beads are new, and are counted when asked again."""

        def count() -> dict[str, Any]:
            with self.review.lock:
                pairs = self.review.assist.document_pairs(self.review.state)
            chrf = self.review.assist.chrf
            if not chrf.count(pairs, PIECE):
                return {"chrf": None, "more": True}
            value = chrf.total(pairs)
            return {"chrf": None if value is None else round(value, 2)}

        return JSONResponse(await run_in_threadpool(count))

    async def compared(self, request: Request) -> Response:
        """Back-translation and original of a row, word by word: [text, whether the other has it too]."""
        state = self.review.state
        with self.review.lock:
            key = request.query_params.get("bead", "")
            if not key.startswith("bead:") or state.get(key) is None:
                return JSONResponse({"error": "This row is not there any more."}, 404)
            bead = state.bead(key)
            back = " ".join(t.text for j in bead.target if (t := state.translation(j)) is not None)
            source = " ".join(state.source_text(i) for i in bead.source)
        left, right = await run_in_threadpool(edits.compare, back, source)
        return JSONResponse({"back": left, "source": right})

    async def links(self, request: Request) -> Response:
        """Words of a row that correspond, as [target, source, back-translation], each [segment, start, end] or null."""
        state = self.review.state
        with self.review.lock:
            key = request.query_params.get("bead", "")
            if not key.startswith("bead:") or state.get(key) is None:
                return JSONResponse({"links": []})  # asked for in passing: nobody need hear of it
            bead = state.bead(key)
            backs = [(j, t.text) for j in bead.target if (t := state.translation(j)) is not None]
            targets = [(j, state.text(j)) for j in bead.target]
            sources = [(i, state.source_text(i)) for i in bead.source] if state.base.source is not None else backs
        sides = (targets, sources, backs)
        joined = tuple(" ".join(text for _, text in side) for side in sides)

        def find() -> list[Any]:
            return [
                [None if span is None else _within(side, span) for side, span in zip(sides, (t, s, b), strict=True)]
                for s, t, b in self.review.assist.links((joined[0], joined[1], joined[2]))
            ]

        return JSONResponse({"links": await run_in_threadpool(find)})

    async def export(self, request: Request) -> Response:
        """A file to download. Its name is ours; the request only chooses a format from the list."""
        kind = request.path_params["kind"]
        if kind not in export.EXPORTS:
            return JSONResponse({"error": "There is no such export."}, 404)

        def make() -> tuple[str, bytes]:
            with self.review.lock:
                self.review.sync()
                taken = export.take(self.review)
            return export.file_name(self.review.name, kind), export.render(taken, kind)

        try:
            name, data = await run_in_threadpool(make)
        except BitextError as e:
            return JSONResponse({"error": str(e)}, 422)
        return Response(
            data,
            media_type="application/octet-stream",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )

    # --- deciding --------------------------------------------------------------------------------

    async def do(self, request: Request) -> Response:
        """An action. Answers with what to replace on the page that had version `base`."""
        return await self._decide(request, self._do)

    def _do(self, values: dict[str, Any], base: int, client: str) -> dict[str, Any]:
        if values.get("do") == "realign":
            return {"work": self.aligning.begin(values, client)}
        self.review.do(values, base, client)
        return {}

    async def cancel(self, request: Request) -> Response:
        """End the aligning that is under way."""

        def cancelled(values: dict[str, Any], base: int, client: str) -> dict[str, Any]:
            return {"work": self.aligning.cancel()}

        return await self._decide(request, cancelled)

    async def undo(self, request: Request) -> Response:
        """Take back the last decision."""
        return await self._decide(request, lambda values, base, client: _nothing(self.review.undo(base, client)))

    async def redo(self, request: Request) -> Response:
        """Do it again."""
        return await self._decide(request, lambda values, base, client: _nothing(self.review.redo(base, client)))

    async def _decide(self, request: Request, act: Callable[[dict[str, Any], int, str], dict[str, Any]]) -> Response:
        """Answer with what to replace on the page, and what `act` adds; 202 where something goes on."""
        values = await _json(request)
        base, client = _version(values.get("base")), values.get("client", "")
        seen = _version(values.get("head", base))
        near = found if isinstance(found := values.get("near", ""), str) else ""
        if base is None or seen is None or not isinstance(client, str):
            return JSONResponse({"error": "Say on which version (base) the change rests."}, 422)

        def run() -> Response:
            try:
                before = self.review.head
                extra = act(values, base, client)
                status = 202 if extra.get("work", {}).get("running") else 200
                extra["cells"] = sorted(self.review.cells_since(before))
            except Refused as e:
                return JSONResponse({"error": str(e)}, 422)
            except Conflict as e:
                status, extra = 409, {"error": str(e), "conflict": e.cells, "theirs": self._theirs(e.cells)}
            except BitextError as e:
                return JSONResponse({"error": str(e)}, 500 if "could not be saved" in str(e) else 422)
            return JSONResponse({**self._changes(min(seen, base), near), **extra}, status)

        return await run_in_threadpool(run)

    def _theirs(self, cells: tuple[str, ...]) -> dict[str, str]:
        """The texts that others wrote in these cells."""
        with self.review.lock:
            return {key: self.review.state.text(int(key[5:])) for key in cells if key.startswith("text:")}

    async def alternatives(self, request: Request) -> Response:
        """Back-translations of a segment to choose from. Changes nothing; the models load at the first call."""
        values = await _json(request)
        j, state = values.get("segment"), self.review.state
        if isinstance(j, bool) or not isinstance(j, int) or not 0 <= j < len(state.base.target):
            return JSONResponse({"error": "There is no such segment."}, 422)
        assist = self.review.assist

        def translate() -> Response:
            with self.review.lock:
                text, now = state.text(j), state.translation(j)
                bead = state.bead(state.owner["target", j])
                original = ""
                if state.base.origin == "original" and state.base.source is not None and len(bead.target) == 1:
                    original = " ".join(state.source_text(i) for i in bead.source)
                head = self.review.head
            try:
                found = assist.alternatives(text)
                french = assist.forward(original) if original else []
            except BitextError as e:
                return JSONResponse({"error": str(e)}, 422)
            return JSONResponse(
                {
                    "head": head,
                    "text": text,
                    "back": [
                        {
                            "how": a.how,
                            "text": a.translation.text,
                            "score": a.translation.score,
                            "problems": a.translation.problems,
                            "now": now is not None and a.translation.text == now.text and not state.stale(j),
                        }
                        for a in found
                    ],
                    "forward": [f for f in french if f != text],
                }
            )

        return await run_in_threadpool(translate)


def _nothing(_: int) -> dict[str, Any]:
    return {}


def _within(side: Sequence[tuple[int, str]], span: tuple[int, int]) -> list[int] | None:
    """A span of joined texts as [index of the text, start, end in it]."""
    at = 0
    for index, text in side:
        if at <= span[0] and span[1] <= at + len(text):
            return [index, span[0] - at, span[1] - at]
        at += len(text) + 1
    return None


def _version(value: Any) -> int | None:
    """The value if it can be the number of an event."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


async def _json(request: Request) -> dict[str, Any]:
    """The body, a JSON object; anything else is taken as an empty one, which every action refuses."""
    try:
        found = json.loads(await request.body())
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def build(review: Review, door: Door) -> Starlette:
    """The ASGI app of a review, guarded; `app.state.app` is the `App`."""
    app = App(review, door)

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        warm = asyncio.create_task(run_in_threadpool(app.ready))  # the first page need not wait for its rows
        yield
        await asyncio.wait([warm])
        app.stopping.set()
        await run_in_threadpool(app.aligning.close)
        review.close()

    routes = [
        Route("/", app.page),
        Route("/static/{name}", app.asset),
        Route("/segment/{j:int}", app.segment),
        Route("/changes", app.changed),
        Route("/rows", app.rows),
        Route("/events", app.events),
        Route("/score", app.score),
        Route("/compare", app.compared),
        Route("/links", app.links),
        Route("/export/{kind}", app.export),
        Route("/do", app.do, methods=["POST"]),
        Route("/undo", app.undo, methods=["POST"]),
        Route("/redo", app.redo, methods=["POST"]),
        Route("/cancel", app.cancel, methods=["POST"]),
        Route("/alternatives", app.alternatives, methods=["POST"]),
    ]
    starlette = Starlette(routes=routes, lifespan=life, middleware=[Middleware(Guard, door=door)])
    starlette.state.app = app
    return starlette
