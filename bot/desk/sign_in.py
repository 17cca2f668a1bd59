"""Who signs in: code and password, with a lock after some wrong ones, and as much work for a name that nobody has."""

import asyncio
from datetime import datetime
from typing import Any

import structlog

from ..model.clock import Clock
from ..model.errors import DeskError
from ..model.people import Volunteer
from ..store import desk, people
from ..store.database import Database, Tx
from .devices import LOCKED, MOST_WRONG, Devices
from .passwords import complaint, hash_password, needs_rehash, one_time, verify

log = structlog.get_logger(__name__)

AT_ONCE = 2
"""Passwords that are looked at side by side: each takes 64 MB and a sixth of a second."""
WRONG = "Mã hoặc mật khẩu chưa đúng. Bạn gõ lại nhé."
LOCKED_OUT = (
    "Sai nhiều lần nên mã này tạm khóa 15 phút với máy lạ. Bạn vào bằng máy vẫn hay dùng thì được ngay; "
    "gấp thì nhờ người điều phối đặt lại mật khẩu."
)


class SignIn:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._room = asyncio.Semaphore(AT_ONCE)
        self.devices = Devices(database.keyring)

    async def __call__(self, code: str, password: str, device: str | None = None) -> Volunteer:
        """The volunteer of that code and password. Raises DeskError, which never tells whether there is such a code.

        `device`: what the browser keeps of an earlier sign-in; a lock that strangers brought about is not for it.
        """
        code, now = code.strip()[:60], self._clock()
        found = await self._database.read(lambda tx: people.secrets_of(tx, code))
        async with self._room:
            right = await asyncio.to_thread(verify, None if found is None else found.password, password[:400])
        if found is None:
            raise DeskError(WRONG)
        await self._settle(code, found, right, now, device)
        fresh = await asyncio.to_thread(hash_password, password) if needs_rehash(found.password) else None

        def note(tx: Tx) -> Volunteer | None:
            if fresh is not None:
                people.rehash(tx, found.id, fresh)
            desk.write_down(tx, f"volunteer:{found.id}", "sign_in", f"volunteer:{found.id}", now)
            return people.get(tx, found.id)

        who = await self._database.run(note)
        if who is None:
            raise DeskError(WRONG)
        return who

    async def first_password(self) -> tuple[str, str]:
        """One for somebody else, to be shown once; and its hash, which is all that is kept."""
        made = one_time()
        async with self._room:
            return made, await asyncio.to_thread(hash_password, made)

    async def _settle(self, code: str, looked_at: Any, right: bool, now: datetime, device: str | None = None) -> None:
        """Count it. Decided on what is stored by now, for many tries may have been looked at side by side. Raises DeskError."""
        known = device if self.devices.knows(looked_at.id, device, now) else None

        def count(tx: Tx) -> str | None:
            found = people.secrets_of(tx, code)
            if found is None or found.password != looked_at.password:
                return WRONG
            locked = found.locked_until is not None and found.locked_until > now
            if locked and known is None:
                return LOCKED_OUT
            if right:
                if not locked:  # else strangers would have it opened by whom they lock out
                    people.note_success(tx, found.id)
                return None
            if known is None:
                people.note_failure(tx, found.id, MOST_WRONG, now + LOCKED)
            return WRONG

        if known is not None and not right:
            self.devices.wrong(known, now)
        refusal = await self._database.run(count)
        if refusal is not None:
            log.warning("sign_in_failed", volunteer=looked_at.id)
            raise DeskError(refusal)

    async def choose(self, who: Volunteer, old: str, new: str) -> Volunteer:
        """Another password of one's own; every session there was is over. Raises DeskError with what is wrong."""
        found = await self._database.read(lambda tx: people.secrets_of(tx, who.code))
        async with self._room:
            right = await asyncio.to_thread(verify, None if found is None else found.password, old[:400])
        if found is None:
            raise DeskError(WRONG)
        await self._settle(who.code, found, right, self._clock())
        if old == new:
            raise DeskError("Mật khẩu mới phải khác mật khẩu hiện nay.")
        wrong = complaint(new, who.code)
        if wrong is not None:
            raise DeskError(wrong)
        async with self._room:
            hashed = await asyncio.to_thread(hash_password, new)
        now = self._clock()

        def change(tx: Tx) -> Volunteer:
            people.change(tx, who.id, password=hashed, must_change=False)
            desk.write_down(tx, f"volunteer:{who.id}", "password", f"volunteer:{who.id}", now)
            after = people.get(tx, who.id)
            assert after is not None
            return after

        return await self._database.run(change)
