"""Signing in to the desk: sessions on the server, under the hash of a token that only the browser has.

A browser's token is made at the sign-in and never taken from what it brought, so no session can be foisted on anybody. It ends at sign-out,
after half a day of nothing, after a week in any case, and at once where the volunteer's stamp has grown: password, role or team changed.
"""

import hashlib
import json
import secrets
from datetime import datetime, timedelta

from ...model.clock import Clock
from ...model.people import Volunteer
from ...store import people
from ...store.database import Database
from ...store.sessions import SessionStore

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
RENEW_AFTER = timedelta(minutes=15)
"""How old a session's last renewal is before it is written again: not at each click."""


class Sessions:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._store = SessionStore(database, "desk")

    async def open(self, who: Volunteer) -> str:
        """The token of a new session."""
        token, now = secrets.token_urlsafe(32), self._clock()
        await self._keep(token, {"who": who.id, "stamp": who.stamp, "since": now.timestamp(), "seen": now.timestamp()})
        return token

    async def read(self, token: str | None, renew: bool = True) -> Volunteer | None:
        """Whose session it is; None where it is none, or over. `renew`: somebody is there, and has half a day again."""
        kept = await self._store.get(_key(token)) if token else None
        if kept is None or token is None:
            return None
        session = json.loads(kept)
        who = await self._database.read(lambda tx: people.get(tx, session["who"]))
        now = self._clock()
        since, seen = (datetime.fromtimestamp(session[name], now.tzinfo) for name in ("since", "seen"))
        if who is None or who.stamp != session["stamp"] or now - since > LONGEST or now - seen > IDLE:
            await self.close(token)
            return None
        if renew and now - seen > RENEW_AFTER:
            await self._keep(token, {**session, "seen": now.timestamp()})
        return who

    async def close(self, token: str | None) -> None:
        if token:
            await self._store.delete(_key(token))

    async def _keep(self, token: str, session: dict[str, float | int]) -> None:
        await self._store.set(_key(token), json.dumps(session), IDLE)


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
