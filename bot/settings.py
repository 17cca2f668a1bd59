"""Every setting, read from the environment in one place, once. Secrets that are not set live in `var/`, made at the first start."""

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .model.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
UNMADE = "not-made-yet-" * 3
"""Stands for a secret that the first start will make."""
SECRETS = ("data_key", "address_key", "visitor_key", "session_key", "nlu_token", "metrics_token")


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


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator can set. Times in seconds."""

    var: Path
    """The folder of everything that is ours to keep: database, secrets. Only the owner may read it."""
    database_url: str
    host: str
    port: int
    public_url: str | None
    nlu_url: tuple[str, ...]
    """Language model processes elsewhere; empty: one is started and watched as a child."""
    nlu_server: str
    """Which server answers for the model as our child: "light", our own, or "rasa"."""
    models: Path
    log_level: str
    secrets: Mapping[str, str] = field(repr=False)
    telegram: TelegramSettings | None = None
    zalo_bot: ZaloBotSettings | None = None
    zalo_oa: ZaloOaSettings | None = None
    root: Path = ROOT
    embed_origins: tuple[str, ...] = ()
    """Sites that may show the widget, e.g. https://xa-dong-van.example."""
    group_pause: float = 1.5
    """How long a text waits for what the citizen types next, after the last one ..."""
    group_limit: float = 4.0
    """... and at most, after the first one."""
    poll: float = 2.0
    """How often the workers look for themselves, should a wake-up get lost."""
    claim_time: float = 30.0
    """How long one turn may take before another worker may claim the conversation."""
    sender_term: float = 15.0
    """How long an elected sender may be silent before another process takes over."""
    drain_time: float = 0.0
    """How long a process that is to stop still takes what comes, while /readyz sends new visitors elsewhere."""
    workers: int = 4
    remind_after: float = 20 * 3600
    keep_days: int = 90
    """How long messages, and what came of them, are kept; told to the citizen in the first words. Days."""
    keep_pictures_hours: int = 24
    """How long a picture or voice is kept for the person who helps; told where it is sent. Hours."""
    keep_audit_days: int = 730
    """How long it is kept who took, saw and changed what at the desk. Days."""
    keep_proof_days: int = 1825
    """How long the proof of consents, requests and breaches is kept, from when each was settled. Days."""


def load(environment: Mapping[str, str] = os.environ, make: bool = True) -> Settings:
    """The settings of this process. Raises SettingsError naming the variable and what it accepts.

    `make`: the folder and the secrets that are not there yet; without, nothing is touched, and `UNMADE` stands for such a secret.
    """
    environment = _OrFromFile(environment)
    var = Path(environment.get("DANLOI_VAR") or ROOT / "var").resolve()
    if make:
        _private_folder(var)
    public_url = (environment.get("PUBLIC_URL") or "").rstrip("/") or None
    return Settings(
        var=var,
        database_url=environment.get("DATABASE_URL") or f"sqlite:///{var / 'danloi.db'}",
        host=environment.get("HOST") or "127.0.0.1",
        port=_port(environment),
        public_url=public_url,
        nlu_url=tuple(url.rstrip("/") for url in environment.get("NLU_URL", "").split(",") if url.strip()),
        nlu_server=_choice(environment, "NLU_SERVER", ("light", "rasa")),
        models=Path(environment.get("DANLOI_MODELS") or ROOT / "models").resolve(),
        log_level=_level(environment),
        embed_origins=tuple(environment.get("EMBED_ORIGINS", "").replace(",", " ").split()),
        group_pause=_seconds(environment, "GROUP_PAUSE", 1.5, least=0.0),
        group_limit=_seconds(environment, "GROUP_LIMIT", 4.0, least=0.0),
        claim_time=_seconds(environment, "CLAIM_TIME", 30.0),
        sender_term=_seconds(environment, "SENDER_TERM", 15.0),
        drain_time=_seconds(environment, "DRAIN_TIME", 0.0, least=0.0),
        keep_days=_whole(environment, "KEEP_MESSAGES_DAYS", 90, 1, 365, "days"),
        keep_pictures_hours=_whole(environment, "KEEP_PICTURES_HOURS", 24, 1, 72, "hours"),
        keep_audit_days=_whole(environment, "KEEP_AUDIT_DAYS", 730, 90, 3650, "days"),
        keep_proof_days=_whole(environment, "KEEP_PROOF_DAYS", 1825, 365, 3650, "days"),
        telegram=_telegram(environment, var, public_url, make),
        zalo_bot=_zalo_bot(environment, var, public_url, make),
        zalo_oa=_zalo_oa(environment, public_url),
        secrets={name: environment.get(name.upper()) or _kept(var, name, make) for name in SECRETS},
    )


class _OrFromFile(Mapping[str, str]):
    """The environment, where NAME_FILE may name a file that holds NAME's value, as secrets are handed to containers."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __getitem__(self, name: str) -> str:
        file = self._environment.get(f"{name}_FILE")
        if self._environment.get(name) or not file:
            return self._environment[name]
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise SettingsError(f"{name}_FILE={file!r} cannot be read ({type(error).__name__}): name a file that holds {name}.") from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._environment)

    def __len__(self) -> int:
        return len(self._environment)


def _telegram(environment: Mapping[str, str], var: Path, public_url: str | None, make: bool) -> TelegramSettings | None:
    """Configured by its token, from the environment or from the file `telegram_token` in `var/`."""
    token = _given(environment, var, "telegram_token")
    if not token:
        return None
    if not re.fullmatch(r"\d{1,20}:[A-Za-z0-9_-]{20,100}", token):
        raise SettingsError("TELEGRAM_TOKEN is no token: copy the whole line that @BotFather gave, digits, colon and letters.")
    api = (environment.get("TELEGRAM_API") or "https://api.telegram.org").rstrip("/")
    receive = _choice(environment, "TELEGRAM_RECEIVE", ("polling", "webhook"))
    if receive == "polling":
        return TelegramSettings(token, api, secret=None)
    _be_reachable(public_url, "TELEGRAM_RECEIVE=webhook", "Telegram")
    secret = environment.get("TELEGRAM_SECRET") or _kept(var, "telegram_secret", make)
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
        raise SettingsError("TELEGRAM_SECRET must be 16 to 256 letters, digits, _ or -; leave it out and one is made.")
    return TelegramSettings(token, api, secret)


def _zalo_bot(environment: Mapping[str, str], var: Path, public_url: str | None, make: bool) -> ZaloBotSettings | None:
    """Configured by its token, from the environment or from the file `zalo_bot_token` in `var/`."""
    token = _given(environment, var, "zalo_bot_token")
    if not token:
        return None
    if not re.fullmatch(r"[A-Za-z0-9:_-]{20,300}", token):
        raise SettingsError("ZALO_BOT_TOKEN is no token: copy the whole line that Zalo Bot Manager sent, digits, colon and letters.")
    usual, secret = ZaloBotSettings(token), None
    if _choice(environment, "ZALO_BOT_RECEIVE", ("polling", "webhook")) == "webhook":
        _be_reachable(public_url, "ZALO_BOT_RECEIVE=webhook", "Zalo")
        secret = environment.get("ZALO_BOT_SECRET") or _kept(var, "zalo_bot_secret", make)
        if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
            raise SettingsError("ZALO_BOT_SECRET must be 16 to 256 letters, digits, _ or -; leave it out and one is made.")
    return ZaloBotSettings(
        token,
        (environment.get("ZALO_BOT_API") or usual.api).rstrip("/"),
        secret,
        _whole(environment, "ZALO_BOT_MAX_TEXT", usual.max_text, 200, 10_000),
        _whole(environment, "ZALO_BOT_MESSAGES_PER_TURN", usual.messages_per_turn, 1, 20),
        _number(environment, "ZALO_BOT_PER_SECOND", usual.per_second, 1000),
        _number(environment, "ZALO_BOT_PER_CHAT_SECOND", usual.per_chat_second, 1000),
        _seconds(environment, "ZALO_BOT_PAUSE", usual.pause),
        _codes(environment, "ZALO_BOT_GONE", usual.gone),
    )


def _be_reachable(public_url: str | None, what: str, by: str) -> None:
    if public_url is None or not public_url.startswith(("https://", "http://127.0.0.1:")):
        raise SettingsError(f"{what} needs PUBLIC_URL, an https:// address by which {by} reaches us.")


def _given(environment: Mapping[str, str], var: Path, name: str) -> str:
    """What an operator was given elsewhere: from the environment, or from the file of that name in `var/`."""
    file = var / name
    return (environment.get(name.upper()) or (file.read_text(encoding="utf-8") if file.exists() else "")).strip()


ZALO_OA = {
    "ZALO_OA_APP_ID": "the app's id, at developers.zalo.me",
    "ZALO_OA_APP_SECRET": "the app's secret key, at developers.zalo.me → the app → Settings",
    "ZALO_OA_ID": "the OA's id, at oa.zalo.me",
    "ZALO_OA_SECRET": "the OA's secret key, at developers.zalo.me → the app → Official Account",
}


def _zalo_oa(environment: Mapping[str, str], public_url: str | None) -> ZaloOaSettings | None:
    """Configured by four values, all or none."""
    given = {name: (environment.get(name) or "").strip() for name in ZALO_OA}
    if not any(given.values()):
        return None
    missing = [f"{name} ({ZALO_OA[name]})" for name, value in given.items() if not value]
    if missing:
        raise SettingsError(f"The Zalo OA needs also {', '.join(missing)}.")
    for name in ("ZALO_OA_APP_ID", "ZALO_OA_ID"):
        if not re.fullmatch(r"[0-9]{1,30}", given[name]):
            raise SettingsError(f"{name} is a number of digits alone: {ZALO_OA[name]}.")
    if given["ZALO_OA_APP_SECRET"] == given["ZALO_OA_SECRET"]:
        raise SettingsError("ZALO_OA_SECRET and ZALO_OA_APP_SECRET are two different keys: the OA's own, and the app's.")
    _be_reachable(public_url, "The Zalo OA", "Zalo")
    code = environment.get("ZALO_SITE_CODE") or None
    if code is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", code):
        raise SettingsError("ZALO_SITE_CODE is what stands between «zalo_verifier» and «.html» in the name of the file that Zalo gives.")
    return ZaloOaSettings(
        app=given["ZALO_OA_APP_ID"],
        app_secret=given["ZALO_OA_APP_SECRET"],
        oa=given["ZALO_OA_ID"],
        secret=given["ZALO_OA_SECRET"],
        api=(environment.get("ZALO_OA_API") or "https://openapi.zalo.me").rstrip("/"),
        oauth=(environment.get("ZALO_OAUTH") or "https://oauth.zaloapp.com").rstrip("/"),
        site_code=code,
        buttons=_choice(environment, "ZALO_OA_BUTTONS", ("on", "off")) == "on",
        per_second=_number(environment, "ZALO_OA_PER_SECOND", 20, 1000),
        window_days=_number(environment, "ZALO_OA_WINDOW_DAYS", 7, 30),
        free_hours=_number(environment, "ZALO_OA_FREE_HOURS", 48, 720),
        free_messages=int(_number(environment, "ZALO_OA_FREE_MESSAGES", 8, 1000)),
        paid=_choice(environment, "ZALO_OA_PAID", ("off", "on")) == "on",
    )


def _number(environment: Mapping[str, str], name: str, default: float, most: float) -> float:
    text = environment.get(name)
    try:
        number = float(text) if text else default
    except ValueError:
        number = 0.0
    if not 0 < number <= most:
        raise SettingsError(f"{name}={text!r} is no such number: give one above 0, up to {most:g}.")
    return number


def _choice(environment: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    """One of the known words; the first where nothing is set."""
    chosen = environment.get(name) or known[0]
    if chosen not in known:
        raise SettingsError(f"{name}={chosen!r} is unknown: use {' or '.join(known)}.")
    return chosen


def _port(environment: Mapping[str, str]) -> int:
    text = environment.get("PORT") or "8000"
    if not text.isdecimal() or not 0 <= int(text) <= 65535:
        raise SettingsError(f"PORT={text!r} is no port: give a number from 1 to 65535, or 0 for any free one.")
    return int(text)


def _whole(environment: Mapping[str, str], name: str, default: int, least: int, most: int, unit: str = "") -> int:
    """`unit`: "days", "hours", where it is a time."""
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        raise SettingsError(f"{name}={text!r} will not do: give a whole number{unit and f' of {unit}'} from {least} to {most}.")
    return int(text)


def _codes(environment: Mapping[str, str], name: str, default: frozenset[int]) -> frozenset[int]:
    """Numbers with commas; "none" for none."""
    text = environment.get(name)
    if not text:
        return default
    codes = [] if text == "none" else [code.strip() for code in text.split(",")]
    if not all(re.fullmatch(r"[0-9]{1,6}", code) for code in codes):
        raise SettingsError(f"{name}={text!r} will not do: give error codes with commas, or none.")
    return frozenset(map(int, codes))


def _seconds(environment: Mapping[str, str], name: str, default: float, least: float = 0.001) -> float:
    text = environment.get(name)
    if not text:
        return default
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not least <= seconds <= 3600:
        raise SettingsError(f"{name}={text!r} is no time: give seconds from {least:g} to 3600.")
    return seconds


def _level(environment: Mapping[str, str]) -> str:
    level = (environment.get("LOG_LEVEL") or "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise SettingsError(f"LOG_LEVEL={level!r} is unknown: use DEBUG, INFO, WARNING or ERROR.")
    return level


def _private_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise SettingsError(
            f"The folder {folder} cannot be made or kept private ({error.strerror}): set DANLOI_VAR to one that can."
        ) from error


def _kept(var: Path, name: str, make: bool) -> str:
    """A secret from `var/`, made now if there is none. Made whole or not at all, so two first starts agree on one."""
    path = var / name
    if not path.exists():
        if not make:
            return UNMADE
        fresh = var / f".{name}.{os.getpid()}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    secret = path.read_text().strip()
    if len(secret) < 32:
        raise SettingsError(f"The secret in {path} is damaged: restore it from your backup; without data_key nothing stored can be read.")
    return secret
