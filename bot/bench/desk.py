"""`danloi bench desk`: how long the console's pages take after two years of a busy desk: a hundred thousand cases, a million messages.

The real console over HTTP, with real sign-ins and forms; who asks is a process of its own. Two figures of each page: how long the server
was at work, from the request's arrival until the whole answer is made, and how long whoever asked had to wait.
"""

import asyncio
import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, replace

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from ..app import App
from ..desk import console
from ..model.clock import now
from ..model.errors import DanLoiError
from ..settings import ROOT, Settings
from ..store import scratch
from ..store.database import Database
from ..understanding.reader import Reader
from ..web import Site
from ..written import Written, read_written
from . import machine
from .desk_figures import Filled, Report, row
from .desk_fill import fill
from .desk_visits import visits
from .house import scratch_database
from .street import Street
from .visitor import TIMING, Errand, Seen


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to measure. `seconds`: of each page. `database`: the URL of an empty one, None for SQLite in a temporary folder."""

    cases: int
    messages: int
    seconds: float
    database: str | None = None


async def measured(settings: Settings, wanted: Wanted, note: Callable[[str], None]) -> Report:
    """Fill, serve, visit, and leave the database empty. `note` is told what is being done. Raises DanLoiError."""
    written = read_written(settings)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=settings.var))
        settings = replace(settings, database_url=wanted.database or f"sqlite:///{folder}/bench.db", host="127.0.0.1", public_url=None)
        database = await stack.enter_async_context(scratch_database(settings))
        await database.run(scratch.clear)
        if wanted.database is not None:
            stack.push_async_callback(database.run, scratch.clear)
        password = secrets.token_urlsafe()
        began = time.perf_counter()
        known = await fill(database, written, wanted.cases, wanted.messages, password, note)
        filled = Filled(wanted.cases, wanted.messages, round(time.perf_counter() - began, 1))
        note("Đang đo các trang …")
        async with served(settings, database, written) as url:
            seen = await visited(Errand(url, password, wanted.seconds, visits(known)))
        about = machine.described() | {"tải": round(os.getloadavg()[0], 1), "cơ sở dữ liệu": await database.read(scratch.version)}
    return Report(about, wanted.seconds, filled, tuple(map(row, seen)))


@asynccontextmanager
async def served(settings: Settings, database: Database, written: Written) -> AsyncIterator[str]:
    """The console at an address of its own, timed; nothing is sent to anybody. Its address."""
    app = App(settings, database, written, Reader(None, (), written.places), [Street()])
    site = Site(settings, database, written.words, _no_model)
    site.desk = console.parts(settings, database, app.takeover, app.script, written.catalogue, written.places, app.limits, now)
    site.around = Timed
    await site.start(app.door, 0)
    try:
        yield site.address
    finally:
        await site.stop()


async def _no_model() -> bool:
    return False


class Timed:
    """Around the whole application: tells with each answer in how many milliseconds it was made, compressed and ready to leave."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                took = f"app;dur={1000 * (time.perf_counter() - began):.3f}"
                message["headers"] = [*message["headers"], (TIMING.encode(), took.encode())]
            await send(message)

        await self._app(scope, receive, sending)


async def visited(errand: Errand) -> list[Seen]:
    """Have another process do it. Raises DanLoiError with what it complained of."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.bench.visitor"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        answer, complaint = await child.communicate(json.dumps(asdict(errand)).encode())
    except BaseException:
        child.kill()
        await child.wait()
        raise
    if child.returncode != 0:
        raise DanLoiError(f"The visitor of the pages failed: {complaint.decode(errors='replace').strip()[-500:]}")
    return [Seen(**seen) for seen in json.loads(answer)]
