"""The benchmark of what answers for the model: asked for real, told honestly, also where answers fail."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.bench import nlu as bench
from bot.bench.asking import Asked, Client, load
from bot.bench.nlu import OURS, STOCK, Contender, Report, Row, Speed, Wanted
from bot.model.meaning import Reading
from bot.settings import Settings
from bot.understanding.evaluation.examples import Example
from bot.understanding.evaluation.judged import Judged

from ..fakes.rasa_server import RasaServer, rasa_server
from ..understanding.conftest import TOKEN, model  # noqa: F401

EXAMPLES = [Example("eid_password", "quên mật khẩu vneid", variant="plain"), Example("greet", "chào bạn", variant="plain")]


async def test_a_contender_is_asked_and_loaded(settings: Settings, model: Path) -> None:  # noqa: F811
    settings = replace(settings, secrets={**settings.secrets, "nlu_token": TOKEN})
    row = Row(Contender(OURS, "light", model, 2))
    await bench._round(settings, Wanted(0.2, 1, stock=False), row, EXAMPLES)
    assert row.accuracy == 1.0
    assert row.start_up > 0
    assert row.memory > 50
    figures = [speed.as_json() for speed in row.speeds.values()]
    assert all(figure["answers"] > 0 and figure["errors"] == 0 and figure["p95"] >= figure["p50"] for figure in figures)


@pytest.fixture
async def server() -> AsyncIterator[RasaServer]:
    async with rasa_server() as rasa:
        rasa.token = "t"
        yield rasa
        await asyncio.sleep(0)


async def test_answers_that_fail_are_counted(server: RasaServer) -> None:
    server.status = 500
    client, lost = Client(server.url, "t"), Client("http://127.0.0.1:1", "t")
    asked, gone = await load([client], ["chào"], 0.1), await load([lost], ["chào"], 0.05)
    await client.close()
    assert {one.status for one in asked} == {500}
    assert {one.status for one in gone} == {0}
    speed = Speed([*asked, *gone], 0.25).as_json()
    assert speed["errors"] == speed["answers"] == len(asked) + len(gone)
    assert speed["per_second"] == 0.0


def judged(read: str) -> list[Judged]:
    return [Judged(example, (Reading(read, 0.9),)) for example in EXAMPLES]


def test_the_report_compares_line_by_line() -> None:
    rows = [
        Row(Contender(STOCK, "rasa", Path("a"), 1), 9.0, 800.0, judged("out_of_scope")),
        Row(Contender(OURS, "light", Path("b"), 1), 0.4, 100.0, judged("greet")),
    ]
    rows[1].speeds[8] = Speed([Asked(0.0, 0.01, 200)] * 10, 2.0)
    report = Report({"cores": 2}, Wanted(2.0, 1, stock=True), 300.0, rows)
    assert report.paired()["all"][0] == 0.5
    assert "+50.0%" in report.as_table()
    assert report.as_json()["rows"][1]["clients"][8] == {"per_second": 5.0, "p50": 10.0, "p95": 10.0, "answers": 10, "errors": 0}


@pytest.mark.parametrize("clients", [1, 3])
async def test_every_client_begins_elsewhere(server: RasaServer, clients: int) -> None:
    asking = [Client(server.url, "t") for _ in range(clients)]
    await load(asking, [f"câu {number}" for number in range(3)], 0.05)
    await asyncio.gather(*(client.close() for client in asking))
    assert {f"câu {number}" for number in range(clients)} <= set(server.asked)
