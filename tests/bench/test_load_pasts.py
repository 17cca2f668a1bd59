"""The bench's people who come back: a past of their own for each, met once, answered as somebody with that past is."""

from contextlib import AsyncExitStack
from pathlib import Path

from sqlalchemy import text

from bot.bench.crowd import COMES_BACK_EARLY, COMES_EARLY, Errand
from bot.bench.ground import Ground
from bot.bench.lived import live
from bot.bench.load_pasts import pasts
from bot.channels.webchat import Visitors
from bot.model.clock import now
from bot.model.flood import PER_MINUTE
from bot.model.message import Address
from bot.opening import open_database
from bot.settings import Settings
from bot.store import conversations, messages, scratch
from bot.store.database import Database, Tx

TURNS = 3
LONG = PER_MINUTE + 1
"""More than anybody may write in a minute: who lives a past is not held up by that."""


def quiet(_line: str) -> None:
    pass


def ground_on(settings: Settings, folder: Path, stack: AsyncExitStack) -> Ground:
    return Ground(settings, folder, None, stack, quiet)


def shown(tx: Tx, database: Database, address: Address) -> list[str]:
    found = conversations.find(tx, database.keyring, address)
    assert found is not None
    return [one.text for one in messages.shown_since(tx, found, 0, now())]


async def test_who_comes_back_has_lived_the_same_and_every_word_is_hidden_anew(settings: Settings, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        ground = ground_on(settings, tmp_path, stack)
        url, visitors = ground.database("sqlite"), Visitors(ground.keys["visitor_key"])
        first, *others = [visitors.new()[1] for _ in range(3)]
        await live(ground, url, [first], LONG)
        database = open_database(ground.settings_of(url))
        stack.callback(database.close)
        source = await database.read(lambda tx: conversations.find(tx, database.keyring, first))
        assert source is not None
        for one in others:
            await database.run(lambda tx, one=one: scratch.copy(tx, database.keyring, source, [one]))  # type: ignore[misc]
        pasts_of = [await database.read(lambda tx, one=one: shown(tx, database, one)) for one in (first, *others)]  # type: ignore[misc]
        lived = len(pasts_of[0])
        assert lived >= 2 * LONG
        assert pasts_of[1] == pasts_of[2] == pasts_of[0]
        hidden = "SELECT count(*), count(DISTINCT text), count(DISTINCT dedupe_key) FROM message"
        assert (await database.read(lambda tx: tx.execute(text(hidden)).one())) == (3 * lived, 3 * lived, 3 * (lived - LONG))
        for table in ("event", "timer"):
            counted = f"SELECT count(*) FROM {table} GROUP BY conversation_id"
            hang = await database.read(lambda tx, counted=counted: tx.execute(text(counted)).all())  # type: ignore[misc]
            assert len(hang) == 3, table
            assert len(set(hang)) == 1, table


async def test_people_who_come_back_are_loaded_and_answered_rightly(settings: Settings, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        points, table = await pasts(ground_on(settings, tmp_path, stack), [TURNS], [2.0], 1.5, None)
    (found,) = points
    assert (found.wrong, found.lost) == (0, 0)
    assert found.answered > 0
    assert [row[0] for row in table.rows] == [f"ta, sau {TURNS} lượt"]


def test_who_comes_back_opens_the_page_earlier_for_it_shows_what_was() -> None:
    assert Errand("web", ["http://127.0.0.1:1"]).early == COMES_EARLY
    assert Errand("web", ["http://127.0.0.1:1"], people=["token"]).early == COMES_BACK_EARLY
    assert Errand("web", ["http://127.0.0.1:1"], think=0.2).early == 0.1
