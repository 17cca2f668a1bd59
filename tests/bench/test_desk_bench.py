"""The bench of the desk's pages: over HTTP, on a database that nobody else needs, and honest where an answer is not what it should be."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from litestar.types import Message, Receive, Scope, Send
from sqlalchemy import text

from bot.bench.desk import Timed, Wanted, measured
from bot.bench.desk_figures import Filled, Report, row
from bot.bench.desk_fill import fill
from bot.bench.made_up import TEAMS, VOLUNTEERS
from bot.bench.visitor import Seen
from bot.model.case import CaseStatus
from bot.model.errors import SettingsError
from bot.model.people import Role
from bot.settings import Settings
from bot.store import people, scratch
from bot.store.database import Database, connect
from bot.written import Written

from ..databases import KEYRING

CASES, MESSAGES = 300, 4000
SHORT = 0.1


def quiet(_line: str) -> None:
    pass


async def test_every_page_is_asked_and_nothing_is_left(settings: Settings, database_url: str) -> None:
    report = await measured(settings, Wanted(CASES, MESSAGES, SHORT, database_url), quiet)
    assert [found.name for found in report.rows if not found.valid] == []
    assert len(report.rows) >= 20
    for found in report.rows:
        assert None not in (found.server.p50, found.server.p95, found.whole.p50)
        assert (found.server.p50 or 0) < (found.whole.p50 or 0)
    after = connect(database_url, KEYRING)
    assert not await after.read(lambda tx: scratch.is_taken(tx, "nobody"))
    assert await after.read(lambda tx: tx.scalar(text("SELECT count(*) FROM message"))) == 0
    after.close()


async def test_a_province_with_people_is_refused_and_stays(settings: Settings, database: Database, database_url: str) -> None:
    now = datetime.now(UTC)
    await database.run(lambda tx: people.add(tx, "TNV-1", "Thử Thị Mơ", Role.VOLUNTEER, people.province_desk(tx).id, now))
    with pytest.raises(SettingsError, match="đang giữ dữ liệu của người khác"):
        await measured(settings, Wanted(CASES, MESSAGES, SHORT, database_url), quiet)
    assert await database.read(lambda tx: people.by_code(tx, "TNV-1")) is not None


async def test_what_is_filled_in_is_like_what_comes_about(database: Database, written: Written) -> None:
    known = await fill(database, written, CASES, MESSAGES, "made up", quiet)

    def count(what: str) -> Any:
        return database.read(lambda tx: tx.scalar(text(f"SELECT count(*) FROM {what}")))

    assert [await count(name) for name in ("cases", "message", "volunteer")] == [CASES, MESSAGES, VOLUNTEERS + 3]
    assert await count("team") == TEAMS + 1
    assert await count("cases WHERE status = 'closed'") == sum(one.status is CaseStatus.CLOSED for one in known.planned)
    assert await count("conversation WHERE owner_kind = 'human'") == await count("cases WHERE status = 'taken'")
    stored = await database.read(lambda tx: tx.scalar(text("SELECT text FROM message WHERE author = 'bot' LIMIT 1")))
    assert b"B\xc6\xb0\xe1\xbb\x9bc" not in bytes(stored)
    assert KEYRING.show(bytes(stored)).decode().startswith("**Bước")


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (httpx.Response(200, headers={"server-timing": "app;dur=12.5"}, text='<p class="card">'), True),
        (httpx.Response(500, headers={"server-timing": "app;dur=12.5"}, text='<p class="card">'), False),
        (httpx.Response(200, text='<p class="card">'), False),
        (httpx.Response(200, headers={"server-timing": "app;dur=12.5"}, text="Không có ca nào như thế."), False),
    ],
    ids=["as it should be", "an error", "untimed", "nothing found"],
)
def test_one_wrong_answer_spoils_its_row(answer: httpx.Response, right: bool) -> None:
    answer.request = httpx.Request("GET", "http://127.0.0.1/desk/cases")
    seen = Seen("hàng chờ", [1.0, 2.0], [2.0, 3.0])
    seen.note(answer, 0.02, (200,), "card")
    found = row(seen)
    assert found.valid is right
    report = Report({"nhân": 2}, 1.0, Filled(1, 1, 1.0), (found,))
    assert ("KHÔNG HỢP LỆ" in report.as_table()) is not right
    assert json.loads(json.dumps(report.as_json()))["rows"][0]["valid"] is right


def test_a_page_over_the_target_is_marked() -> None:
    report = Report({}, 1.0, Filled(1, 1, 1.0), (row(Seen("nhanh", [99.0], [100.0])), row(Seen("chậm", [100.5], [120.0]))))
    quick, slow = report.as_table().splitlines()[-2:]
    assert "!" not in quick
    assert "100.5 !" in slow


async def test_the_time_is_that_until_the_answer_is_made() -> None:
    async def slow(_scope: Scope, _receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.05)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(0.2)

    sent: list[Any] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    await Timed(slow)({"type": "http"}, None, keep)  # type: ignore[arg-type]
    ((name, value),) = sent[0]["headers"]
    assert name == b"server-timing"
    assert 50 <= float(value.removeprefix(b"app;dur=")) < 200
