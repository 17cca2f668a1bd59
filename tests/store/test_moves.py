"""Codes in the store, on each database: one use, one at a time, one conversation's wrong tries and everybody's, and their age."""

from datetime import timedelta

from sqlalchemy import func, select

from bot.model.message import Address
from bot.model.moving import Refusal
from bot.store import conversations, forget, moves
from bot.store.database import Database, Tx
from bot.store.moves import MOST_WRONG, MOST_WRONG_OVERALL, Offered
from bot.store.tables import move_code, move_try

from ..conftest import Clock


async def opened(database: Database, clock: Clock, *who: str) -> list[int]:
    def write(tx: Tx) -> list[int]:
        return [conversations.find_or_open(tx, database.keyring, Address("web", one), None, clock()) for one in who]

    return await database.run(write)


async def look(database: Database, key: str, here: int, clock: Clock, told: bool = True) -> Offered | Refusal:
    return await database.run(lambda tx: moves.look(tx, key, here, clock(), told))


async def test_a_code_is_good_once_and_for_a_quarter_of_an_hour(database: Database, clock: Clock) -> None:
    here, there = await opened(database, clock, "a", "b")
    await database.run(lambda tx: moves.offer(tx, "k", here, 1, clock()))
    assert await look(database, "k", there, clock) == Offered(here)
    assert await database.run(lambda tx: moves.use(tx, "k", there, clock()))
    assert not await database.run(lambda tx: moves.use(tx, "k", there, clock()))
    await database.run(lambda tx: moves.offer(tx, "l", here, 2, clock()))
    clock.forward(15 * 60)
    assert not await database.run(lambda tx: moves.use(tx, "l", there, clock()))
    assert await look(database, "l", there, clock) is Refusal.LATE


async def test_everybodys_wrong_tries_together_close_the_door_for_an_hour(database: Database, clock: Clock) -> None:
    here, *others = await opened(database, clock, *(f"v{number}" for number in range(1 + MOST_WRONG_OVERALL // MOST_WRONG)))
    await database.run(lambda tx: moves.offer(tx, "k", here, 1, clock()))
    (last,) = await opened(database, clock, "last")
    for other in others:
        for _ in range(MOST_WRONG):
            assert await look(database, "guess", other, clock) is Refusal.WRONG
        assert await look(database, "k", other, clock) is Refusal.MANY
    assert await database.read(lambda tx: moves.is_besieged(tx, clock()))
    assert await look(database, "k", last, clock) is Refusal.MANY
    assert await look(database, "k", last, clock, told=False) == Offered(here)  # who had told it before goes on undisturbed
    clock.forward(3601)
    assert await look(database, "k", last, clock) is Refusal.LATE


async def test_wrong_tries_outlive_the_conversation_that_told_them(database: Database, clock: Clock) -> None:
    (here,) = await opened(database, clock, "a")
    await look(database, "guess", here, clock)
    await database.run(lambda tx: forget.forget(tx, database.keyring, here, clock()))
    assert await database.read(lambda tx: tx.scalar(select(func.count()).select_from(move_try))) == 1


async def test_codes_and_tries_go_by_their_age_and_codes_with_their_conversation(database: Database, clock: Clock) -> None:
    here, there = await opened(database, clock, "a", "b")

    def rows(tx: Tx) -> tuple[int | None, int | None]:
        return tx.scalar(select(func.count()).select_from(move_code)), tx.scalar(select(func.count()).select_from(move_try))

    await database.run(lambda tx: moves.offer(tx, "k", here, 1, clock()))
    await database.run(lambda tx: moves.offer(tx, "l", there, 1, clock()))
    await look(database, "guess", here, clock)
    await database.run(lambda tx: forget.empty(tx, database.keyring, there, clock()))
    assert await database.read(rows) == (1, 1)
    clock.forward(timedelta(days=1, minutes=16).total_seconds())
    await database.run(lambda tx: moves.sweep(tx, clock()))
    assert await database.read(rows) == (0, 0)
