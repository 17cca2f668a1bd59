"""«Xóa cuộc trò chuyện»: the citizen asks, confirms, and nothing of it is left but that they were told so."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, select

from bot.model.message import Inbound, Kind
from bot.store.tables import case, event, message, metadata, owner_event, timer

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
    assert [len(await rows(house_on_each, table)) for table in (case, event, timer, owner_event, message)] == [0, 0, 0, 0, 1]
    assert len(metadata.tables) > 5
    assert (await house_on_each.deliver())[-1] == turn.text


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
