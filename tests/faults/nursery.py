"""Where tests that need many processes have them born: a start reads all that is written, for seconds; a fork of one that has read it
begins at once.

What is forked is `danloi serve` as the command line runs it, with its own memory, threads, connections and number, and kill -9 kills it.
`python -m tests.faults.nursery FOLDER` reads orders, one a line ({"env", "argv", "output", "plan"}), and answers in lines: `born PID`,
`dead PID STATUS` (a signal's number is negative).
"""

import asyncio
import json
import os
import random
import select
import signal
import sys
import traceback
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from .process import Served

ROOT = Path(__file__).parents[2]


class Nursery:
    """The tests' end of it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._born: asyncio.Queue[int] = asyncio.Queue()
        self._one = asyncio.Lock()
        self._ends: dict[int, asyncio.Future[int]] = {}

    async def bears(self, **order: Any) -> int:
        """The number of a new process."""
        assert self._process.stdin is not None
        async with self._one:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            await self._process.stdin.drain()
            return await self._born.get()

    async def ends(self, pid: int) -> int:
        """Wait until it does. The exit status."""
        return await asyncio.shield(self._ends[pid])

    def lives(self, pid: int) -> bool:
        return not self._ends[pid].done()

    async def listen(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            word, pid, *status = line.decode().split()
            if word == "born":
                self._ends[int(pid)] = asyncio.get_running_loop().create_future()
                self._born.put_nowait(int(pid))
            elif word == "dead":
                self._ends[int(pid)].set_result(int(status[0]))


class Forked(Served):
    """As its parent class, born in the nursery. `plan`: what goes wrong in this life, see edges.py; nothing, if it is empty."""

    def __init__(self, nursery: Nursery, var: Path, database_url: str, **environment: str) -> None:
        super().__init__(var, database_url, **environment)
        self._nursery = nursery
        self._pid = 0
        self.plan: dict[str, Any] = {}

    async def start(self) -> None:
        argv = ["danloi", "serve", "--port", str(self.port)]
        self._pid = await self._nursery.bears(env=self._environment, argv=argv, output=str(self.output), plan=self.plan)
        await self._until_healthy()

    @property
    def pid(self) -> int:
        return self._pid

    @property
    def lives(self) -> bool:
        return self._pid != 0 and self._nursery.lives(self._pid)

    async def ends(self) -> int:
        return await self._nursery.ends(self._pid)

    def sends(self, number: signal.Signals) -> bool:
        """Whether anybody was there to get the signal: who has just died by itself may not have been reported yet."""
        if not self.lives:
            return False
        try:
            os.kill(self._pid, number)
        except ProcessLookupError:
            return False
        return True

    async def end(self, number: signal.Signals) -> int:
        self.sends(number)
        return await self.ends()


@asynccontextmanager
async def nursery(folder: Path) -> AsyncIterator[Nursery]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.nursery", str(folder)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    it = Nursery(process)
    listening = asyncio.create_task(it.listen())
    try:
        yield it
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
        await listening


# --- the nursery's own end


def main(folder: str) -> None:
    from bot import __main__, serve
    from bot.settings import load
    from bot.written import read_written

    written = read_written(load({"DANLOI_VAR": folder}))
    vars(serve)["read_written"] = lambda _settings: written
    died, tell = os.pipe()
    os.set_blocking(died, False)
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    waiting = b""
    while True:
        ready, _, _ = select.select([0, died], [], [])
        if died in ready:
            os.read(died, 1000)
            _say(f"dead {pid} {os.waitstatus_to_exitcode(status)}" for pid, status in _dead())
        if 0 in ready:
            part = os.read(0, 65536)
            if not part:
                return
            *orders, waiting = (waiting + part).split(b"\n")
            for order in orders:
                pid = os.fork()
                if pid == 0:
                    _live(json.loads(order), __main__.main)
                _say([f"born {pid}"])


def _dead() -> Iterable[tuple[int, int]]:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, status


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        os.write(1, f"{line}\n".encode())


def _live(order: dict[str, Any], run: Any) -> None:
    """The child: everything is its own before it begins."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(order["env"])
    output = os.open(order["output"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.closerange(3, 256)
    random.seed()
    sys.argv = order["argv"]
    code: Any = 0
    try:
        if order["plan"]:
            from .edges import install

            install(order["plan"])
        run()
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    main(sys.argv[1])
