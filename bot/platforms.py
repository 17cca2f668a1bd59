"""The channels of other companies' platforms, put together from the settings; each is None where it is not configured.

Of several processes one is elected to poll a platform, or to renew its tokens, by an office with a term.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from .channels import telegram_api, zalo_bot_api, zalo_oa_api
from .channels.base import Fetches, Routed
from .channels.picture_links import PictureLinks
from .channels.telegram import Telegram
from .channels.telegram import account as telegram_account
from .channels.zalo_bot import ZaloBot
from .channels.zalo_bot import account as zalo_bot_account
from .channels.zalo_oa import Ways, ZaloOa
from .channels.zalo_oa import account as zalo_oa_account
from .channels.zalo_oa_tokens import Tokens
from .model import clock as clocks
from .model.clock import today
from .model.delivery import Budget
from .replies.formats import numbered
from .replies.words import Words
from .settings import Settings, ZaloOaSettings
from .store import attachments
from .store.database import Database
from .store.office import Office
from .store.tokens import Shelf

ZALO_TERM = 60.0
"""Seconds that the one who renews Zalo's tokens may be silent: longer than Zalo may take to answer."""


@dataclass(frozen=True, slots=True)
class Platforms:
    telegram: Telegram | None
    zalo_oa: ZaloOa | None
    zalo_bot: ZaloBot | None

    @property
    def channels(self) -> list[Routed]:
        configured: tuple[Routed | None, ...] = (self.telegram, self.zalo_oa, self.zalo_bot)
        return [channel for channel in configured if channel is not None]

    @property
    def files(self) -> dict[str, Fetches]:
        """The accounts from which pictures can be fetched."""
        return {channel.account: channel for channel in self.channels if isinstance(channel, Fetches)}

    @property
    def tokens(self) -> Tokens | None:
        """The right to speak for the Zalo OA."""
        return None if self.zalo_oa is None else self.zalo_oa.tokens


def platforms(settings: Settings, database: Database, words: Words, me: str) -> Platforms:
    """`me`: this process's name on what it holds."""
    return Platforms(telegram(settings, database, words, me), zalo_oa(settings, database, me), zalo_bot(settings, database, words, me))


def telegram(settings: Settings, database: Database, words: Words, me: str) -> Telegram | None:
    configured = settings.telegram
    if configured is None:
        return None
    office = Office(database, f"poller:{telegram_account(configured.token)}", me, clocks.now, settings.sender_term)
    hook = (settings.public_url or "", configured.secret) if configured.secret else None

    def say(block: str) -> str:
        return words.text(f"telegram.{block}", today(clocks.now()))

    usual = telegram_api.Patience()
    patience = replace(usual, poll=_poll(usual.poll, settings.sender_term))
    return Telegram(configured.token, say, office, api=configured.api, hook=hook, patience=patience)


def zalo_bot(settings: Settings, database: Database, words: Words, me: str) -> ZaloBot | None:
    configured = settings.zalo_bot
    if configured is None:
        return None
    office = Office(database, f"poller:{zalo_bot_account(configured.token)}", me, clocks.now, settings.sender_term)

    def say(block: str) -> str:
        return words.text(f"zalo_bot.{block}", today(clocks.now()))

    usual = zalo_bot_api.Patience()
    patience = replace(usual, poll=_poll(usual.poll, settings.sender_term))
    links = _links(settings, database)
    return ZaloBot(configured, say, office, public_url=settings.public_url, pictures=links, patience=patience)


def _links(settings: Settings, database: Database) -> PictureLinks | None:
    """Where a platform can fetch a picture that is sent by it: our public address, if it is by https."""
    if not (settings.public_url or "").startswith("https://"):
        return None

    async def picture(message_id: int) -> bytes | None:
        return await database.read(lambda tx: attachments.of_message(tx, message_id, clocks.now()))

    return PictureLinks(settings.secrets["visitor_key"], settings.public_url or "", picture, clocks.now)


def zalo_oa(settings: Settings, database: Database, me: str) -> ZaloOa | None:
    configured = settings.zalo_oa
    if configured is None:
        return None
    name, patience = zalo_oa_account(configured.oa), zalo_oa_api.Patience()
    who = zalo_oa_api.App(configured.app, configured.app_secret, configured.oa)
    api = zalo_oa_api.Api(who, configured.api, configured.oauth, patience, clocks.now)
    office = Office(database, f"tokens:{name}", me, clocks.now, ZALO_TERM)
    back = f"{settings.public_url}/desk/zalo/callback"
    tokens = Tokens(api, Shelf(database, name, clocks.now), office, clocks.now, configured.oa, back)
    ways = Ways(_budget(configured), configured.buttons, configured.per_second)
    code, media = configured.site_code, configured.media
    return ZaloOa(configured.app, configured.oa, configured.secret, api, tokens, numbered, ways, clocks.now, site_code=code, media=media)


def _budget(configured: ZaloOaSettings) -> Budget:
    return Budget(
        reach=timedelta(days=configured.window_days),
        free_for=timedelta(hours=configured.free_hours),
        free=configured.free_messages,
        paid=configured.paid,
        kept=min(2, configured.free_messages - 1),
    )


def _poll(usual: float, term: float) -> float:
    """A poll that outlasts its poller's term would be run beside another."""
    return min(usual, max(1.0, term // 2))
