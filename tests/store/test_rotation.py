"""The data key is changed while the assistant serves: everything is written anew, a kill costs nothing, then the old key goes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.desk import keys
from bot.model.delivery import Status
from bot.model.errors import SettingsError, StoreError
from bot.store import rotation
from bot.store.crypto import Keyring
from bot.store.database import Database, Tx, connect
from bot.store.migrate import upgrade
from bot.store.tables import case_note, conversation

from ..conftest import Clock
from .river import River
from .test_retention import everything_of

ADDRESSES = "an address key made up for tests"
OLD, NEW = "an old data key made up for tests", "a new data key made up for tests"
PEOPLE = ("an", "binh", "chu")


@pytest.fixture
def both(database_url: str) -> Iterator[Database]:
    """Opened with the new key before the old one; what stands there was written under the old one."""
    opened = connect(database_url, Keyring(f"{NEW}, {OLD}", ADDRESSES))
    upgrade(opened.engine)
    yield opened
    opened.close()


@pytest.fixture
async def written(both: Database, database_url: str, clock: Clock) -> list[Any]:
    """Rows under the old key in every table that hides anything; all that they say."""
    before = connect(database_url, Keyring(OLD, ADDRESSES))
    river = River(before, clock)
    for who in PEOPLE:
        await everything_of(river, who, clock())
    await before.run(lambda tx: tx.execute(conversation.update().values(name="tên lúc đầu")).rowcount)
    told = await everything(before)
    before.close()
    return told


async def everything(database: Database) -> list[Any]:
    wanted = [select(table).order_by(*table.primary_key.columns) for table, _ in rotation.hidden()]
    return [await database.read(lambda tx, one=one: tx.execute(one).all()) for one in wanted]  # type: ignore[misc]


async def counts(database: Database) -> tuple[int, int, int]:
    found = [one async for one in rotation.status(database)]
    return sum(one.current for one in found), sum(one.old for one in found), sum(one.lost for one in found)


def test_what_is_hidden_is_found_by_its_type() -> None:
    found = {f"{table.name}.{column.name}" for table, columns in rotation.hidden() for column in columns}
    assert {
        "message.text",
        "conversation.address",
        "cases.note",
        "attachment.data",
        "breach.what",
        "data_request.note",
        "token.refresh",
    } <= found
    assert all(len(table.primary_key.columns) == 1 for table, _ in rotation.hidden()), "they are walked by it"


async def test_everything_is_written_anew_and_then_the_old_key_is_not_needed(both: Database, written: list[Any], database_url: str) -> None:
    current, old, lost = await counts(both)
    assert (current, lost) == (0, 0)
    assert old > 20
    with pytest.raises(StoreError, match="keys rotate"):
        await rotation.require_all_current(both)
    said = await keys.rotate(both, lambda table: None)
    assert said.startswith(f"Đã ghi lại {old} giá trị")
    assert "Không còn gì dưới khóa cũ" in said
    assert await counts(both) == (old, 0, 0)
    await rotation.require_all_current(both)
    after = connect(database_url, Keyring(NEW, ADDRESSES))
    assert await everything(after) == written
    after.close()


async def test_killed_in_the_middle_it_goes_on(both: Database, written: list[Any]) -> None:
    _, old, _ = await counts(both)
    steps = rotation.rotate(both, step=1)
    for _ in range(7):
        await anext(steps)
    await steps.aclose()  # type: ignore[attr-defined]
    current, left, _ = await counts(both)
    assert 0 < left < old
    assert current + left == old
    assert await everything(both) == written
    assert (await keys.rotate(both, lambda table: None)).startswith(f"Đã ghi lại {left} giá trị")
    assert await everything(both) == written


async def test_what_changes_meanwhile_keeps_its_change(both: Database, written: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Between a step's reading and its writing somebody is called otherwise; that lies under the new key, and stays."""
    run = both.run

    async def changed_before(transaction: Any) -> Any:
        await run(lambda tx: tx.execute(conversation.update().values(name="Sùng Thị Mỷ")).rowcount)
        return await run(transaction)

    only = [one for one in rotation.hidden() if one[0] is conversation]
    monkeypatch.setattr(rotation, "hidden", lambda: iter(only))
    monkeypatch.setattr(both, "run", changed_before)
    async for _ in rotation.rotate(both):
        pass
    names = await both.read(lambda tx: tx.scalars(select(conversation.c.name)).all())
    assert names == ["Sùng Thị Mỷ"] * len(PEOPLE)


async def test_people_write_and_are_answered_meanwhile(both: Database, written: list[Any], clock: Clock) -> None:
    river, seen = River(both, clock), 0
    async for _ in rotation.rotate(both, step=2):
        await river.write("dao", f"câu {seen}", f"m{seen}")
        seen += 1
    (claim,) = await river.claim("w")
    assert len(claim.waiting) == seen
    assert seen > 5
    await river.answer(claim, ["một"])
    (row,) = await river.claim_sends()
    await river.settle(row, Status.SENT)
    assert (await counts(both))[1:] == (0, 0)


async def test_what_no_key_opens_is_counted_and_left(both: Database, written: list[Any], database_url: str, clock: Clock) -> None:
    foreign = connect(database_url, Keyring("a third key made up for tests", ADDRESSES))

    def write(tx: Tx) -> int:
        return tx.execute(insert(case_note).values(case_id=1, text="ghi chú", at=clock())).rowcount

    await foreign.run(write)
    foreign.close()
    said = await keys.rotate(both, lambda table: None)
    assert "1 giá trị không khóa nào mở được" in said
    with pytest.raises(StoreError, match="case_note: 0 old, 1 unreadable"):
        await rotation.require_all_current(both)


async def test_the_file_of_the_key(both: Database, tmp_path: Path) -> None:
    (tmp_path / "data_key").write_text("k" * 40)
    assert "khóa mới" in keys.add(tmp_path, None)
    new, old = (tmp_path / "data_key").read_text().split(",")
    assert (len(new) >= 32, old) == (True, "k" * 40)
    assert (tmp_path / "data_key").stat().st_mode & 0o777 == 0o600
    assert "1 khóa cũ" in await keys.drop_old(both, tmp_path, None)
    assert (tmp_path / "data_key").read_text() == new
    with pytest.raises(SettingsError, match="DATA_KEY is set"):
        keys.add(tmp_path, "from the environment")
