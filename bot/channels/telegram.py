"""Telegram as a channel for citizens: private chats, by polling or by webhook, with taps under the messages."""

import asyncio
import html
import re
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from litestar.handlers import HTTPRouteHandler
from telegram import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import InvalidToken, TelegramError

from ..model.delivery import Outgoing, Result, Sent
from ..model.message import MAX_PAYLOAD_BYTES, Address, Button, Received, Tap
from ..model.moving import Way
from .base import Door, Limits, Markup, Office, Pictures, Unfetched
from .courtesies import TYPING_AFTER
from .telegram_api import OFFICIAL, REFUSED_TOKEN, WAIT_FOR_TOKEN, Patience, cannot_be_parsed, connect, outcome
from .telegram_fields import ALLOWED
from .telegram_files import Files
from .telegram_manners import Manners
from .telegram_poll import Poller
from .telegram_updates import Elsewhere, ForeignTap, Membership, Nothing, Said, Tapped, Unreadable, read
from .telegram_webhook import PATH, webhook

log = structlog.get_logger(__name__)

MENU = ("menu", "lai", "dung", "nguoi", "chuyen", "dulieu", "xoa")
"""The commands in Telegram's menu: understanding/commands reads what they do, content/common/telegram.md.j2 says what they are called."""
SHORT = 14
"""Two buttons share a row where both labels are at most so long; longer ones would be cut on a small phone."""
MOST_CAPTION = 1000
"""Telegram takes 1,024 characters."""
TRY_AGAIN = 30.0


class Telegram:
    """`words` gives our own small texts, `office` is held by the one process that polls."""

    def __init__(
        self,
        token: str,
        words: Callable[[str], str],
        office: Office,
        *,
        api: str = OFFICIAL,
        hook: tuple[str, str] | None = None,
        patience: Patience | None = None,
        typing_after: float = TYPING_AFTER,
    ) -> None:
        """`hook`: our public address and the secret Telegram must show, where Telegram is to bring updates; else they are polled."""
        patience = patience or Patience()
        self.account = account(token)
        self.limits = Limits(
            Markup.TELEGRAM_HTML,
            max_text=4000,
            max_buttons=20,
            per_second=25,
            per_chat_second=1,
            per_chat_burst=4,
            send_timeout=2 * patience.connect + patience.answer + 3,
            pictures=Pictures(caption=MOST_CAPTION, most_bytes=2_000_000),
        )
        self._bot, self._requests = connect(token, api, patience)
        self._words = words
        self._hook = hook
        self._files = Files(self._bot, patience)
        self._manners = Manners(self._bot, words, typing_after)
        self._poller = Poller(self._bot, self.take, office, patience)
        self._door: Door | None = None
        self._registering: asyncio.Task[None] | None = None
        self._refused: str | None = None
        self._link: str | None = None

    @property
    def way(self) -> Way | None:
        """Known once Telegram has told our name."""
        return None if self._link is None else Way(self.account, "Telegram", self._link, says_code=True)

    @property
    def trouble(self) -> str | None:
        return self._refused or self._poller.trouble

    @property
    def routes(self) -> Sequence[HTTPRouteHandler]:
        """What is to be mounted on the HTTP server."""
        return [webhook(self.take, self._hook[1])] if self._hook else []

    async def start(self, door: Door) -> None:
        self._door = door
        self._registering = asyncio.create_task(self._register(), name="telegram register")

    async def stop(self) -> None:
        if self._registering is not None:
            self._registering.cancel()
            await asyncio.gather(self._registering, return_exceptions=True)
        await self._poller.stop()
        await self._manners.stop()

    async def close(self) -> None:
        await asyncio.gather(*(request.shutdown() for request in self._requests), self._files.close())

    async def fetch(self, reference: str, most: int) -> bytes | Unfetched:
        return await self._files.fetch(reference, most)

    async def send(self, out: Outgoing) -> Result:
        self._manners.answered(int(out.address.id))
        try:
            result = await self._send(out, out.text, ParseMode.HTML)
        except TelegramError as error:
            if not cannot_be_parsed(error):
                return self._failed(error)
            log.error("markup_refused", message=out.id)
            try:
                result = await self._send(out, plain(out.text), None)
            except TelegramError as again:
                return self._failed(again)
        self._refused = None
        return result

    async def take(self, raw: Any) -> None:
        """What one update leads to. Raises StoreError where it could not be stored; an unreadable one is reported and left."""
        assert self._door is not None, "start the channel first"
        try:
            event = read(raw, self.account)
        except Unreadable as error:
            log.error("update_unreadable", update=raw.get("update_id") if isinstance(raw, dict) else None, why=str(error))
            return
        match event:
            case Said(inbound):
                self._think(inbound.address, await self._door(inbound))
            case Tapped():
                self._think(event.inbound.address, await self._door(event.inbound))
                self._manners.tapped(event)
            case ForeignTap():
                self._manners.foreign(event)
            case Membership(address, reachable):
                await self._door.reach(address, reachable)
            case Elsewhere(chat):
                self._manners.decline(chat)
            case Nothing(why):
                log.debug("update_ignored", why=why)

    def _think(self, address: Address, received: Received) -> None:
        if received.new and received.answering:
            self._manners.thinking(int(address.id))

    async def _send(self, out: Outgoing, text: str, parse_mode: str | None) -> Result:
        if out.picture is not None:
            upload = InputFile(out.picture, filename="anh.jpg")
            shown = await self._bot.send_photo(out.address.id, upload, caption=text, parse_mode=parse_mode)
            return Sent(str(shown.message_id))
        fitting = [button for button in out.buttons if len(_payload(button, out.turn).encode()) <= MAX_PAYLOAD_BYTES]
        if len(fitting) < len(out.buttons):
            log.error("button_too_long", message=out.id)
            text, fitting = f"{text}\n\n{_as_lines(out.buttons, parse_mode)}", []
        sent = await self._bot.send_message(
            out.address.id,
            text,
            parse_mode=parse_mode,
            reply_markup=keyboard(fitting, out.turn),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        return Sent(str(sent.message_id))

    def _failed(self, error: TelegramError) -> Result:
        if isinstance(error, InvalidToken):
            self._refused = REFUSED_TOKEN
        return outcome(error)

    async def _register(self) -> None:
        """Tell Telegram how to reach us, until it has heard; then begin to poll, where we poll; then what our menu is called."""
        while True:
            try:
                if self._hook is None:
                    await self._bot.delete_webhook()
                else:
                    url, secret = self._hook
                    await self._bot.set_webhook(f"{url}{PATH}", secret_token=secret, allowed_updates=ALLOWED)
                break
            except TelegramError as error:
                refused = isinstance(error, InvalidToken)
                self._refused = REFUSED_TOKEN if refused else f"Telegram does not answer ({type(error.__cause__ or error).__name__})"
                log.warning("telegram_not_reached", why=self._refused)
                await asyncio.sleep(WAIT_FOR_TOKEN if refused else TRY_AGAIN)
        self._refused = None
        if self._hook is None:
            self._poller.start()
        try:
            self._link = f"https://t.me/{(await self._bot.get_me()).username}"
            await self._bot.set_my_commands([BotCommand(name, self._words(f"command_{name}")) for name in MENU])
            await self._bot.set_my_description(self._words("description"))
            await self._bot.set_my_short_description(self._words("short_description"))
        except TelegramError as error:
            log.warning("menu_not_set", why=error.message)


def account(token: str) -> str:
    """The name of the account: another bot's people are other people to us. The number before the colon is no secret."""
    return f"telegram:{token.partition(':')[0]}"


def keyboard(buttons: Sequence[Button], turn: int) -> InlineKeyboardMarkup | None:
    """Taps one below the other; two short ones that stand alone, such as «Có» and «Không», side by side."""
    taps = [InlineKeyboardButton(button.label, callback_data=_payload(button, turn)) for button in buttons]
    if len(buttons) == 2 and all(len(button.label) <= SHORT for button in buttons):
        return InlineKeyboardMarkup([taps])
    return InlineKeyboardMarkup([[tap] for tap in taps]) if taps else None


def plain(marked: str) -> str:
    """Our own HTML without its marks."""
    return html.unescape(re.sub(r"</?b>", "", marked))


def _payload(button: Button, turn: int) -> str:
    return Tap(button.value, turn).payload


def _as_lines(buttons: Sequence[Button], parse_mode: str | None) -> str:
    """Taps that no button can carry: numbers to answer with."""
    labels = [html.escape(button.label, quote=False) if parse_mode else button.label for button in buttons]
    return "\n".join(f"{number}. {label}" for number, label in enumerate(labels, 1))
