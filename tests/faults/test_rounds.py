"""Rounds of faults against real processes: `make faults SEED=7 ROUNDS=200`. A round that fails names its seed, the promise, the person.

The lots (which faults, where, to whom) are the same for a seed; how real processes interleave is not.
"""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError

from bot.model.errors import DanLoiError
from bot.settings import Settings
from bot.store.database import Database, connect
from bot.store.migrate import upgrade
from bot.written import Written

from ..databases import KEYRING, fresh_postgres
from .judge import judge
from .nursery import Nursery
from .postgres import Postgres, postgres
from .story import LAST, Cast, Known, Volunteer, cast, learn, live, volunteer
from .world import World, world

ALWAYS = 1
"""Rounds on each engine that `make test` plays, half a minute each on an idle machine."""
CROWD = 4
PASSES = 2
"""How often everything goes wrong in a round."""
MOST = 270.0
"""Seconds that a round may take in all; what takes longer has come to no verdict."""
REST = 150
"""Looks until everything must have come to rest; the clock goes on by half a minute before each. Zalo's minute of rest is a real one."""

CALM = 90.0
"""Seconds in which everybody is answered when all is calm: a Zalo that has just said it is too much rests for a minute."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        first, rounds = metafunc.config.getoption("--seed"), metafunc.config.getoption("--rounds")
        metafunc.parametrize("seed", range(first, first + (rounds or ALWAYS)))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with postgres(tmp_path_factory.mktemp("killed")) as it:
        yield it


@pytest_asyncio.fixture(loop_scope="session")
async def known(settings: Settings, written: Written, tmp_path: Path) -> AsyncIterator[Known]:
    database: Database = connect(f"sqlite:///{tmp_path / 'calm.db'}", KEYRING)
    upgrade(database.engine)
    yield await learn(settings, database, written)
    database.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_round(
    engine: str,
    seed: int,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    known: Known,
    born_in: Nursery,
    capsys: pytest.CaptureFixture[str],
) -> None:
    database: Postgres | None = request.getfixturevalue("server") if engine == "postgres" else None
    folder = tmp_path / "world"
    folder.mkdir()
    url = f"sqlite:///{folder / 'danloi.db'}" if database is None else fresh_postgres(database.url)
    began = time.monotonic()
    line: dict[str, object] = {"seed": seed, "database": engine, "messages": 0, "replies": {}}
    try:
        async with world(seed, folder, url, database, born_in) as it:
            try:
                async with asyncio.timeout(MOST):
                    players, rows, pages, exits = await lives_through(it, known)
            finally:
                line |= {"seconds": round(time.monotonic() - began), **told_of(it)}
    except (AssertionError, TimeoutError) as stuck:
        note(request.config, {**line, "broken": [], "no verdict": str(stuck) or type(stuck).__name__})
        raise
    broken = judge(players, rows, pages)
    statuses = Counter(row.status for row in rows if row.direction == "out")
    line |= {"messages": sum(row.direction == "in" for row in rows), "replies": dict(statuses), "broken": [str(one) for one in broken]}
    with capsys.disabled():
        print(f"\nround {told(line)}", flush=True)
    note(request.config, line)
    assert not broken, f"seed {seed} on {engine}: " + "; ".join(map(str, broken)) + f"; faults: {line['by kind']}; see {folder}"
    assert set(exits) == {0}


async def lives_through(it: World, known: Known) -> tuple[Cast, Sequence[Row[Any]], Mapping[str, list[str]], list[int]]:
    """Who lived, what our tables hold of it, the volunteer's pages by name, and how the processes ended."""
    await it.begin(1 if it.postgres is None else 2)
    async with volunteer(it) as helper:
        await helper.enters()
        players = cast(it, known, CROWD)
        try:
            await play(it, players, helper)
            await come_to_rest(it)
            pages = {life.who.name: await helper.lines(life.case) for life in players.helped if life.case}
            await go_on(it, players, helper)
            await come_to_rest(it)
            rows = await it.rows()
            return players, rows, pages, await it.stop()
        finally:
            await players.leave()


def told_of(it: World) -> dict[str, object]:
    counts = it.counts()
    return {"faults": sum(counts.values()), "kills": kills(counts), "by kind": dict(sorted(counts.items()))}


async def play(it: World, players: Cast, helper: Volunteer) -> None:
    """Everybody lives, and meanwhile everything goes wrong."""
    living = asyncio.create_task(live(it, players, helper))
    troubles = asyncio.create_task(trouble(it, living))
    await asyncio.gather(living, troubles)


async def trouble(it: World, living: "asyncio.Task[None]") -> None:
    dice = random.Random(f"{it.seed} from outside")
    usual = [it.kill_bot, it.kill_nlu, it.kill_nlu, it.kill_postgres, it.kill_postgres, it.cut_database, it.cut_front, it.cut_platform]
    usual += [it.move_clock, it.skew_clock, it.flood, it.stop_bot]
    lots = [*usual, *([it.close_platform] if dice.random() < 0.25 else [])]
    for _ in range(PASSES):
        dice.shuffle(lots)
        for what in lots:
            await asyncio.sleep(dice.uniform(0.1, 0.9))
            if living.done():
                return
            await what(dice)


async def come_to_rest(it: World) -> None:
    """From now on all is calm: nothing waits, nothing is on its way."""
    it.be_calm()
    for _ in range(REST):
        with suppress(DBAPIError, DanLoiError):
            rows = await it.rows()
            if not it.telegram.pending and all(row.status not in ("waiting", "queued", "sending") for row in rows):
                return
        it.forward(30)
        await asyncio.sleep(0.5)
    left = [(row.direction, row.author, row.status, row.block) for row in rows if row.status in ("waiting", "queued", "sending")]
    raise AssertionError(f"seed {it.seed}: something is never settled: {left}, {len(it.telegram.pending)} updates not fetched")


async def go_on(it: World, players: Cast, helper: Volunteer) -> None:
    """Whatever happened, everybody is answered now."""
    for life in (*players.helped, players.poisoned):
        case = life.case or await it.case_of(life.who.address)
        if case is not None:
            await helper.takes(case)
            await helper.gives_back(case)
    await asyncio.gather(*(life.ask(LAST) for life in players.lives))
    answered = await asyncio.gather(*(life.sees(players.known.topics[LAST][-1], CALM) for life in players.lives))
    stuck = [life.who.name for life, seen in zip(players.lives, answered, strict=True) if not seen]
    assert not stuck, f"seed {it.seed}: not answered when all was calm: {stuck}"


def kills(counts: Counter[str]) -> int:
    return sum(times for kind, times in counts.items() if kind.startswith("kill") or "die" in kind)


def told(line: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in line.items() if name not in ("by kind", "broken")) + (
        ": kept" if not line["broken"] else f": BROKEN {line['broken']}"
    )


def note(config: pytest.Config, line: dict[str, object]) -> None:
    """One line of JSON a round; `python -m tests.faults.totals FILE` adds them up."""
    report = config.getoption("--report")
    if report:
        with Path(report).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
