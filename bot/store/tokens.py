"""Tokens at rest: one row an account. A renewal is marked before it is asked for, and the new pair is saved in one transaction.

A refresh token buys one pair, once. So the marker says, after a crash, that it may be spent; and a pair is saved only over the one it
was bought with.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ..model.clock import Clock
from ..model.tokens import Asked, Kept, Pair
from .database import Database
from .tables import token

_NOTHING_ASKED = {"state": None, "verifier": None, "state_by": None, "state_until": None}


class Shelf:
    """Where one account's tokens lie. Every method is one transaction, safe on disk when it comes back. Raises StoreError."""

    def __init__(self, database: Database, account: str, clock: Clock) -> None:
        self._database = database
        self._account = account
        self._clock = clock

    async def read(self) -> Kept:
        return await self._database.read(lambda tx: _kept(self._row(tx)))

    async def begin(self, number: int, seen: datetime | None) -> bool:
        """Mark that the pair of that number is about to be renewed. False: somebody else has begun, or is done.

        `seen`: the marker that was found, where one was left behind.
        """
        now = self._clock()
        marker = token.c.asked_at.is_(None) if seen is None else token.c.asked_at == seen
        mine = update(token).where(token.c.account == self._account, token.c.number == number, marker)
        return await self._database.run(lambda tx: tx.execute(mine.values(asked_at=now)).rowcount == 1)

    async def keep(self, number: int, pair: Pair) -> bool:
        """Save what the pair of that number was renewed to, and take the marker away. False: another pair lies there by now."""
        mine = update(token).where(token.c.account == self._account, token.c.number == number)
        values = _values(pair, number + 1, self._clock())
        return await self._database.run(lambda tx: tx.execute(mine.values(values)).rowcount == 1)

    async def undo(self, number: int, trouble: str | None = None) -> None:
        """Nothing came of the renewal, for certain: surely not asked, or refused for that reason."""
        mine = update(token).where(token.c.account == self._account, token.c.number == number)
        await self._database.run(lambda tx: _ignore(tx.execute(mine.values(asked_at=None, trouble=trouble))))

    async def spoil(self, number: int) -> None:
        """The platform no longer takes that access token, whatever it said of its life."""
        mine = update(token).where(token.c.account == self._account, token.c.number == number)
        await self._database.run(lambda tx: _ignore(tx.execute(mine.values(access_until=self._clock()))))

    async def authorised(self, pair: Pair) -> None:
        """An admin has authorised us anew: whatever was there before is void."""

        def save(tx: Connection) -> None:
            row = self._made(tx)
            mine = update(token).where(token.c.account == self._account)
            tx.execute(mine.values(_values(pair, row.number + 1, self._clock())))

        await self._database.run(save)

    async def ask(self, asked: Asked) -> None:
        """Keep what an admin was sent to the platform with."""

        def save(tx: Connection) -> None:
            self._made(tx)
            values = {"state": asked.state, "verifier": asked.verifier, "state_by": asked.by, "state_until": asked.until}
            tx.execute(update(token).where(token.c.account == self._account).values(values))

        await self._database.run(save)

    async def asked(self) -> Asked | None:
        """What waits to come back from the platform."""

        def read(tx: Connection) -> Asked | None:
            row = self._row(tx)
            if row is None or row.state is None or row.state_until < self._clock():
                return None
            return Asked(row.state, row.verifier, row.state_by, row.state_until)

        return await self._database.read(read)

    async def take_asked(self) -> Asked | None:
        """The same, once: whatever comes back with it, it does not wait any more."""

        def take(tx: Connection) -> Asked | None:
            row = self._row(tx, lock=True)
            if row is None or row.state is None:
                return None
            tx.execute(update(token).where(token.c.account == self._account).values(_NOTHING_ASKED))
            return None if row.state_until < self._clock() else Asked(row.state, row.verifier, row.state_by, row.state_until)

        return await self._database.run(take)

    def _row(self, tx: Connection, lock: bool = False) -> Row[Any] | None:
        this = select(token).where(token.c.account == self._account)
        return tx.execute(this.with_for_update() if lock else this).one_or_none()

    def _made(self, tx: Connection) -> Row[Any]:
        dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
        fresh = dialect.insert(token).values(account=self._account, number=0)
        tx.execute(fresh.on_conflict_do_nothing(index_elements=["account"]))
        row = self._row(tx, lock=True)
        assert row is not None
        return row


def kept_for(tx: Connection, account: str) -> Kept:
    """What is known of an account's tokens."""
    return _kept(tx.execute(select(token).where(token.c.account == account)).one_or_none())


def _values(pair: Pair, number: int, now: datetime) -> dict[str, Any]:
    times = {"access_until": pair.access_until, "refresh_until": pair.refresh_until, "saved_at": now}
    return {"number": number, "access": pair.access, "refresh": pair.refresh, "asked_at": None, "trouble": None, **times}


def _kept(row: Row[Any] | None) -> Kept:
    if row is None:
        return Kept(0, None)
    pair = None if row.access is None else Pair(row.access, row.refresh, row.access_until, row.refresh_until)
    return Kept(row.number, pair, row.saved_at, row.asked_at, row.trouble)


def _ignore(_result: object) -> None:
    return None
