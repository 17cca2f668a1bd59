"""Where a turn's time goes: the busiest row under cProfile, in the event loop and in the database's threads alike.

Times are those of the processor, so that neither waiting for work nor for the interpreter's lock counts.
"""

import cProfile
import pstats
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import FrameType

from ..settings import Settings
from ..written import read_written
from .citizen import Does
from .house import open_house, scratch_database
from .lines import AtOnce
from .turn import AT_ONCE, Wanted

SHOWN = 30
"""Functions of each list."""


class Threads:
    """Profiles every thread that is started after `watch`; read it once they have ended."""

    def __init__(self) -> None:
        self.profiles: list[cProfile.Profile] = []

    def watch(self) -> None:
        threading.setprofile(self._first_call)

    def leave(self) -> None:
        threading.setprofile(None)

    def _first_call(self, _frame: FrameType, _event: str, _argument: object) -> None:
        """A new thread's first event: from here on its own profile takes over."""
        sys.setprofile(None)
        profile = cProfile.Profile(time.thread_time)
        self.profiles.append(profile)
        profile.enable()


async def profiled(settings: Settings, wanted: Wanted) -> str:
    """The functions that take most time of their own, for each turn, as text for people."""
    written = read_written(settings)
    threads, loop = Threads(), cProfile.Profile(time.thread_time)
    threads.watch()
    async with AsyncExitStack() as stack:
        stack.callback(threads.leave)
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=settings.var))
        settings = replace(settings, database_url=wanted.database or f"sqlite:///{folder}/bench.db")
        database = await stack.enter_async_context(scratch_database(settings))
        async with open_house(settings, database, written, AtOnce(), AT_ONCE) as house:
            loop.enable()
            await house.measure(wanted.at_once, Does.WRITES, wanted.seconds)
            loop.disable()
            turns = house.street.turns
    lists = (listed("Vòng sự kiện", [loop], turns), listed("Các luồng của cơ sở dữ liệu", threads.profiles, turns))
    return "\n\n".join((f"{turns} lượt gõ chữ, mô hình giả.", *lists))


def listed(title: str, profiles: Sequence[cProfile.Profile], turns: int) -> str:
    """Own time and calls a turn, the costliest functions first."""
    if not profiles:
        return f"{title}: không có gì"
    stats = pstats.Stats(*profiles).stats  # type: ignore[attr-defined]  # a plain attribute that the stubs leave out
    rows = sorted(((own, calls, where) for where, (_, calls, own, _, _) in stats.items()), reverse=True)
    total = sum(own for own, _, _ in rows)
    lines = [f"{1000 * own / turns:9.3f}  {calls / turns:9.1f}  {_place(*where)}" for own, calls, where in rows[:SHOWN]]
    return "\n".join([f"{title}: {1000 * total / turns:.2f} ms một lượt", "  ms/lượt  lần/lượt  hàm", *lines])


def _place(file: str, line: int, name: str) -> str:
    return name if file == "~" else f"{'/'.join(Path(file).parts[-3:])}:{line} {name}"
