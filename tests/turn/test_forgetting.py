"""«Xóa cuộc trò chuyện»: the citizen asks, confirms, and nothing of it is left but that they were told so."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, select

from bot.channels.webchat_stream import stream
from bot.model.message import Inbound, Kind
from bot.settings import Settings
from bot.store.ids import NOBODY
from bot.store.tables import case, event, message, metadata, owner_event, timer
from bot.understanding import text
from bot.web import Site
from nlu import text as nlu_text

from ..talk import House
from .test_turn import conversation_dump


async def rows(house: House, table: Table) -> Sequence[Any]:
    return await house.app.database.read(lambda tx: tx.execute(select(table)).all())


async def test_nothing_is_left_but_the_answer(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    for line in ("đăng ký định danh mức 2", "1", "tôi ở thôn Nà Lách bên suối", "gặp người"):
        await talk.says(line)
    assert "Nà Lách" in await house_on_each.app.database.read(conversation_dump)
    await talk.says("/xoa")
    turn = await talk.taps("Xóa hết")
    assert turn.blocks == ["common.forgotten"]
    kept = await house_on_each.app.database.read(conversation_dump)
    assert "Nà Lách" not in kept
    assert "eid_level_2" not in kept
    assert [len(await rows(house_on_each, table)) for table in (case, event, timer, owner_event)] == [0, 0, 0, 0]
    (answer,) = [row for row in await rows(house_on_each, message) if row.channel != NOBODY.channel]
    assert answer.text == turn.text
    assert len(metadata.tables) > 5
    assert (await house_on_each.deliver())[-1] == turn.text


async def test_nothing_of_it_is_remembered_by_the_process(house_on_each: House, opened: Counter[bytes]) -> None:
    line, talk = "tôi ở thôn Nà Lách bên suối", await house_on_each.talk("an")
    await talk.says(line)
    assert remembered(line)
    keys = house_on_each.app.database.keyring
    hidden = keys.hide(b"words")
    keys.show(hidden)
    assert not opened[hidden]
    await talk.says("/xoa")
    await talk.taps("Xóa hết")
    assert not remembered(line)
    keys.show(hidden)
    assert opened[hidden] == 1


def remembered(line: str) -> bool:
    """Whether anything that reads texts has this one at hand."""
    hits = 0
    for reads in (nlu_text.normalise, text.normalise, text.fold):  # the first is asked by the second
        before = reads.cache_info().hits
        reads(line)
        hits += reads.cache_info().hits - before
    return hits > 0


async def test_the_conversation_begins_anew(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    await talk.says("đăng ký định danh mức 2")
    await talk.says("xóa dữ liệu của tôi")
    await talk.says("có")
    assert (await talk.says("tiếp tục")).blocks == ["common.nothing_running"]
    assert (await talk.says("đăng ký định danh mức 2")).blocks == ["eid_level_2.intro", "eid_level_2.age"]


async def test_what_is_written_meanwhile_is_answered(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    await talk.says("/xoa")
    await house_on_each.app.door(Inbound(talk.address, "k1", Kind.TEXT, "có"))
    workers, turn = house_on_each.app.workers, house_on_each.app.turn
    (claim,) = await house_on_each.app.database.run(lambda tx: workers._claim(tx, 1))
    await house_on_each.app.door(Inbound(talk.address, "k2", Kind.TEXT, "menu"))
    await turn.take(claim)
    await house_on_each.work()
    assert [reply.block for record in house_on_each.records[-2:] for reply in record.replies] == ["common.forgotten", "common.menu"]


async def test_a_page_that_has_seen_the_newest_message_of_all_sees_the_farewell(house_on_each: House, settings: Settings) -> None:
    app = house_on_each.app
    ports = Site(settings, app.database, app.script.words, _ready)._ports(app.door)
    talk = await house_on_each.talk("an")
    for times in range(2):
        await talk.says("menu")
        await talk.says("/xoa")
        await house_on_each.deliver()
        seen = max(shown.id for shown in (await ports.history(talk.address, 0)).messages)
        farewell = await talk.taps("Xóa hết")
        await house_on_each.deliver()
        fresh = (await ports.history(talk.address, seen)).messages
        assert [shown.text for shown in fresh] == [farewell.text], times
        page = stream(ports, talk.address, seen)
        told = b"".join([await anext(page) for _ in range(2)]).decode()
        await page.aclose()  # type: ignore[attr-defined]
        assert re.findall(r"(?m)^id: (\d+)", told) == [str(fresh[0].id)]
    nobodys = [row for row in await rows(house_on_each, message) if row.channel == NOBODY.channel]
    assert len(nobodys) == (1 if app.database.engine.dialect.name == "sqlite" else 0), "one holds the place for all that were deleted"


async def _ready() -> bool:
    return True
