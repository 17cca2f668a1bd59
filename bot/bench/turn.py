"""`danloi bench turn`: the whole turn as a citizen meets it, from the door to the last reply sent, in one process with its real parts.

Two figures a row: how many turns a second with so many citizens at once, each waiting for its reply before it goes on; and how long one
turn takes, under that load and for a citizen alone.
"""

import os
import platform
import tempfile
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from ..language import Language
from ..model.grouping import Grouping
from ..settings import Settings
from ..store import scratch
from ..store.database import Database
from ..understanding.reader import Model
from ..written import Written, read_written
from .citizen import Does
from .figures import Plan, Report, Row
from .house import open_house, scratch_database
from .lines import AtOnce

AT_ONCE = Grouping(0, 0)
CROWD = 8
"""How many times more citizens a row with waiting has: else nothing but the wait would be seen."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to measure. `database`: the URL of an empty one, None for SQLite in a temporary folder. `at_once`: citizens."""

    seconds: float
    at_once: int
    database: str | None = None


def plans(settings: Settings) -> tuple[Plan, ...]:
    """Every row that tells something: a tap never asks the model and never waits for the next."""
    return (
        Plan(Does.TAPS, "none", AT_ONCE),
        Plan(Does.WRITES, "faked", AT_ONCE),
        Plan(Does.WRITES, "real", AT_ONCE),
        Plan(Does.WRITES, "real", Grouping(settings.group_pause, settings.group_limit)),
    )


async def measured(settings: Settings, wanted: Wanted, rows: Iterable[Plan], note: Callable[[str], None]) -> Report:
    """Measure those rows, one after the other. `note` is told what is being done."""
    written = read_written(settings)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=settings.var))
        settings = replace(settings, database_url=wanted.database or f"sqlite:///{folder}/bench.db")
        database = await stack.enter_async_context(scratch_database(settings))
        rows = tuple(rows)
        models = await _models(settings, written, rows, stack)
        version = await database.read(scratch.version)
        found = []
        for place, plan in enumerate(rows, 1):
            note(f"Đang đo {place}/{len(rows)} …")
            found.append(await _row(settings, database, written, models[plan.model], wanted, plan, version))
    return Report(_machine(version), wanted.seconds, tuple(found))


async def _row(
    settings: Settings, database: Database, written: Written, model: Model | None, wanted: Wanted, plan: Plan, version: str
) -> Row:
    citizens = wanted.at_once * (CROWD if plan.grouping.pause else 1)
    async with open_house(settings, database, written, model, plan.grouping) as house:
        together = await house.measure(citizens, plan.does, wanted.seconds)
        alone = await house.measure(1, plan.does, wanted.seconds)
    return Row(plan, version.split()[0], together, alone)


async def _models(settings: Settings, written: Written, rows: Iterable[Plan], stack: AsyncExitStack) -> dict[str, Model | None]:
    """The real one is started only where a row asks for it."""
    models: dict[str, Model | None] = {"none": None, "faked": AtOnce()}
    if any(plan.model == "real" for plan in rows):
        language = Language(settings, written.catalogue)
        stack.push_async_callback(language.stop)
        await language.start()
        await language.ready()
        models["real"] = language.nlu
    return models


def _machine(version: str) -> dict[str, object]:
    return {"cores": os.cpu_count(), "python": platform.python_version(), "database": version}
