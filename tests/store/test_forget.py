"""Who asks is forgotten at once, and nobody else."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from bot.model.case import CaseReason, HandoffNote
from bot.model.delivery import Status
from bot.model.dialogue import HandOver
from bot.store import cases, forget
from bot.store.database import Database, Tx
from bot.store.tables import message, metadata

from ..conftest import Clock
from .river import CHANNEL, River


@pytest.fixture
def river(database: Database, clock: Clock) -> River:
    return River(database, clock)


def rows(tx: Tx) -> dict[str, int]:
    counted = {table.name: tx.scalar(select(func.count()).select_from(table)) or 0 for table in metadata.sorted_tables}
    return {name: count for name, count in counted.items() if count}


async def talked(river: River, who: str) -> int:
    await river.write(who, "chào", "m1")
    (claim,) = await river.claim("w")
    await river.answer(claim, ["một"])
    (row,) = await river.claim_sends()
    await river.settle(row, Status.SENT)
    return claim.conversation.id


async def test_who_asks_is_forgotten_whole_and_nobody_else(river: River, clock: Clock) -> None:
    first, _ = await talked(river, "an"), await talked(river, "binh")
    wanted = HandOver(CaseReason.ASKED)
    case_id, _ = await river.database.run(lambda tx: cases.open_or_add(tx, first, wanted, HandoffNote("xóa giúp"), clock()))
    assert await river.database.read(lambda tx: forget.of_case(tx, case_id)) == first
    await river.database.run(lambda tx: forget.forget(tx, river.database.keyring, first, clock()))
    assert await river.database.read(rows) == {"conversation": 1, "message": 2}
    assert await river.database.read(lambda tx: forget.of_case(tx, case_id)) is None


@pytest.mark.parametrize("how", [forget.forget, forget.empty])
async def test_no_id_of_a_message_is_given_out_twice(river: River, clock: Clock, how: Callable[..., None]) -> None:
    given: list[int] = []
    for _ in range(3):
        first = await talked(river, "an")

        def gone(tx: Tx, of: int = first) -> None:
            how(tx, river.database.keyring, of, clock())

        given += await river.database.read(lambda tx: list(tx.scalars(select(message.c.id).where(message.c.channel == CHANNEL))))
        await river.database.run(gone)
    assert len(given) == 6
    assert sorted(set(given)) == given
