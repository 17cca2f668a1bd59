"""Every setting, read from the environment in one place, once. Secrets that are not set live in `var/`, made at the first start."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .model.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
SECRETS = ("data_key", "address_key", "visitor_key", "session_key", "nlu_token")


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """The Telegram channel, where there is one."""

    token: str = field(repr=False)
    api: str
    """Where Telegram is asked; another address only for tests and for a server of one's own."""
    secret: str | None = field(repr=False)
    """With a secret, Telegram brings updates to PUBLIC_URL and must show it; without, they are polled."""


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
    workers: int = 4
    remind_after: float = 20 * 3600
    keep_days: int = 90
    """How long messages are kept; told to the citizen in the first words."""


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process. Raises SettingsError naming the variable and what it accepts."""
    var = Path(environment.get("DANLOI_VAR") or ROOT / "var").resolve()
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
        claim_time=_seconds(environment, "CLAIM_TIME", 30.0),
        sender_term=_seconds(environment, "SENDER_TERM", 15.0),
        telegram=_telegram(environment, var, public_url),
        secrets={name: environment.get(name.upper()) or _kept(var, name) for name in SECRETS},
    )


def _telegram(environment: Mapping[str, str], var: Path, public_url: str | None) -> TelegramSettings | None:
    """Configured by its token, from the environment or from the file `telegram_token` in `var/`."""
    file = var / "telegram_token"
    token = (environment.get("TELEGRAM_TOKEN") or (file.read_text(encoding="utf-8") if file.exists() else "")).strip()
    if not token:
        return None
    if not re.fullmatch(r"\d{1,20}:[A-Za-z0-9_-]{20,100}", token):
        raise SettingsError("TELEGRAM_TOKEN is no token: copy the whole line that @BotFather gave, digits, colon and letters.")
    api = (environment.get("TELEGRAM_API") or "https://api.telegram.org").rstrip("/")
    receive = _choice(environment, "TELEGRAM_RECEIVE", ("polling", "webhook"))
    if receive == "polling":
        return TelegramSettings(token, api, secret=None)
    if public_url is None or not public_url.startswith(("https://", "http://127.0.0.1:")):
        raise SettingsError("TELEGRAM_RECEIVE=webhook needs PUBLIC_URL, an https:// address by which Telegram reaches us.")
    secret = environment.get("TELEGRAM_SECRET") or _kept(var, "telegram_secret")
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
        raise SettingsError("TELEGRAM_SECRET must be 16 to 256 letters, digits, _ or -; leave it out and one is made.")
    return TelegramSettings(token, api, secret)


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


def _seconds(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name)
    if not text:
        return default
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        raise SettingsError(f"{name}={text!r} is no time: give seconds above 0, up to 3600.")
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


def _kept(var: Path, name: str) -> str:
    """A secret from `var/`, made now if there is none. Made whole or not at all, so two first starts agree on one."""
    path = var / name
    if not path.exists():
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
