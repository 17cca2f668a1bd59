"""How a process tells of itself: `/healthz`, `/readyz`, `/metrics`; what each must say when a part is gone, and to whom."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from bot import metrics
from bot.channels.webchat import WebChat
from bot.health import Health, Looked, probes
from bot.loops import Loop
from bot.model.clock import now
from bot.settings import Settings
from bot.store.database import Database, connect
from bot.store.migrate import downgrade, is_behind
from bot.store.tables import case, conversation
from bot.written import Written

from ..conftest import Clock
from ..databases import KEYRING
from ..fakes.behind_web import Behind, serving
from ..fakes.channel import FakePlatform
from ..talk import House

TOKEN = "a token made up for tests, no secret"


async def works() -> bool:
    return True


async def never() -> bool:
    await asyncio.Event().wait()
    return True


async def nothing() -> None:
    return None


@asynccontextmanager
async def asked(health: Health) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(Behind(), WebChat(), str, routes=probes(health)) as url, httpx.AsyncClient(base_url=url) as http:
        yield http


@pytest.fixture
def health(database: Database) -> Health:
    return Health(database, works, [FakePlatform("web")], TOKEN)


async def test_a_process_that_is_well_says_so(health: Health) -> None:
    async with asked(health) as http:
        assert (await http.get("/healthz")).text == "ok"
        ready = await http.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"store": "ok", "nlu": "ok", "channels": {"web": "ok"}})


async def test_without_the_model_and_with_a_channel_in_trouble_citizens_are_still_welcome(database: Database) -> None:
    platform = FakePlatform("telegram:7")
    platform.trouble = "Telegram does not answer"
    async with asked(Health(database, never, [platform], TOKEN)) as http:
        ready = await http.get("/readyz", timeout=20)
    assert (ready.status_code, ready.json()["nlu"]) == (200, "away")
    assert ready.json()["channels"] == {"telegram:7": "Telegram does not answer"}


async def test_a_database_that_is_away_is_no_reason_to_start_again_but_one_to_send_nobody_here() -> None:
    away = connect("postgresql://nobody@127.0.0.1:1/none", KEYRING)
    async with asked(Health(away, works, [], TOKEN)) as http:
        assert (await http.get("/healthz")).status_code == 200
        ready = await http.get("/readyz")
        measured = (await http.get("/metrics")).text
    away.close()
    assert (ready.status_code, ready.json()["nlu"]) == (503, "ok")
    assert "does not answer" in ready.json()["store"]
    assert values(measured, "danloi_store_up") == {(): 0}
    assert values(measured, "danloi_cases_waiting") == {}


async def test_a_database_of_an_older_release_is_not_ready_and_one_of_a_later_is(health: Health, database: Database) -> None:
    downgrade(database.engine, "0001")
    async with asked(health) as http:
        ready = await http.get("/readyz")
    assert (ready.status_code, ready.json()["store"]) == (503, "The database is of an older release: run `danloi migrate`.")
    await database.run(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = 'of next year'")))
    assert not await database.read(is_behind)


async def test_a_loop_or_a_writer_that_died_asks_to_be_started_again(health: Health, database: Database) -> None:
    loop = Loop("turns", nothing, 60)
    health.loops = [loop]
    loop.start()
    assert health.dead() == []
    assert loop._task is not None
    loop._task.cancel()
    await asyncio.gather(loop._task, return_exceptions=True)
    async with asked(health) as http:
        dead = await http.get("/healthz")
        assert (dead.status_code, dead.text) == (503, "dead: loop turns")
        assert (await http.get("/readyz")).json()["dead"] == ["loop turns"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_without_its_writer_a_process_is_dead(health: Health, database: Database) -> None:
    file: Any = database
    await asyncio.to_thread(file._writer.close)
    async with asked(health) as http:
        assert (await http.get("/healthz")).text == "dead: database writer"


async def test_a_loop_that_was_stopped_is_not_dead() -> None:
    loop = Loop("turns", nothing, 60)
    loop.start()
    await loop.stop()
    assert loop.alive


async def test_who_is_about_to_stop_is_sent_nobody(health: Health) -> None:
    health.draining = True
    async with asked(health) as http:
        ready = await http.get("/readyz")
        assert (ready.status_code, ready.json()["draining"]) == (503, True)
        assert (await http.get("/healthz")).status_code == 200
        assert values((await http.get("/metrics")).text, "danloi_draining") == {(): 1}


async def test_a_thousand_questions_are_one_look() -> None:
    looks, go = 0, asyncio.Event()
    time = 0.0

    async def look() -> int:
        nonlocal looks
        looks += 1
        await go.wait()
        return looks

    looked = Looked(look, lambda: time)
    waiting = [asyncio.ensure_future(looked()) for _ in range(1000)]
    await asyncio.sleep(0)
    go.set()
    assert set(await asyncio.gather(*waiting)) == {1}
    assert await looked() == 1
    time = 2.0
    assert await looked() == 2


@pytest.mark.parametrize(
    ("headers", "at_home", "allowed"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"X-Forwarded-For": "203.0.113.7"}, True, False),
        ({"Via": "1.1 proxy"}, True, False),
        ({"Authorization": f"Bearer {TOKEN}"}, False, True),
        ({"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "203.0.113.7"}, False, True),
        ({"Authorization": "Bearer guessed"}, False, False),
        ({"Authorization": f"Basic {TOKEN}"}, False, False),
    ],
)
async def test_who_may_read_the_figures(health: Health, headers: dict[str, str], at_home: bool, allowed: bool) -> None:
    health.at_home = at_home
    async with asked(health) as http:
        answer = await http.get("/metrics", headers=headers)
    assert answer.status_code == (200 if allowed else 401)
    assert ("danloi_turns_total" in answer.text) == allowed


@pytest.mark.parametrize(
    ("changed", "at_home"),
    [({}, True), ({"host": "0.0.0.0"}, False), ({"public_url": "https://danloi.example"}, False)],
)
def test_at_home_is_only_who_nobody_else_can_reach(
    settings: Settings, database: Database, written: Written, changed: dict[str, Any], at_home: bool
) -> None:
    from bot.web import Site

    site = Site(replace(settings, **changed), database, written.words, works)
    assert site.health.at_home is at_home


async def test_what_waits_is_told(database: Database, settings: Settings, written: Written, clock: Clock) -> None:
    house = House(settings, database, written, None, clock)
    clock.now = now() - timedelta(minutes=10)
    an = await house.talk("0912345678")
    await an.says("gặp người")
    await house.deliver()
    await an.says("menu")
    await database.run(lambda tx: tx.execute(case.update().values(breached=True)))
    waits = await figures(Health(database, works, [], TOKEN))
    assert waits("danloi_cases_waiting") == {("commune",): 0, ("neighbours",): 0, ("province",): 1}
    assert waits("danloi_cases_late") == {(): 1}
    assert waits("danloi_outbox_messages") == {("web",): 1}
    assert waits("danloi_outbox_oldest_seconds")[("web",)] >= 600
    assert waits("danloi_inbound_overdue_seconds") == {(): 0}
    await database.run(lambda tx: tx.execute(conversation.update().values(due_at=now() - timedelta(seconds=90))))
    assert (await figures(Health(database, works, [], TOKEN)))("danloi_inbound_overdue_seconds")[()] >= 90


async def test_a_turn_is_counted_at_each_of_its_stages(database: Database, settings: Settings, written: Written, clock: Clock) -> None:
    health = Health(database, works, [], TOKEN)
    before = await figures(health)
    house = House(settings, database, written, None, clock)
    an = await house.talk("an")
    await an.says("gặp người")
    await an.says("zzz qqq")
    await house.deliver()
    after = await figures(health)

    def more(name: str, *labels: str) -> float:
        return after(name)[labels] - before(name).get(labels, 0)

    assert more("danloi_turns_total", "answered") == 2
    for stage, times in (("claim", 2), ("understand", 1), ("commit", 2), ("first_send", 2)):
        assert more("danloi_turn_stage_seconds_count", stage) == times, stage
    assert more("danloi_nlu_readings_total", "none") == 1
    assert more("danloi_messages_received_total", "web", "new") == 2
    assert more("danloi_sends_total", "web", "sent") == len(house.platform.got)
    assert after("danloi_office_held")[("sender:web",)] == 1


async def test_no_label_holds_anything_of_anybody(database: Database, settings: Settings, written: Written, clock: Clock) -> None:
    house = House(settings, database, written, None, clock)
    await (await house.talk("0912345678")).says("tôi là Giàng Thị Mỷ, gặp người")
    await house.deliver()
    labels = {
        (name, value)
        for family in text_string_to_metric_families((await Health(database, works, [], TOKEN).metrics()).decode())
        for sample in family.samples
        if family.name.startswith("danloi_")
        for name, value in sample.labels.items()
    }
    known = {"outcome", "stage", "by", "account", "kind", "office", "loop", "rung", "peer", "le", "event"}
    assert {name for name, _ in labels} <= known
    assert {"0912345678", "Giàng"} & {word for _, value in labels for word in value.split()} == set()
    assert {value for name, value in labels if name == "account"} >= {"web"}


async def test_when_a_token_runs_out_is_told_by_who_has_it(database: Database) -> None:
    moment: datetime | None = now() + timedelta(hours=1)
    metrics.token_expires("zalo:test", lambda: moment)
    health = Health(database, works, [], TOKEN)
    left = (await figures(health))("danloi_token_expires_seconds")[("zalo:test",)]
    assert 3500 < left <= 3600
    moment = None
    assert (await figures(health))("danloi_token_expires_seconds")[("zalo:test",)] != left
    metrics.TOKEN_EXPIRES.remove("zalo:test")


async def figures(health: Health) -> Callable[[str], dict[tuple[str, ...], float]]:
    measured = (await health.metrics()).decode()
    return lambda name: values(measured, name)


def values(measured: str, name: str) -> dict[tuple[str, ...], float]:
    """The samples of that name, by the values of their labels."""
    families = text_string_to_metric_families(measured)
    return {tuple(one.labels.values()): one.value for family in families for one in family.samples if one.name == name}
