"""The composition root: builds every part once, from settings and channels, and starts and stops them in order."""

import asyncio
import os
import secrets
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
import yaml

from . import metrics
from .channels.base import Channel, LimitsNow
from .desk.hours import Hours
from .desk.ladder import Ladder
from .desk.owning import Leases
from .desk.rights import ROOM, Place, Rights
from .desk.switch import Switch
from .desk.takeover import Takeover
from .desk.voice import Voice
from .dialogue.lint import Around, lint
from .dialogue.load import load_topics
from .dialogue.versions import Library, Thresholds
from .loops import Loop
from .model import clock as clocks
from .model.catalogue import FILE as CATALOGUE
from .model.catalogue import Catalogue, catalogue
from .model.clock import Clock
from .model.errors import Fault, NluError, WrittenError
from .model.flood import Floods
from .model.grouping import Grouping
from .model.message import Address
from .moving import Moving
from .outbox.deliver import Sender
from .receive import Door
from .replies.facts import Facts
from .replies.formats import render
from .replies.offices import Offices
from .replies.words import Words
from .script import Script
from .settings import Settings
from .store import retention
from .store.crypto import Keyring
from .store.database import Database, connect
from .store.lock import FileLock
from .store.migrate import upgrade
from .timers.due import DueTimers
from .timers.retention import LOOK, Retention
from .turn import Turn
from .understanding import model_files, thresholds
from .understanding.places import Places
from .understanding.process import NluProcess
from .understanding.rasa import Nlu
from .understanding.reader import Reader
from .understanding.terms import Terms
from .understanding.text import fold
from .workers import Workers

log = structlog.get_logger(__name__)

TURNS, SENDS = "turns", "sends"
"""What processes tell each other: something is due to be answered, or to be sent."""


@dataclass(frozen=True, slots=True)
class Written:
    """All that writers wrote: the catalogue, the guides, the words."""

    catalogue: Catalogue
    library: Library
    words: Words
    places: Places
    facts: Facts
    terms: Terms


def read_written(settings: Settings) -> Written:
    """Read and look over everything written. Raises WrittenError with every fault found."""
    known = read_catalogue(settings.root)
    facts = Facts.load(settings.root / "content" / "facts")
    kept = {"keep_days": settings.keep_days, "keep_hours": settings.keep_pictures_hours}
    words = Words(settings.root / "content", facts, kept, Offices.load(settings.root))
    topics = load_topics(settings.root / "flows", known, fold)
    faults = lint(topics, Around(words.blocks, frozenset(facts.facts), frozenset(facts.sources)))
    if faults:
        raise WrittenError(faults)
    limits = thresholds.load(settings.root)
    unwritten = {topic.id: topic.title for topic in known.topics.values() if topic.id not in topics}
    sure = Thresholds(limits.sure, limits.maybe)
    places = Places.load(settings.root)
    acts = frozenset(known.acts)
    aspects = {aspect.id: aspect.title for aspect in known.aspects.values()}
    library = Library(
        topics,
        sure,
        known.menu,
        acts,
        words=words.has,
        unwritten=unwritten,
        may_be_said=facts.may_be_said,
        aspects=aspects,
        places=places.gazetteer,
        fold=fold,
    )
    terms = Terms.load(settings.root, words.blocks("terms"), topics.keys())
    return Written(known, library, words, places, facts, terms)


def read_catalogue(root: Path) -> Catalogue:
    try:
        return catalogue(yaml.safe_load((root / CATALOGUE).read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise WrittenError([Fault(CATALOGUE, None, f"không đọc được: {error}", "sửa theo đúng YAML")]) from error


def open_database(settings: Settings) -> Database:
    """Connect, and bring the database up to date."""
    database = connect(settings.database_url, Keyring(settings.secrets["data_key"], settings.secrets["address_key"]))
    try:
        upgrade(database.engine)
    except BaseException:
        database.close()
        raise
    return database


def lock_database(settings: Settings) -> FileLock | None:
    """One `serve` a SQLite file. Raises AlreadyRunning. PostgreSQL takes as many as you like."""
    kind, _, path = settings.database_url.partition("///")
    return FileLock(Path(f"{path}.lock")) if kind.startswith("sqlite") else None


class Language:
    """The language model: a child process of ours, or processes elsewhere, and the one client that asks them."""

    def __init__(self, settings: Settings, known: Catalogue) -> None:
        self._settings = settings
        self._process: NluProcess | None = None
        self._model = model_files.current(settings.root, settings.models)
        urls: Sequence[str] = settings.nlu_url
        if not urls and self._model is not None:
            self._process = NluProcess(settings.root, self._model, settings.secrets["nlu_token"], note=_note, server=settings.nlu_server)
            urls = (self._process.url,)
        elif not urls:
            log.warning("no_model", remedy="run `danloi train`; until then keywords, taps, numbers and a person still work")
        expected = self._model or model_files.expected(settings.root, settings.models)
        self.nlu = Nlu(urls, settings.secrets["nlu_token"], known.intents, expected.name)

    async def start(self) -> None:
        if self._process is not None:
            await self._process.start()

    async def ready(self) -> None:
        """Wait until the model answers. Raises NluError with the reason where it does not."""
        if self._process is not None:
            await self._process.ready()
        elif not await self.nlu.ready():
            raise NluError(
                "No language model answers: run `danloi train`, or look at NLU_URL. Keywords, taps, numbers and a person still work."
            )

    async def follow(self) -> None:
        """One look: where another model was promoted, have our process serve it, while questions go on being answered.

        A model that cannot be taken is told of once and left alone. Peers elsewhere are their operator's to exchange.
        """
        promoted = await asyncio.to_thread(model_files.current, self._settings.root, self._settings.models)
        if self._process is None or promoted is None or promoted == self._model:
            return
        before, self._model = self._model, promoted
        names = [model.name for model in (before, promoted) if model is not None]
        self.nlu.expect(*names)
        try:
            await self._process.exchange(promoted)
            self.nlu.expect(promoted.name)
            log.info("model_exchanged", model=promoted.name)
        except NluError as error:
            self.nlu.expect(*names[:1])
            log.error("model_not_exchanged", why=str(error))

    async def stop(self) -> None:
        await self.nlu.close()
        if self._process is not None:
            await self._process.stop()


def _note(what: str) -> None:
    log.warning("nlu", what=what)


def process_name() -> str:
    """What this process is called on claims, sends and offices."""
    return f"{os.getpid()}-{secrets.token_hex(4)}"


def terms_of(settings: Settings) -> retention.Terms:
    """How long what is kept."""
    days = (settings.keep_days, settings.keep_audit_days, settings.keep_proof_days)
    return retention.Terms(*(timedelta(days=one) for one in days))


def takeover(database: Database, script: Script, leases: Leases | None = None) -> Takeover:
    """What becomes of conversations that need a person."""
    return Takeover(Ladder(Hours(), script.library.places), Voice(script), database.keyring, leases)


class App:
    """The running assistant: the door, the turns, a sender for each channel, the timers; loops keep them at work."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        written: Written,
        reader: Reader,
        channels: Sequence[Channel],
        clock: Clock = clocks.now,
        grouping: Grouping | None = None,
        settled: Callable[[Address], None] = lambda address: None,
        me: str | None = None,
    ) -> None:
        """`settled` is told of each address for which a message has been settled. `me`: this process's name on what it holds."""
        me = me or process_name()
        grouping = grouping or Grouping(settings.group_pause, settings.group_limit)
        limits = LimitsNow(channels)
        for served in limits:
            metrics.announce(served)
        self.limits = limits
        self.database = database
        self.script = Script(written.library, written.words, limits)
        self.takeover = takeover(database, self.script, Leases(pictures=timedelta(hours=settings.keep_pictures_hours)))
        room = {account: limit.max_text * min(ROOM, limit.messages_per_turn) for account, limit in limits.items()}
        place = Place(room, settings.public_url or "")
        self.switch = Switch(database, clock)
        self.rights = Rights(database, self.script, Hours(), clock, place, timedelta(days=settings.keep_days))
        desk = (self.takeover, self.rights, self.switch)
        moving = Moving(database, self.script, clock, channels)
        self.turn = Turn(database, reader, self.script, *desk, grouping, clock, settings.remind_after, moving)
        self.workers = Workers(database, self.turn, limits, grouping, clock, me, settings.workers, settings.claim_time)
        self.senders = [Sender(channel, database, render, me, clock, settled, settings.sender_term) for channel in channels]
        self.timers = DueTimers(database, self.script, self.takeover, clock)
        self.retention = Retention(database, clock, terms_of(settings))
        self._channels = channels
        self._turn_loop = Loop("turns", self.workers.round, settings.poll)
        self._send_loops = [Loop(f"outbox {channel.account}", sender.round, settings.poll) for channel, sender in self._pairs()]
        self._timer_loop = Loop("timers", self.timers.round, 10 * settings.poll)
        self._retention_loop = Loop("retention", self.retention.round, LOOK)
        self.workers.wake = self._turn_loop.wake
        self.turn.queued = self._wake_senders
        self.turn.shown = settled
        for sender, loop in zip(self.senders, self._send_loops, strict=True):
            sender.wake = loop.wake
        floods = Floods({account: limit.reads_per_minute for account, limit in limits.items()})
        pictures = timedelta(hours=settings.keep_pictures_hours)
        self.door = Door(database, reader, self.script, grouping, clock, self._arrived, self.takeover, self.rights, pictures, floods)
        self.tell: Callable[[str], None] = lambda hint: None
        """Told what waits that another process might do sooner."""

    def _pairs(self) -> list[tuple[Channel, Sender]]:
        return list(zip(self._channels, self.senders, strict=True))

    @property
    def loops(self) -> list[Loop]:
        """All that must be at work while this runs."""
        return [self._turn_loop, *self._send_loops, self._timer_loop, self._retention_loop]

    def heard(self, hint: str) -> None:
        """Another process says what waits; whatever the hint, to look is never wrong."""
        if hint != SENDS:
            self._turn_loop.wake()
        if hint != TURNS:
            for loop in self._send_loops:
                loop.wake()

    def _arrived(self) -> None:
        self._turn_loop.wake()
        if self.workers.full:
            self.tell(TURNS)

    def _wake_senders(self) -> None:
        for loop in self._send_loops:
            loop.wake()
        if not all(sender.elected for sender in self.senders):
            self.tell(SENDS)

    async def start(self) -> None:
        for loop in self.loops:
            loop.start()
        for channel in self._channels:
            await channel.start(self.door)

    async def stop(self) -> None:
        """First nothing more comes in, then turns commit, then somebody else sends, and what is being sent is settled."""
        for channel in self._channels:
            await channel.stop()
        await self._turn_loop.stop()
        await self.workers.stop()
        await self._timer_loop.stop()
        await self._retention_loop.stop()
        for loop, sender in zip(self._send_loops, self.senders, strict=True):
            await loop.stop()
            await sender.resign()
        self.tell(SENDS)
        await asyncio.gather(*(sender.idle() for sender in self.senders))
        for channel in self._channels:
            await channel.close()


async def until_signalled() -> None:
    """Return at the first Ctrl-C or SIGTERM; a second one then acts as usual."""
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    await asked.wait()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.remove_signal_handler(number)
