"""The bench measures the real assistant, on a database that nobody else needs, and says so where its figures mean nothing."""

import json
import random
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.bench import lines
from bot.bench.citizen import Citizen, Does, Took
from bot.bench.figures import Load, Plan, Report, Row, load, percentile
from bot.bench.lines import AtOnce
from bot.bench.profile import profiled
from bot.bench.street import ACCOUNT, Street
from bot.bench.turn import Wanted, measured, plans
from bot.dialogue.router import settles
from bot.dialogue.state import State
from bot.model.errors import SettingsError, StoreBusy
from bot.model.grouping import Grouping
from bot.model.message import Address, Kind
from bot.settings import Settings
from bot.store import conversations, scratch
from bot.store.database import Database
from bot.understanding.reader import Reader
from bot.written import Written

from ..fakes.door import FakeDoor

TAPS = Plan(Does.TAPS, "none", Grouping(0, 0))
WRITES = Plan(Does.WRITES, "faked", Grouping(0, 0))
SHORT = 0.5


def quiet(_line: str) -> None:
    pass


@pytest.mark.parametrize("plan", [TAPS, WRITES])
async def test_a_short_run_gives_a_row(settings: Settings, database_url: str, plan: Plan) -> None:
    report = await measured(settings, Wanted(SHORT, 4, database_url), [plan], quiet)
    (row,) = report.rows
    assert row.valid
    assert (row.together.citizens, row.alone.citizens) == (4, 1)
    for found in (row.together, row.alone):
        assert found.turns > 0
        assert found.errors == 0
        assert found.p50 is not None
        assert found.p95 is not None
        assert 0 < found.p50 <= found.p95
    assert row.database in report.machine["database"]


async def test_a_database_that_somebody_uses_is_refused(settings: Settings, database: Database, database_url: str) -> None:
    now = datetime.now(UTC)
    await database.run(lambda tx: conversations.find_or_open(tx, database.keyring, Address("web", "an"), None, now))
    with pytest.raises(SettingsError, match="đang giữ dữ liệu của người khác"):
        await measured(settings, Wanted(SHORT, 1, database_url), [TAPS], quiet)
    assert await database.read(lambda tx: conversations.find(tx, database.keyring, Address("web", "an"))) is not None


async def test_tables_of_another_program_are_refused_and_stay_alone(settings: Settings, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE cow (name TEXT)")
    other.close()
    with pytest.raises(SettingsError):
        await measured(settings, Wanted(SHORT, 1, f"sqlite:///{tmp_path / 'other.db'}"), [TAPS], quiet)
    with sqlite3.connect(tmp_path / "other.db") as other:
        assert other.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("cow",)]
    other.close()


async def test_what_the_bench_left_behind_is_no_hindrance_and_goes(settings: Settings, database: Database, database_url: str) -> None:
    now = datetime.now(UTC)
    await database.run(lambda tx: conversations.find_or_open(tx, database.keyring, Address(ACCOUNT, "0"), None, now))
    await measured(settings, Wanted(SHORT, 1, database_url), [TAPS], quiet)
    assert await database.read(lambda tx: conversations.find(tx, database.keyring, Address(ACCOUNT, "0"))) is None
    assert not await database.read(lambda tx: scratch.is_taken(tx, "nobody"))


async def test_a_turn_that_fails_is_an_error_and_ends_that_citizen() -> None:
    door = FakeDoor()
    door.trouble = StoreBusy("made up")
    street = Street()
    await street.start(door)
    citizen = Citizen(street, Address(ACCOUNT, "0"), street.moves_in("0", 1), 0, Does.TAPS)
    await citizen.live(float("inf"))
    assert citizen.failed
    assert citizen.turns == []


async def test_a_model_that_is_away_spoils_the_row(settings: Settings) -> None:
    (row,) = (await measured(settings, Wanted(SHORT, 1), [Plan(Does.WRITES, "none", Grouping(0, 0))], quiet)).rows
    assert row.alone.errors > 0
    assert not row.valid


def test_every_line_needs_the_model_and_is_known_by_heart(written: Written) -> None:
    reader, chance = Reader(None, ()), random.Random(1)
    texts = [lines.written(chance) for _ in range(300)]
    assert len(set(texts)) > 290
    assert [text for text in texts if settles(written.library, State(), reader.glance(Kind.TEXT, text), date(2026, 11, 23))] == []


async def test_the_faked_model_names_what_there_is(written: Written) -> None:
    chance, model = random.Random(1), AtOnce()
    meanings = [await model.parse(lines.written(chance)) for _ in range(100)]
    intents = {meaning.ranking[0].intent for meaning in meanings}
    assert len(intents) > 5
    assert intents <= written.catalogue.intents


def test_only_turns_that_ended_in_time_are_counted() -> None:
    took = [Took(0.0, 0.9), Took(0.8, 1.0), Took(1.0, 1.1), Took(2.9, 3.1)]
    assert load(2, took, 0, 1.0, 3.0) == Load(2, 2, 0, 1.0, 100.0, 200.0)
    assert load(2, [], 0, 1.0, 3.0) == Load(2, 0, 0, 0.0, None, None)


def test_percentiles_are_values_that_were_measured() -> None:
    hundred = [float(n) for n in range(1, 101)]
    assert (percentile(hundred, 0.5), percentile(hundred, 0.95)) == (50.0, 95.0)
    assert percentile([7.0], 0.95) == 7.0


def test_a_row_with_errors_says_that_it_means_nothing() -> None:
    good, bad = Load(4, 10, 0, 5.0, 1.0, 2.0), Load(1, 10, 1, 5.0, 1.0, 2.0)
    report = Report({"cores": 2}, 5.0, (Row(TAPS, "SQLite", good, good), Row(WRITES, "SQLite", good, bad)))
    fine, spoilt = report.as_table().splitlines()[-2:]
    assert "KHÔNG HỢP LỆ" not in fine
    assert spoilt.endswith("1, KHÔNG HỢP LỆ")
    rows = json.loads(json.dumps(report.as_json()))["rows"]
    assert [row["valid"] for row in rows] == [True, False]
    assert rows[0]["plan"] == {"does": "tap", "model": "none", "grouping": {"pause": 0, "limit": 0}}


def test_the_rows_are_those_that_tell_something(settings: Settings) -> None:
    found = plans(settings)
    assert {plan.model for plan in found if plan.does is Does.TAPS} == {"none"}
    assert {(plan.model, plan.grouping.pause) for plan in found if plan.does is Does.WRITES} == {("faked", 0), ("real", 0), ("real", 1.5)}


async def test_the_profile_sees_the_loop_and_the_writer(settings: Settings) -> None:
    loop, threads = (await profiled(settings, Wanted(SHORT, 2))).split("Các luồng của cơ sở dữ liệu")
    assert "asyncio/" in loop
    assert "sqlite3" not in loop
    assert "'execute' of 'sqlite3.Cursor'" in threads
