"""Every setting, read from the environment in one place, once. Secrets that are not set live in `var/`, made at the first start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import channels, values
from .channels import TelegramSettings, ZaloBotSettings, ZaloOaSettings
from .kept import UNMADE, kept, private_folder

__all__ = ["ROOT", "SECRETS", "UNMADE", "Settings", "TelegramSettings", "ZaloBotSettings", "ZaloOaSettings", "load"]

ROOT = Path(__file__).resolve().parent.parent.parent
SECRETS = ("data_key", "address_key", "visitor_key", "session_key", "nlu_token", "metrics_token")


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
    environment = values.OrFromFile(environment)
    var = Path(environment.get("DANLOI_VAR") or ROOT / "var").resolve()
    if make:
        private_folder(var)
    public_url = (environment.get("PUBLIC_URL") or "").rstrip("/") or None
    return Settings(
        var=var,
        database_url=environment.get("DATABASE_URL") or f"sqlite:///{var / 'danloi.db'}",
        host=environment.get("HOST") or "127.0.0.1",
        port=values.port(environment),
        public_url=public_url,
        nlu_url=tuple(url.rstrip("/") for url in environment.get("NLU_URL", "").split(",") if url.strip()),
        nlu_server=values.choice(environment, "NLU_SERVER", ("light", "rasa")),
        models=Path(environment.get("DANLOI_MODELS") or ROOT / "models").resolve(),
        log_level=values.level(environment),
        embed_origins=tuple(environment.get("EMBED_ORIGINS", "").replace(",", " ").split()),
        group_pause=values.seconds(environment, "GROUP_PAUSE", 1.5, least=0.0),
        group_limit=values.seconds(environment, "GROUP_LIMIT", 4.0, least=0.0),
        claim_time=values.seconds(environment, "CLAIM_TIME", 30.0),
        sender_term=values.seconds(environment, "SENDER_TERM", 15.0),
        drain_time=values.seconds(environment, "DRAIN_TIME", 0.0, least=0.0),
        keep_days=values.whole(environment, "KEEP_MESSAGES_DAYS", 90, 1, 365, "days"),
        keep_pictures_hours=values.whole(environment, "KEEP_PICTURES_HOURS", 24, 1, 72, "hours"),
        keep_audit_days=values.whole(environment, "KEEP_AUDIT_DAYS", 730, 90, 3650, "days"),
        keep_proof_days=values.whole(environment, "KEEP_PROOF_DAYS", 1825, 365, 3650, "days"),
        telegram=channels.telegram(environment, var, public_url, make),
        zalo_bot=channels.zalo_bot(environment, var, public_url, make),
        zalo_oa=channels.zalo_oa(environment, public_url),
        secrets={name: environment.get(name.upper()) or kept(var, name, make) for name in SECRETS},
    )
