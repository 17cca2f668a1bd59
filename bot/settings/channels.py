"""What an operator sets for each platform. What it does not publish, or one source alone says, stands here with where it comes from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..model.errors import SettingsError
from .kept import given, kept
from .values import choice, codes, number, origins, seconds, whole

ZALO_MEDIA = ("https://*.zdn.vn", "https://*.zadn.vn", "https://*.dlfl.vn", "https://*.dlmd.me")
"""Where Zalo keeps what people send. It publishes no list; public projects show photo-stal-17.zdn.vn, b-f64-zpg-r.zdn.vn,
file-stal-18.dlfl.vn and video-stal-46.dlmd.me in chats between people, and one that guards its downloads (2026) allows zdn.vn, zadn.vn
and dlfl.vn."""


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """The Telegram channel, where there is one."""

    token: str = field(repr=False)
    api: str
    """Where Telegram is asked; another address only for tests and for a server of one's own."""
    secret: str | None = field(repr=False)
    """With a secret, Telegram brings updates to PUBLIC_URL and must show it; without, they are polled."""


@dataclass(frozen=True, slots=True)
class ZaloBotSettings:
    """The Zalo Bot channel, where there is one. What its platform does not publish, or one source alone says, is a setting."""

    token: str = field(repr=False)
    api: str = "https://bot-api.zaloplatforms.com"
    """So openclaw 2026.9.5, pyzalo 0.1.0; https://bot-api.zapps.me in the older python-zalo-bot 0.1.9 and zalo-bot-mcp 0.1.1."""
    secret: str | None = field(default=None, repr=False)
    """With a secret, Zalo brings updates to PUBLIC_URL and must show it; without, they are polled."""
    max_text: int = 2000
    """docs.zaloplatforms.com "Stable v2.5.0" (2026-09): 1 to 2000 characters."""
    messages_per_turn: int = 2
    """The README of zalo-bot-mcp (2026-08) counts 3,000 messages a month on the free plan: the fewer a turn takes, the longer they last."""
    per_second: float = 10.0
    """Not published."""
    per_chat_second: float = 1.0
    """Not published."""
    pause: float = 30.0
    """Seconds of rest after a 429 that names none. Not published whether it ever names any."""
    gone: frozenset[int] = frozenset({403})
    """The error codes of a person who cannot be written to. Not published; 403 as on Telegram, which the platform is made after."""
    media: tuple[str, ...] = ZALO_MEDIA
    """The origins that pictures and voices are fetched from."""


@dataclass(frozen=True, slots=True)
class ZaloOaSettings:
    """The Zalo Official Account, where there is one. What is not sure of Zalo is here, with where it comes from."""

    app: str
    app_secret: str = field(repr=False)
    """Of the app, for tokens."""
    oa: str
    secret: str = field(repr=False)
    """Of the OA, by which events are signed."""
    api: str
    oauth: str
    site_code: str | None
    """What the console's proof of the domain asks for."""
    buttons: bool
    """Whether the API for consultation messages takes buttons is not known: php-sdk's examples of its third version show none, those of its
    second and PyPI's zalo-sdk do."""
    per_second: float
    """20 a second is told by one project's notes; Zalo names no number for its limit (error -32)."""
    window_days: float
    """7 days since the person's last message: PyPI's zalo-sdk (error -230) and reports of 2026; it was 48 hours once (error -305)."""
    free_hours: float
    """48 hours, and ..."""
    free_messages: int
    """... 8 messages in them: help pages of resellers (zalooa.freshdesk.com, etelecom, abot.vn). Changes with the OA's package."""
    paid: bool
    """Whether what goes beyond may be sent on the package's account; what that costs changes with the package."""
    media: tuple[str, ...] = ZALO_MEDIA
    """The origins that pictures and voices are fetched from."""


def telegram(environment: Mapping[str, str], var: Path, public_url: str | None, make: bool) -> TelegramSettings | None:
    """Configured by its token, from the environment or from the file `telegram_token` in `var/`."""
    token = given(environment, var, "telegram_token")
    if not token:
        return None
    if not re.fullmatch(r"\d{1,20}:[A-Za-z0-9_-]{20,100}", token):
        raise SettingsError("TELEGRAM_TOKEN is no token: copy the whole line that @BotFather gave, digits, colon and letters.")
    api = (environment.get("TELEGRAM_API") or "https://api.telegram.org").rstrip("/")
    receive = choice(environment, "TELEGRAM_RECEIVE", ("polling", "webhook"))
    if receive == "polling":
        return TelegramSettings(token, api, secret=None)
    _be_reachable(public_url, "TELEGRAM_RECEIVE=webhook", "Telegram")
    secret = environment.get("TELEGRAM_SECRET") or kept(var, "telegram_secret", make)
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
        raise SettingsError("TELEGRAM_SECRET must be 16 to 256 letters, digits, _ or -; leave it out and one is made.")
    return TelegramSettings(token, api, secret)


def zalo_bot(environment: Mapping[str, str], var: Path, public_url: str | None, make: bool) -> ZaloBotSettings | None:
    """Configured by its token, from the environment or from the file `zalo_bot_token` in `var/`."""
    token = given(environment, var, "zalo_bot_token")
    if not token:
        return None
    if not re.fullmatch(r"[A-Za-z0-9:_-]{20,300}", token):
        raise SettingsError("ZALO_BOT_TOKEN is no token: copy the whole line that Zalo Bot Manager sent, digits, colon and letters.")
    usual, secret = ZaloBotSettings(token), None
    if choice(environment, "ZALO_BOT_RECEIVE", ("polling", "webhook")) == "webhook":
        _be_reachable(public_url, "ZALO_BOT_RECEIVE=webhook", "Zalo")
        secret = environment.get("ZALO_BOT_SECRET") or kept(var, "zalo_bot_secret", make)
        if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
            raise SettingsError("ZALO_BOT_SECRET must be 16 to 256 letters, digits, _ or -; leave it out and one is made.")
    return ZaloBotSettings(
        token,
        (environment.get("ZALO_BOT_API") or usual.api).rstrip("/"),
        secret,
        whole(environment, "ZALO_BOT_MAX_TEXT", usual.max_text, 200, 10_000),
        whole(environment, "ZALO_BOT_MESSAGES_PER_TURN", usual.messages_per_turn, 1, 20),
        number(environment, "ZALO_BOT_PER_SECOND", usual.per_second, 1000),
        number(environment, "ZALO_BOT_PER_CHAT_SECOND", usual.per_chat_second, 1000),
        seconds(environment, "ZALO_BOT_PAUSE", usual.pause),
        codes(environment, "ZALO_BOT_GONE", usual.gone),
        origins(environment, "ZALO_MEDIA", ZALO_MEDIA),
    )


def _be_reachable(public_url: str | None, what: str, by: str) -> None:
    if public_url is None or not public_url.startswith(("https://", "http://127.0.0.1:")):
        raise SettingsError(f"{what} needs PUBLIC_URL, an https:// address by which {by} reaches us.")


ZALO_OA = {
    "ZALO_OA_APP_ID": "the app's id, at developers.zalo.me",
    "ZALO_OA_APP_SECRET": "the app's secret key, at developers.zalo.me → the app → Settings",
    "ZALO_OA_ID": "the OA's id, at oa.zalo.me",
    "ZALO_OA_SECRET": "the OA's secret key, at developers.zalo.me → the app → Official Account",
}


def zalo_oa(environment: Mapping[str, str], public_url: str | None) -> ZaloOaSettings | None:
    """Configured by four values, all or none."""
    four = {name: (environment.get(name) or "").strip() for name in ZALO_OA}
    if not any(four.values()):
        return None
    missing = [f"{name} ({ZALO_OA[name]})" for name, value in four.items() if not value]
    if missing:
        raise SettingsError(f"The Zalo OA needs also {', '.join(missing)}.")
    for name in ("ZALO_OA_APP_ID", "ZALO_OA_ID"):
        if not re.fullmatch(r"[0-9]{1,30}", four[name]):
            raise SettingsError(f"{name} is a number of digits alone: {ZALO_OA[name]}.")
    if four["ZALO_OA_APP_SECRET"] == four["ZALO_OA_SECRET"]:
        raise SettingsError("ZALO_OA_SECRET and ZALO_OA_APP_SECRET are two different keys: the OA's own, and the app's.")
    _be_reachable(public_url, "The Zalo OA", "Zalo")
    code = environment.get("ZALO_SITE_CODE") or None
    if code is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", code):
        raise SettingsError("ZALO_SITE_CODE is what stands between «zalo_verifier» and «.html» in the name of the file that Zalo gives.")
    return ZaloOaSettings(
        app=four["ZALO_OA_APP_ID"],
        app_secret=four["ZALO_OA_APP_SECRET"],
        oa=four["ZALO_OA_ID"],
        secret=four["ZALO_OA_SECRET"],
        api=(environment.get("ZALO_OA_API") or "https://openapi.zalo.me").rstrip("/"),
        oauth=(environment.get("ZALO_OAUTH") or "https://oauth.zaloapp.com").rstrip("/"),
        site_code=code,
        buttons=choice(environment, "ZALO_OA_BUTTONS", ("on", "off")) == "on",
        per_second=number(environment, "ZALO_OA_PER_SECOND", 20, 1000),
        window_days=number(environment, "ZALO_OA_WINDOW_DAYS", 7, 30),
        free_hours=number(environment, "ZALO_OA_FREE_HOURS", 48, 720),
        free_messages=int(number(environment, "ZALO_OA_FREE_MESSAGES", 8, 1000)),
        paid=choice(environment, "ZALO_OA_PAID", ("off", "on")) == "on",
        media=origins(environment, "ZALO_MEDIA", ZALO_MEDIA),
    )
