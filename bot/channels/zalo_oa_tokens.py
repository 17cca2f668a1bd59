"""Keeps the right to speak for an OA. A refresh token buys the next pair once; lost, only an admin of the OA can authorise us again.

    marker written ─► Zalo asked ─► the new pair saved in one transaction ─► only then used

One process renews, and it begins when half of the access token's life is over, so that whatever goes wrong leaves hours to mend it. Cut
off between Zalo's answer and the saving, the marker tells the next start that the refresh token may be spent: it is tried once more
(Zalo may never have heard of it), and where Zalo refuses it, an alarm asks for /desk/zalo while the old access token still serves.
"""

import asyncio
import hmac
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from ..model.clock import Clock
from ..model.errors import DeskError, StoreError
from ..model.tokens import Asked, Kept, Pair
from .base import Office
from .zalo_oa_api import Api, Denied, NoAnswer, NotAsked, new_verifier

log = structlog.get_logger(__name__)

ABANDONED = timedelta(seconds=60)
"""A renewal begun longer ago than that, by whomever, was cut off: nobody waits so long for an answer."""
CODE_LIVES = timedelta(minutes=10)
"""How long what an admin brings back is good for."""
LOOK = 20.0
"""Seconds between looks at the shelf."""
AGAIN = 60.0
AGAIN_REFUSED = 1800.0
"""Seconds until a refused renewal is tried again: the operator may have mended the app's secret, which costs no token."""
SAVE_AGAIN = 1.0
AUTHORISE = "authorise the OA at /desk/zalo"


class Shelf(Protocol):
    """Where the tokens lie (store.tokens). Every method raises StoreError."""

    async def read(self) -> Kept: ...

    async def begin(self, number: int, seen: datetime | None) -> bool: ...

    async def keep(self, number: int, pair: Pair) -> bool: ...

    async def undo(self, number: int, trouble: str | None = None) -> None: ...

    async def spoil(self, number: int) -> None: ...

    async def authorised(self, pair: Pair) -> None: ...

    async def ask(self, asked: Asked) -> None: ...

    async def asked(self) -> Asked | None: ...

    async def take_asked(self) -> Asked | None: ...


class Tokens:
    def __init__(self, api: Api, shelf: Shelf, office: Office, clock: Clock, oa: str, redirect: str) -> None:
        """`office`: held by the one process that renews. `redirect`: where Zalo sends an admin back to."""
        self._api = api
        self._shelf = shelf
        self._office = office
        self._clock = clock
        self._oa = oa
        self._redirect = redirect
        self._kept = Kept(0, None)
        self._renewing = asyncio.Lock()
        self._not_before = clock()
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._working: set[asyncio.Task[None]] = set()
        self._unsaved: str | None = None

    @property
    def until(self) -> datetime | None:
        """When the token that is in use runs out."""
        return None if self._kept.pair is None else self._kept.pair.access_until

    @property
    def trouble(self) -> str | None:
        """For the operator, hours before anything fails."""
        kept, now = self._kept, self._clock()
        if self._unsaved is not None:
            return f"a new Zalo token cannot be saved ({self._unsaved}): do not stop this process, mend the database"
        if kept.pair is None:
            return f"no Zalo token: {AUTHORISE}"
        until = kept.pair.access_until
        if kept.trouble is not None:
            return f"{kept.trouble}; messages go out until {until:%Y-%m-%d %H:%M} UTC: {AUTHORISE}"
        if until <= now:
            return f"the Zalo token is over since {until:%Y-%m-%d %H:%M} UTC and could not be renewed: {AUTHORISE}"
        if kept.saved_at is not None and until - now < (until - kept.saved_at) / 4:
            return f"the Zalo token ends at {until:%Y-%m-%d %H:%M} UTC and could not be renewed yet; if this stays, {AUTHORISE}"
        return None

    async def start(self) -> None:
        await self._look()
        self._task = asyncio.create_task(self._run(), name="zalo tokens")

    async def stop(self) -> None:
        """A renewal under way is finished and saved: a token in memory alone would be lost."""
        self._stopping.set()
        if self._task is not None:
            await self._task
        await asyncio.gather(*self._working)
        with suppress(StoreError):
            await self._office.resign()

    async def current(self) -> str | None:
        """The token to speak with now, renewed first where it is over; None where there is none, and `trouble` says why."""
        if self._kept.pair is None or self._kept.pair.access_until <= self._clock():
            await self._round()
        pair = self._kept.pair
        return pair.access if pair is not None and pair.access_until > self._clock() else None

    async def refused(self, access: str) -> str | None:
        """Zalo does not take that token any more: another one, renewed now where nobody has done so. None: not yet."""
        await self._look()
        if self._kept.pair is not None and self._kept.pair.access == access:
            with suppress(StoreError):
                await self._shelf.spoil(self._kept.number)
            self._not_before = self._clock()
            await self._round()
        fresh = await self.current()
        return fresh if fresh != access else None

    # --- renewing

    async def _run(self) -> None:
        while not self._stopping.is_set():
            await self._round()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._stopping.wait()

    async def _round(self) -> None:
        """Look, and renew where it is time and this process may. Whatever happens to who waits for it, a renewal is carried through."""
        working = asyncio.create_task(self._guarded(), name="zalo renewal")
        self._working.add(working)
        working.add_done_callback(self._working.discard)
        await asyncio.shield(working)

    async def _guarded(self) -> None:
        try:
            async with self._renewing:
                await self._look()
                if self._is_due() and await self._office.hold():
                    await self._renew()
        except StoreError as error:
            log.error("zalo_tokens_not_reached", why=str(error))
        except Exception:
            log.exception("zalo_renewal_failed")

    async def _look(self) -> None:
        try:
            self._kept = await self._shelf.read()
        except StoreError as error:
            log.error("zalo_tokens_not_reached", why=str(error))

    def _is_due(self) -> bool:
        """When half of its life is over. A renewal that somebody has begun is theirs, for a minute."""
        kept, now = self._kept, self._clock()
        if kept.pair is None or now < self._not_before:
            return False
        if kept.asked_at is not None and now - kept.asked_at < ABANDONED:
            return False
        begun = kept.saved_at or now
        return kept.asked_at is not None or now >= begun + (kept.pair.access_until - begun) / 2

    async def _renew(self) -> None:
        kept = self._kept
        assert kept.pair is not None
        if kept.asked_at is not None:
            log.error("zalo_renewal_was_cut_off", at=kept.asked_at.isoformat(), remedy=f"if the next try is refused, {AUTHORISE}")
        if not await self._shelf.begin(kept.number, kept.asked_at):
            return
        self._not_before = self._clock() + timedelta(seconds=AGAIN)
        try:
            pair = await self._api.renewed(kept.pair.refresh)
        except NotAsked as error:
            log.warning("zalo_not_reached", why=str(error))
            await self._shelf.undo(kept.number, kept.trouble)
        except NoAnswer as error:
            log.error("zalo_renewal_unknown", why=str(error), remedy=f"it is tried again; if it is refused, {AUTHORISE}")
        except Denied as error:
            self._not_before = self._clock() + timedelta(seconds=AGAIN_REFUSED)
            log.error("zalo_renewal_refused", error=str(error), remedy=AUTHORISE)
            await self._shelf.undo(kept.number, f"Zalo refuses to renew the token (error {error})")
        else:
            self._not_before = self._clock()
            await self._save(kept.number, pair)
            log.info("zalo_token_renewed", until=pair.access_until.isoformat())
        await self._look()

    async def _save(self, number: int, pair: Pair) -> None:
        """Until it is saved: the pair it was bought with is spent, and this one is nowhere else."""
        while True:
            try:
                if not await self._shelf.keep(number, pair):
                    log.error("zalo_token_overtaken", remedy="the OA was authorised anew meanwhile; nothing to do")
                self._unsaved = None
                return
            except StoreError as error:
                self._unsaved = str(error)
                log.critical("zalo_token_not_saved", why=str(error), remedy="do not stop this process; mend the database")
                await asyncio.sleep(SAVE_AGAIN)

    # --- authorising

    async def kept(self) -> Kept:
        """What the admin's page shows. Raises StoreError."""
        self._kept = await self._shelf.read()
        return self._kept

    async def begin(self, by: int) -> None:
        """An admin wants to authorise us: make what must come back. Raises StoreError."""
        await self._shelf.ask(Asked(new_verifier(), new_verifier(), by, self._clock() + CODE_LIVES))

    async def link(self, by: int) -> str | None:
        """Where that admin goes on, for some minutes after they began."""
        asked = await self._shelf.asked()
        return None if asked is None or asked.by != by else self._api.permission(self._redirect, asked.state, asked.verifier)

    async def finish(self, by: int, state: str, code: str, oa: str) -> None:
        """What Zalo sent the admin back with. Raises DeskError where it is not what was asked for, or Zalo does not take it."""
        asked = await self._shelf.take_asked()
        if asked is None or asked.by != by or not hmac.compare_digest(asked.state.encode(), state.encode()):
            raise DeskError("Lần cấp quyền này không khớp hoặc đã quá 10 phút. Bạn bấm «Cấp quyền» lại nhé.")
        if oa != self._oa:
            raise DeskError("Zalo vừa cấp quyền cho một OA khác với ZALO_OA_ID. Bạn chọn đúng OA rồi làm lại nhé.")
        if not code:
            raise DeskError("Zalo không gửi mã cấp quyền. Bạn bấm «Cấp quyền» lại nhé.")
        async with self._renewing:
            try:
                pair = await self._api.exchanged(code, asked.verifier)
            except NotAsked:
                raise DeskError("Chưa nối được tới Zalo. Bạn thử lại sau ít phút nhé.") from None
            except NoAnswer:
                raise DeskError("Zalo không trả lời rõ. Bạn bấm «Cấp quyền» lại nhé.") from None
            except Denied as error:
                raise DeskError(f"Zalo không nhận mã cấp quyền (lỗi {error}). Xem lại ZALO_OA_APP_SECRET rồi làm lại nhé.") from None
            await self._shelf.authorised(pair)
            self._not_before = self._clock()
            await self._look()
        log.info("zalo_authorised", until=pair.access_until.isoformat())
