"""A Zalo Official Account as a channel for citizens: events by webhook, replies by the API for consultation messages."""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from litestar.handlers import HTTPRouteHandler
from prometheus_client import Counter

from .. import metrics
from ..model.clock import Clock
from ..model.delivery import Budget, Outgoing, Result
from ..model.moving import Way
from .base import Door, Limits, Markup, Pictures, Unfetched
from .media import Linked
from .zalo_oa_api import Api, Patience
from .zalo_oa_messages import MOST_BUTTONS, Numbered
from .zalo_oa_sending import Sending
from .zalo_oa_tokens import Tokens
from .zalo_oa_updates import Echo, Membership, Nothing, Said, Unreadable, read
from .zalo_oa_webhook import verifier, webhook

log = structlog.get_logger(__name__)

IGNORED = Counter("danloi_zalo_oa_ignored", "Events of the Zalo OA that nothing followed from", ["event"])
MOST_WORDS = 1500
"""Of one message of ours: what is left of 2,000 is for the numbered lines that stand for its buttons."""
MOST_PICTURE = 1_000_000
"""Bytes; Zalo takes 1 MB, and does not say which."""
PER_TURN = 4
"""Messages of one turn: what else is due before the citizen writes again (a promise, a person's words) has room, too."""
MOST_SEEN = 10_000


@dataclass(frozen=True, slots=True)
class Ways:
    """What is not sure of Zalo, and an operator may set; where each comes from stands in the settings."""

    budget: Budget
    buttons: bool
    """Whether buttons are tried; where Zalo refuses them, numbered lines are sent instead, and buttons not tried again until a restart."""
    per_second: float


class ZaloOa:
    def __init__(
        self,
        app: str,
        oa: str,
        secret: str | None,
        api: Api,
        tokens: Tokens,
        numbered: Numbered,
        ways: Ways,
        clock: Clock,
        *,
        patience: Patience | None = None,
        site_code: str | None = None,
        media: Collection[str] = (),
    ) -> None:
        """`secret`: the OA's secret key, by which events are signed. `site_code`: proves to Zalo that the domain is ours.

        `media`: the origins where Zalo keeps what people send.
        """
        patience = patience or Patience()
        self.account = account(oa)
        self.tokens = tokens
        self.limits = Limits(
            Markup.PLAIN,
            max_text=MOST_WORDS,
            max_buttons=MOST_BUTTONS if ways.buttons else 0,
            messages_per_turn=PER_TURN,
            per_second=ways.per_second,
            per_chat_second=2,
            per_chat_burst=PER_TURN,
            send_timeout=4 * (patience.connect + patience.answer) + 3,
            budget=ways.budget,
            pictures=Pictures(caption=MOST_WORDS, most_bytes=MOST_PICTURE),
        )
        self._app = app
        self._oa = oa
        self._secret = secret
        self._api = api
        self._sending = Sending(api, tokens, numbered, ways.buttons)
        self._clock = clock
        self._site_code = site_code
        self._files = Linked(media, patience.connect, patience.answer)
        self._door: Door | None = None
        self._seen: OrderedDict[str, None] = OrderedDict()

    @property
    def way(self) -> Way:
        return Way(self.account, "Zalo", f"https://zalo.me/{self._oa}")

    @property
    def trouble(self) -> str | None:
        return self._sending.held or self.tokens.trouble

    @property
    def routes(self) -> Sequence[HTTPRouteHandler]:
        """What is to be mounted on the HTTP server."""
        proof = [verifier(self._site_code)] if self._site_code else []
        return [webhook(self.take, self._app, self._secret), *proof]

    async def start(self, door: Door) -> None:
        self._door = door
        await self.tokens.start()
        metrics.token_expires(self.account, lambda: self.tokens.until)

    async def stop(self) -> None:
        await self.tokens.stop()

    async def close(self) -> None:
        await self._api.close()
        await self._files.close()

    # --- what comes in

    async def fetch(self, reference: str, most: int) -> bytes | Unfetched:
        return await self._files.fetch(reference, most)

    async def take(self, raw: Any) -> None:
        """What one event leads to. Raises StoreError where it could not be stored; an unreadable one is reported and left."""
        assert self._door is not None, "start the channel first"
        try:
            event = read(raw, self.account, self._oa)
        except Unreadable as error:
            log.error("event_unreadable", why=str(error))
            IGNORED.labels("unreadable").inc()
            return
        match event:
            case Said(inbound):
                await self._door(self._files.followed(inbound))
            case Membership(address, follows, key, at):
                if key not in self._seen:
                    await self._door.reach(address, follows, at)
                    self._remember(key)
            case Echo(address, sent_id, text, at):
                await self._door.echo(address, sent_id, text, at or self._clock())
            case Nothing(why, name):
                log.debug("event_ignored", why=why, kind=name)
                IGNORED.labels(name).inc()

    def _remember(self, key: str) -> None:
        self._seen[key] = None
        if len(self._seen) > MOST_SEEN:
            self._seen.popitem(last=False)

    async def send(self, out: Outgoing) -> Result:
        result = await self._sending.send(out)
        if not self._sending.buttons:
            self.limits = replace(self.limits, max_buttons=0)
        return result


def account(oa: str) -> str:
    """The name of the account: another OA's people are other people to us."""
    return f"zalo_oa:{oa}"
