"""Put before a real process by the nursery: makes its clock, its commits and its calls go wrong where a plan says so.

A plan holds `log` (a file that each fault is written into just before it strikes), `control` (a file with the clock's offset in seconds,
and whether all is calm again), `edges` ({"commit": {"17": "die before"}}: the how manieth, and what), `poison` (words that no turn
survives). It knows the libraries that we call, and of our own code the one clock and the one turn: nothing in `bot/` knows of it.
"""

import asyncio
import json
import os
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

SLOW = 2.0
STALLED = 5.0
"""More than the rounds' CLAIM_TIME, so that the conversation is claimed again."""
FULL_FOR = 2.0
ROOM = 2**30 - 1
"""Pages that a database of SQLite's may have where nobody says otherwise; PRAGMA max_page_count."""


class Edges:
    """Counts what passes each edge, and tells what is to happen there."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._log, self._control = plan["log"], Path(plan["control"])
        self._edges: dict[str, dict[str, str]] = plan["edges"]
        self._passed: Counter[str] = Counter()
        self._lock = threading.Lock()

    def control(self) -> tuple[float, bool]:
        """The clock's offset, and whether all is calm."""
        offset, calm = self._control.read_text().split()
        return float(offset), calm == "calm"

    def passes(self, edge: str) -> str:
        with self._lock:
            self._passed[edge] += 1
            what = self._edges.get(edge, {}).get(str(self._passed[edge]), "")
        if what and self.control()[1]:
            return ""
        if what:
            line = json.dumps({"fault": f"{edge}: {what}", "at": time.time(), "pid": os.getpid()}) + "\n"
            descriptor = os.open(self._log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(descriptor, line.encode())
            os.close(descriptor)
        return what


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def move_the_clock(edges: Edges) -> None:
    from bot.model import clock

    class Moved:
        def now(self, zone: tzinfo | None = None) -> datetime:
            return datetime.now(zone) + timedelta(seconds=edges.control()[0])

        def __call__(self, *parts: Any, **more: Any) -> datetime:
            return datetime(*parts, **more)  # noqa: DTZ001

    vars(clock)["datetime"] = Moved()


class FullDisk:
    """A disk of SQLite's that has no page more than it holds, for seconds, and then has room again: for every connection that is taken."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer = timer
        self._until = 0.0

    def fill(self) -> None:
        self._until = self._timer() + FULL_FOR

    def taken(self, connection: Any, _record: Any, _pool: Any) -> None:
        if self._until and isinstance(connection, sqlite3.Connection):
            pages = 1 if self._timer() < self._until else ROOM  # fewer than there are: it keeps those, and gets no further one
            connection.execute(f"PRAGMA max_page_count={pages}").close()


def trouble_commits(edges: Edges) -> None:
    from sqlalchemy import event
    from sqlalchemy.engine.default import DefaultDialect
    from sqlalchemy.pool import Pool

    commit: Any = DefaultDialect.do_commit
    disk = FullDisk()
    event.listen(Pool, "checkout", disk.taken)

    def do_commit(self: Any, connection: Any) -> None:
        what, sqlite = edges.passes("commit"), self.name == "sqlite"
        match what:
            case "die before":
                die()
            case "slow disk":
                time.sleep(SLOW)
            case "disk full" if not sqlite:
                from psycopg.errors import DiskFull

                raise DiskFull("could not extend file: No space left on device")
            case "connection lost":
                raise _lost(connection, sqlite)
        commit(self, connection)
        match what:
            case "die after":
                die()
            case "answer lost" if not sqlite:  # SQLite has no wire on which an answer could get lost
                raise _lost(connection, sqlite)
            case "disk full":
                disk.fill()

    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]


def _lost(connection: Any, sqlite: bool) -> Exception:
    """What a driver says when its connection is gone, or its disk does not answer."""
    if sqlite:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR
        return error
    import psycopg

    connection.driver_connection.close()
    return psycopg.OperationalError("server closed the connection unexpectedly")


def trouble_calls(edges: Edges) -> None:
    import httpx

    call = httpx.AsyncHTTPTransport.handle_async_request

    async def handle(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        what = edges.passes(_edge(request.url.path))
        match what:
            case "die before":
                die()
            case "refused":
                raise httpx.ConnectError("refused", request=request)
            case "not taken":
                raise httpx.WriteError("broken", request=request)
        response = await call(self, request)
        match what:
            case "die after":
                die()
            case "reset":
                await response.aclose()
                raise httpx.ReadError("reset", request=request)
            case "timeout":
                await response.aclose()
                raise httpx.ReadTimeout("timeout", request=request)
            case "nonsense":
                await response.aclose()
                return httpx.Response(200, content=b"{not json", request=request)
            case "slow":
                await asyncio.sleep(SLOW)
        return response

    httpx.AsyncHTTPTransport.handle_async_request = handle  # type: ignore[method-assign]


def _edge(path: str) -> str:
    if path.startswith(("/model/", "/status")):
        return "nlu"
    return "send" if path.rsplit("/", 1)[-1] in ("sendMessage", "cs") else "call"


def trouble_turns(edges: Edges, poison: str) -> None:
    """Whoever stalls has thought, and comes back to a conversation that somebody else may have had by then."""
    from bot.turn import Turn

    think = Turn._think

    async def troubled(self: Turn, claim: Any) -> Any:
        if any(poison in waiting.text for waiting in claim.waiting):
            raise RuntimeError("poison")
        answer = await think(self, claim)
        match edges.passes("turn"):
            case "die after":
                die()
            case "stalls":
                await asyncio.sleep(STALLED)
        return answer

    Turn._think = troubled  # type: ignore[method-assign]


def install(plan: dict[str, Any]) -> None:
    edges = Edges(plan)
    move_the_clock(edges)
    trouble_commits(edges)
    trouble_calls(edges)
    trouble_turns(edges, plan["poison"])
