"""The right to speak for an OA, over a real database and a Zalo whose refresh tokens buy one pair each: never lost where it need not be."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.channels.zalo_oa import ZaloOa, account
from bot.channels.zalo_oa_api import challenge, new_verifier
from bot.channels.zalo_oa_tokens import ABANDONED, AGAIN_REFUSED, SAVE_AGAIN
from bot.model.delivery import Outgoing, Sent
from bot.model.errors import DeskError, StoreBusy
from bot.model.message import Address
from bot.model.tokens import Asked, Kept, Pair
from bot.store.database import Database
from bot.store.office import Office
from bot.store.tokens import Shelf

from ..conftest import Clock
from ..fakes.door import FakeDoor
from ..fakes.zalo_oa import OA, Fault, ZaloServer, zalo_server
from .zalo_line import pair_of, zalo_channel

HOUR = 3600


@pytest.fixture
async def server(clock: Clock) -> AsyncIterator[ZaloServer]:
    async with zalo_server(lambda: clock().timestamp()) as fake:
        yield fake


@pytest.fixture
def shelf(database: Database, clock: Clock) -> Shelf:
    return Shelf(database, account(OA), clock)


class Process:
    """One of several that serve the same OA. Looks when the test says so."""

    def __init__(self, server: ZaloServer, database: Database, clock: Clock, name: str, shelf: Shelf | None = None) -> None:
        office = Office(database, "tokens", name, clock, 60, lambda: clock().timestamp())
        self.shelf = shelf or Shelf(database, account(OA), clock)
        self.channel: ZaloOa = zalo_channel(server, self.shelf, clock=clock, office=office)
        self.tokens = self.channel.tokens

    async def looks(self) -> None:
        await self.tokens._round()

    @property
    def trouble(self) -> str:
        return str(self.tokens.trouble)


@pytest.fixture
async def process(server: ZaloServer, database: Database, clock: Clock) -> AsyncIterator[Process]:
    made = Process(server, database, clock, "first")
    yield made
    await made.channel.close()


async def authorised(server: ZaloServer, shelf: Shelf, clock: Clock) -> Pair:
    pair = pair_of(server, clock)
    await shelf.authorised(pair)
    return pair


async def test_a_pair_is_renewed_when_half_of_its_life_is_over_and_kept(
    process: Process, server: ZaloServer, shelf: Shelf, clock: Clock
) -> None:
    first = await authorised(server, shelf, clock)
    clock.forward(12 * HOUR)
    await process.looks()
    assert server.renewals == 0
    assert await process.tokens.current() == first.access
    clock.forward(HOUR)
    await process.looks()
    assert server.renewals == 1
    kept = await shelf.read()
    assert (kept.number, kept.asked_at, kept.trouble) == (2, None, None)
    assert kept.pair is not None
    assert kept.pair.access != first.access
    assert kept.pair.access_until == clock() + timedelta(seconds=90_000)
    assert await process.tokens.current() == kept.pair.access
    assert process.tokens.trouble is None


async def test_a_month_of_renewals(process: Process, server: ZaloServer, shelf: Shelf, clock: Clock) -> None:
    await authorised(server, shelf, clock)
    for _ in range(60):
        clock.forward(13 * HOUR)
        await process.looks()
        assert process.tokens.trouble is None
    assert server.renewals == 60


async def test_nothing_lies_readable_in_the_database(server: ZaloServer, shelf: Shelf, clock: Clock, database: Database) -> None:
    pair = await authorised(server, shelf, clock)
    await shelf.ask(Asked("a-state", "a-verifier", 1, clock()))
    row = await database.read(lambda tx: tx.execute(text("SELECT * FROM token")).one())
    stored = repr([bytes(value) if isinstance(value, memoryview) else value for value in row])
    for secret in (pair.access, pair.refresh, "a-state", "a-verifier"):
        assert secret not in stored


async def test_two_processes_at_once_renew_once(server: ZaloServer, shelf: Shelf, clock: Clock, database: Database) -> None:
    await authorised(server, shelf, clock)
    processes = [Process(server, database, clock, name) for name in ("first", "second")]
    clock.forward(13 * HOUR)
    await asyncio.gather(*(process.looks() for process in processes))
    clock.forward(1)
    await asyncio.gather(*(process.looks() for process in processes))
    assert server.renewals == 1
    fresh = {await process.tokens.current() for process in processes}
    assert len(fresh) == 1
    for process in processes:
        assert process.tokens.trouble is None
        await process.channel.close()


async def test_two_who_both_believe_they_are_elected_renew_once(server: ZaloServer, shelf: Shelf, clock: Clock, database: Database) -> None:
    """The marker is a compare-and-set of its own."""
    await authorised(server, shelf, clock)
    clock.forward(13 * HOUR)
    kept = await shelf.read()
    assert [await shelf.begin(kept.number, None) for _ in range(2)] == [True, False]
    assert server.renewals == 0


async def test_the_other_process_takes_over_from_one_that_died(server: ZaloServer, shelf: Shelf, clock: Clock, database: Database) -> None:
    await authorised(server, shelf, clock)
    first, second = (Process(server, database, clock, name) for name in ("first", "second"))
    clock.forward(13 * HOUR)
    await first.looks()
    clock.forward(13 * HOUR)
    await second.looks()
    assert server.renewals == 2
    await first.channel.close()
    await second.channel.close()


@pytest.mark.parametrize("fault", [Fault.DROPPED, Fault.HANGS, Fault.SERVER_ERROR, Fault.NONSENSE, Fault.BAD_GATEWAY])
async def test_a_question_that_zalo_never_heard_is_asked_again(
    process: Process, server: ZaloServer, shelf: Shelf, clock: Clock, fault: Fault
) -> None:
    await authorised(server, shelf, clock)
    clock.forward(13 * HOUR)
    server.token_faults.append(fault)
    await process.looks()
    assert (await shelf.read()).asked_at == clock()
    clock.forward(30)
    await process.looks()
    assert server.renewals == 0
    clock.forward(ABANDONED.total_seconds())
    await process.looks()
    assert server.renewals == 1
    assert process.tokens.trouble is None


class Dying(Shelf):
    """The process is killed between Zalo's answer and the saving."""

    async def keep(self, number: int, pair: Pair) -> bool:
        raise asyncio.CancelledError


@pytest.mark.parametrize("answered", [True, False])
async def test_cut_off_between_zalos_answer_and_the_saving(
    server: ZaloServer, shelf: Shelf, clock: Clock, database: Database, answered: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Zalo has given the next pair and nobody has it: nothing brings it back, so an admin is called while the old token still serves."""
    old = await authorised(server, shelf, clock)
    dying = Process(server, database, clock, "first", Dying(database, account(OA), clock))
    clock.forward(13 * HOUR)
    if not answered:
        server.token_faults.append(Fault.ACCEPTED_AND_DROPPED)
    with suppress(asyncio.CancelledError):
        await dying.looks()
    await dying.channel.close()
    assert server.renewals == 1
    assert (await shelf.read()).asked_at is not None

    reborn = Process(server, database, clock, "second")
    clock.forward(ABANDONED.total_seconds() + 1)
    await reborn.looks()
    assert "zalo_renewal_was_cut_off" in capsys.readouterr().out
    assert "/desk/zalo" in reborn.trouble
    assert "messages go out until" in reborn.trouble
    assert await reborn.tokens.current() == old.access
    await reborn.tokens.begin(7)
    link = await reborn.tokens.link(7)
    assert link is not None
    brought = server.grants(link)
    await reborn.tokens.finish(7, brought["state"], brought["code"], brought["oa_id"])
    assert reborn.tokens.trouble is None
    assert await reborn.tokens.current() not in (None, old.access)
    await reborn.channel.close()


async def test_a_refused_renewal_is_tried_again_for_the_secret_may_be_mended(
    process: Process, server: ZaloServer, shelf: Shelf, clock: Clock
) -> None:
    await authorised(server, shelf, clock)
    clock.forward(13 * HOUR)
    right, server.app_secret = server.app_secret, "another"
    await process.looks()
    assert "refuses" in process.trouble
    server.app_secret = right
    clock.forward(60)
    await process.looks()
    assert server.renewals == 0
    clock.forward(AGAIN_REFUSED)
    await process.looks()
    assert server.renewals == 1
    assert process.tokens.trouble is None


class Stumbling(Shelf):
    """A database that does not answer for a while."""

    failures = 2

    async def keep(self, number: int, pair: Pair) -> bool:
        if self.failures:
            self.failures -= 1
            raise StoreBusy("the database did not answer")
        return await super().keep(number, pair)


async def test_a_pair_that_cannot_be_saved_is_held_until_it_can_and_not_used_before(
    server: ZaloServer, shelf: Shelf, clock: Clock, database: Database
) -> None:
    old = await authorised(server, shelf, clock)
    process = Process(server, database, clock, "first", Stumbling(database, account(OA), clock))
    clock.forward(13 * HOUR)
    looking = asyncio.create_task(process.looks())
    await asyncio.sleep(SAVE_AGAIN / 2)
    assert "cannot be saved" in process.trouble
    assert await process.tokens.current() == old.access
    looking.cancel()
    await process.tokens.stop()
    assert server.renewals == 1
    kept = await shelf.read()
    assert kept.number == 2
    assert process.tokens.trouble is None or "cannot be saved" not in process.trouble
    await process.channel.close()


async def test_an_alarm_comes_hours_before_the_end(process: Process, server: ZaloServer, shelf: Shelf, clock: Clock) -> None:
    await authorised(server, shelf, clock)
    clock.forward(13 * HOUR)
    for _ in range(7):
        server.token_faults.append(Fault.SERVER_ERROR)
        await process.looks()
        clock.forward(HOUR)
    assert "could not be renewed yet" in process.trouble
    assert await process.tokens.current() is not None
    clock.forward(6 * HOUR)
    assert "is over since" in process.trouble
    server.token_faults.append(Fault.SERVER_ERROR)
    assert await process.tokens.current() is None
    clock.forward(61)
    assert await process.tokens.current() is not None
    assert process.tokens.trouble is None


async def test_a_token_that_zalo_calls_over_is_renewed_by_whoever_holds_the_office(
    server: ZaloServer, shelf: Shelf, clock: Clock, database: Database
) -> None:
    await authorised(server, shelf, clock)
    elected, sender = (Process(server, database, clock, name) for name in ("first", "second"))
    await elected.channel.start(FakeDoor())
    clock.forward(13 * HOUR)
    await elected.looks()
    server.forget_access()
    person = server.person()
    server.heard(person.id)
    out = Outgoing(1, Address(account(OA), person.id), "chào", (), 1)
    assert not isinstance(await sender.channel.send(out), Sent)
    clock.forward(1)
    await elected.looks()
    assert isinstance(await sender.channel.send(out), Sent)
    await elected.channel.stop()
    await elected.channel.close()
    await sender.channel.close()


# --- authorising


async def test_an_admin_authorises_us(process: Process, server: ZaloServer, shelf: Shelf, clock: Clock) -> None:
    await process.looks()
    assert "no Zalo token" in process.trouble
    assert await process.tokens.link(7) is None
    await process.tokens.begin(7)
    link = await process.tokens.link(7)
    assert link is not None
    assert await process.tokens.link(8) is None
    brought = server.grants(link)
    await process.tokens.finish(7, brought["state"], brought["code"], brought["oa_id"])
    assert process.tokens.trouble is None
    assert (await shelf.read()).number == 1


async def test_what_does_not_match_authorises_nobody(process: Process, server: ZaloServer, shelf: Shelf, clock: Clock) -> None:
    async def brought(by: int = 7) -> dict[str, str]:
        await process.tokens.begin(by)
        link = await process.tokens.link(by)
        assert link is not None
        return server.grants(link)

    for wrong in ({"by": 8}, {"state": "another-state"}, {"state": ""}, {"oa": "1"}, {"code": ""}, {"code": "another-code"}):
        good = await brought()
        right = {"by": 7, "state": good["state"], "code": good["code"], "oa": OA}
        for given in ({**right, **wrong}, right):  # and what was asked for was good once
            with pytest.raises(DeskError):
                await process.tokens.finish(**given)  # type: ignore[arg-type]
    good = await brought()
    clock.forward(601)
    with pytest.raises(DeskError, match="10 phút"):
        await process.tokens.finish(7, good["state"], good["code"], OA)
    assert await shelf.read() == Kept(0, None)


def test_what_proves_that_it_was_us() -> None:
    """RFC 7636, appendix B; Zalo's own library makes 43 characters."""
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert {len(new_verifier()) for _ in range(20)} == {43}
