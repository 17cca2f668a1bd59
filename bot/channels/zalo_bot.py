"""The Zalo Bot Platform as a channel for citizens: private chats, by webhook or by polling, in plain text.

It has no buttons, no edits, no receipts: what is offered is numbered by the outbox, and a number typed is read by the dialogue.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from litestar.handlers import HTTPRouteHandler

from ..model.delivery import Outgoing, Refused, Result, Sent, SlowDown
from ..model.moving import Way
from ..settings import ZaloBotSettings
from .base import Door, Limits, Markup, Office, Pictures, Unfetched
from .courtesies import TYPING_AFTER
from .media import Linked
from .picture_links import PictureLinks
from .zalo_bot_api import (
    FAILURES,
    NOT_FOUND,
    REFUSED_TOKEN,
    TOO_FAST,
    TOO_MANY,
    UNAUTHORIZED,
    UNKNOWN_BOT,
    WAIT_FOR_TOKEN,
    Failure,
    Patience,
    Refusal,
    Unpublished,
    ZaloBotApi,
    outcome,
)
from .zalo_bot_manners import Manners
from .zalo_bot_poll import Poller
from .zalo_bot_updates import Elsewhere, Nothing, Said, Unreadable, read
from .zalo_bot_webhook import PATH, webhook

log = structlog.get_logger(__name__)

SPARE = 40
"""Characters that a message grows by where its Markdown becomes lines of plain text."""
TRY_AGAIN = 30.0


class ZaloBot:
    """`words` gives our own small texts, `office` is held by the one process that polls."""

    def __init__(
        self,
        settings: ZaloBotSettings,
        words: Callable[[str], str],
        office: Office,
        *,
        public_url: str | None = None,
        pictures: PictureLinks | None = None,
        patience: Patience | None = None,
        typing_after: float = TYPING_AFTER,
    ) -> None:
        """`public_url`: by which Zalo reaches us, where it is to bring updates. `pictures`: by which it fetches those that are sent."""
        patience = patience or Patience()
        self.account = account(settings.token)
        self.limits = Limits(
            Markup.PLAIN,
            max_text=settings.max_text - SPARE,
            max_buttons=0,
            messages_per_turn=settings.messages_per_turn,
            per_second=settings.per_second,
            per_chat_second=settings.per_chat_second,
            per_chat_burst=2,
            send_timeout=3 * patience.connect + 2 * patience.answer + 3,
            pictures=Pictures(caption=settings.max_text - SPARE) if pictures else None,
        )
        self._api = ZaloBotApi(settings.token, settings.api, patience)
        self._unpublished = Unpublished(settings.pause, settings.gone)
        self._hook = (f"{public_url}{PATH}", settings.secret) if public_url and settings.secret else None
        self._manners = Manners(self._api, words, typing_after)
        self._poller = Poller(self._api, self.take, office, patience)
        self._pictures = pictures
        self._files = Linked(settings.media, patience.connect, patience.answer)
        self._door: Door | None = None
        self._registering: asyncio.Task[None] | None = None
        self._refused: str | None = None
        self._called: str | None = None

    @property
    def way(self) -> Way | None:
        """By its name, once Zalo has told it: no source tells of a link that leads to a bot."""
        return None if self._called is None else Way(self.account, "Zalo", called=self._called)

    @property
    def trouble(self) -> str | None:
        return self._refused or self._poller.trouble

    @property
    def routes(self) -> Sequence[HTTPRouteHandler]:
        """What is to be mounted on the HTTP server."""
        pictures = [self._pictures.route()] if self._pictures else []
        return [*([webhook(self.take, self._hook[1])] if self._hook else []), *pictures]

    async def start(self, door: Door) -> None:
        self._door = door
        self._registering = asyncio.create_task(self._register(), name="zalo bot register")

    async def stop(self) -> None:
        if self._registering is not None:
            self._registering.cancel()
            await asyncio.gather(self._registering, return_exceptions=True)
        await self._poller.stop()
        await self._manners.stop()

    async def close(self) -> None:
        await self._api.close()
        await self._files.close()

    async def fetch(self, reference: str, most: int) -> bytes | Unfetched:
        return await self._files.fetch(reference, most)

    async def send(self, out: Outgoing) -> Result:
        self._manners.answered(out.address.id)
        try:
            sent = await self._api.call(*self._call(out))
        except FAILURES as error:
            return await self._failed(error)
        self._refused = None
        external_id = sent.get("message_id") if isinstance(sent, dict) else None
        return Sent(None if external_id is None else str(external_id))

    def _call(self, out: Outgoing) -> tuple[str, dict[str, Any]]:
        """Pictures are not uploaded: Zalo fetches them."""
        chat = {"chat_id": out.address.id}
        if out.picture is None or self._pictures is None:
            return "sendMessage", {**chat, "text": out.text}
        return "sendPhoto", {**chat, "photo": self._pictures.to(out.id), "caption": out.text}

    async def take(self, raw: Any) -> None:
        """What one update leads to. Raises StoreError where it could not be stored; an unreadable one is reported and left."""
        assert self._door is not None, "start the channel first"
        try:
            event = read(raw, self.account)
        except Unreadable as error:
            log.error("update_unreadable", why=str(error))
            return
        match event:
            case Said(inbound):
                received = await self._door(self._files.followed(inbound))
                if received.new and received.answering:
                    self._manners.thinking(inbound.address.id)
            case Elsewhere(chat):
                self._manners.decline(chat)
            case Nothing(why):
                log.debug("update_ignored", why=why)

    async def _failed(self, error: Failure) -> Result:
        result, code = outcome(error, self._unpublished), error.code if isinstance(error, Refusal) else None
        if code == UNAUTHORIZED:
            self._refused = REFUSED_TOKEN
        elif code == TOO_MANY:
            self._refused = TOO_FAST
        elif code == NOT_FOUND and isinstance(result, Refused) and not await self._is_known():
            self._refused = UNKNOWN_BOT
            return SlowDown(WAIT_FOR_TOKEN)
        return result

    async def _is_known(self) -> bool:
        """«Not found» may mean that chat, or all of us: only the one is that message's own trouble."""
        try:
            return await self._api.knows_us()
        except FAILURES:
            return True

    async def _register(self) -> None:
        """Tell Zalo how to reach us, until it has heard; then begin to poll, where we poll."""
        while True:
            try:
                if self._hook is None:
                    await self._api.call("deleteWebhook", {})
                else:
                    url, secret = self._hook
                    await self._api.call("setWebhook", {"url": url, "secret_token": secret})
                break
            except Refusal as refusal:
                if self._hook is None and refusal.code != UNAUTHORIZED:
                    break  # without a webhook there is none to delete, and one source has seen Zalo say so with a 404
                self._refused = REFUSED_TOKEN if refusal.code == UNAUTHORIZED else f"Zalo does not take our webhook ({refusal})"
                pause = WAIT_FOR_TOKEN
            except FAILURES as error:
                self._refused, pause = f"Zalo does not answer ({type(error).__name__})", TRY_AGAIN
            log.warning("zalo_bot_not_reached", why=self._refused)
            await asyncio.sleep(pause)
        self._refused = None
        if self._hook is None:
            self._poller.start()
        self._called = await self._api.name()


def account(token: str) -> str:
    """The name of the account. The number before the colon is the bot's and no secret; of a token without one, a fingerprint."""
    number, colon, _ = token.partition(":")
    return f"zalo_bot:{number if colon and number.isdecimal() else hashlib.sha256(token.encode()).hexdigest()[:12]}"
