"""The long-running commands: `serve`, `chat` and `parse` each put the parts together for as long as they are wanted."""

import asyncio
import gc
import json
import signal
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from . import web
from .app import App, process_name
from .channels.terminal import Terminal
from .channels.webchat import WebChat
from .chat import Chat
from .desk import console
from .dialogue.state import State
from .following import POLL as GUIDES_POLL
from .following import Following, as_published, as_written, placed_at
from .language import Language
from .loops import Loop
from .model.clock import now, today
from .model.errors import NluError
from .model.grouping import Grouping
from .opening import lock_database, open_database
from .platforms import platforms
from .settings import Settings
from .store import conversations, recovery
from .store.database import Database, Tx
from .store.wakeups import EVERYTHING, Wakeups
from .understanding import model_files, thresholds
from .understanding.evaluation import models, report
from .understanding.evaluation.examples import read_examples
from .understanding.evaluation.figures import measure
from .understanding.evaluation.judged import Judged, judge, with_pairs
from .understanding.reader import Reader
from .written import Written, read_written

log = structlog.get_logger(__name__)

PAGE = "page"
"""A hint between processes: that visitor's page has something new to show."""
MODEL_POLL = 5.0
"""Seconds until a running service sees that another model was promoted."""


async def serve(settings: Settings, port: int | None) -> None:
    """Run until Ctrl-C or SIGTERM, then stop everything in order."""
    written = read_written(settings)
    async with AsyncExitStack() as stack:
        lock = lock_database(settings)
        if lock is not None:
            stack.callback(lock.release)
        database = open_database(settings)
        stack.callback(database.close)
        if lock is not None:
            await database.run(lambda tx: recovery.free_all(tx, now()))
        written = await as_published(database, written, now)
        language = Language(settings, written.catalogue)
        stack.push_async_callback(language.stop)
        await language.start()
        me = process_name()
        outside = platforms(settings, database, written.words, me)
        site = web.Site(settings, database, written.words, language.nlu.ready, outside.channels)
        reader = Reader(language.nlu, written.catalogue.intents, written.places, terms=written.terms)
        app = App(settings, database, written, reader, [site.chat, *outside.channels], settled=site.chat.announce, me=me)
        known, files, tokens = written.catalogue, outside.files, outside.tokens
        site.desk = console.parts(
            settings, database, app.takeover, app.script, known, written.places, app.limits, now, files, tokens, app.wake_senders
        )
        site.health.breakers = language.nlu.breakers
        site.prepare(app.door)
        wakeups = hints(settings, database, app, site.chat, me)
        if wakeups is not None:
            wakeups.start()
            stack.push_async_callback(wakeups.stop)
        gc.collect()
        gc.freeze()  # guides, words and places live as long as we do: collections need not look through them
        told_to_stop = stop_signal()  # before anybody can see that we are here
        await app.start()
        stack.push_async_callback(app.stop)
        await site.start(app.door, settings.port if port is None else port)
        stack.push_async_callback(site.stop)
        _say(_addresses(site.address))
        warming = asyncio.create_task(_warm_up(language))
        stack.callback(warming.cancel)
        following = Loop("model", language.follow, MODEL_POLL)
        guides = Loop("guides", Following(settings, database, app, now).round, GUIDES_POLL)
        for loop in (following, guides):
            loop.start()
            stack.push_async_callback(loop.stop)
        site.health.loops = [*app.loops, following, guides]
        await told_to_stop.wait()
        _say("Đang dừng …")
        site.health.draining = True
        await asyncio.sleep(settings.drain_time)


def stop_signal() -> asyncio.Event:
    """Set at the first Ctrl-C or SIGTERM from now on; a second one then acts as usual."""
    loop, told, signals = asyncio.get_running_loop(), asyncio.Event(), (signal.SIGINT, signal.SIGTERM)

    def tell() -> None:
        told.set()
        for number in signals:
            loop.remove_signal_handler(number)

    for number in signals:
        loop.add_signal_handler(number, tell)
    return told


def hints(settings: Settings, database: Database, app: App, pages: WebChat, me: str) -> Wakeups | None:
    """Where several processes may share the database, they tell each other what waits."""
    if settings.database_url.startswith("sqlite"):
        return None

    def heard(hint: str) -> None:
        kind, _, visitor = hint.partition(" ")
        if kind == PAGE:
            pages.heard(visitor)
            return
        app.heard(kind)
        if kind == EVERYTHING:
            pages.look_again()

    wakeups = Wakeups(settings.database_url, database, me, heard)
    app.tell = wakeups.tell
    pages.tell = lambda visitor: wakeups.tell(f"{PAGE} {visitor}")
    return wakeups


async def chat(settings: Settings, name: str, as_json: bool, guide: str | None = None, step: str | None = None) -> None:
    """A conversation in the terminal, with a language model of its own; begun at that step of that guide. Raises DanLoiError."""
    written = read_written(settings)
    begun = None if guide is None else placed_at(written, guide, step, today(now()))
    async with AsyncExitStack() as stack:
        database = open_database(settings)
        stack.callback(database.close)
        written = await as_written(database, written)
        language = await _ready_language(settings, written, stack)
        terminal = Terminal(name)
        talk = Chat(terminal, as_json)
        reader = Reader(language.nlu, written.catalogue.intents, written.places, terms=written.terms)
        app = App(settings, database, written, reader, [terminal], grouping=Grouping(0, 0))
        app.turn.answered = talk.answered
        if begun is not None:
            await _put_at(database, terminal, begun)
        await app.start()
        stack.push_async_callback(app.stop)
        await talk.run(["nói lại"] if begun is not None else [])


async def _put_at(database: Database, terminal: Terminal, state: State) -> None:
    def write(tx: Tx) -> None:
        found = conversations.find_or_open(tx, database.keyring, terminal.here, None, now())
        conversations.keep_state(tx, found, state.to_dict())

    await database.run(write)


async def parse_lines(settings: Settings, lines: Iterable[str]) -> AsyncIterator[dict[str, Any]]:
    """How the model reads each line."""
    written = read_written(settings)
    async with AsyncExitStack() as stack:
        language = await _ready_language(settings, written, stack)
        for line in lines:
            meaning = await language.nlu.parse(line)
            top = meaning.top
            yield {
                "text": line,
                "intent": None if top is None else top.intent,
                "confidence": 0.0 if top is None else round(top.confidence, 6),
                "aspect": meaning.aspect,
                "ranking": [{"intent": reading.intent, "confidence": round(reading.confidence, 6)} for reading in meaning.ranking],
            }


async def evaluated(settings: Settings, files: Sequence[Path], as_json: bool, folder: Path | None) -> str:
    """How well the model reads labelled lines, through the same door that citizens' messages take; without lines, cross-validated.

    `folder`: where JSON, Markdown and pictures go, if anywhere.
    """
    judged = await _judged(settings, files) if files else models.cross_validate(settings.root)
    figures = measure(judged, thresholds.load(settings.root))
    written = [] if folder is None else report.write(figures, folder, settings.root)
    if as_json:
        return json.dumps(figures.as_json(), ensure_ascii=False)
    return "\n".join([report.text(figures), *(f"Đã ghi {path}" for path in written)])


async def _judged(settings: Settings, files: Sequence[Path]) -> list[Judged]:
    written = read_written(settings)
    examples = with_pairs(read_examples(files))
    async with AsyncExitStack() as stack:
        language = await _ready_language(settings, written, stack)
        judged = await judge(language.nlu.parse, examples)
    model = model_files.current(settings.root, settings.models)
    before = models.read_by(settings.root, model, examples) if model is not None and not settings.nlu_url else None
    return judged if before is None else [replace(one, before=other.before) for one, other in zip(judged, before, strict=True)]


async def _ready_language(settings: Settings, written: Written, stack: AsyncExitStack) -> Language:
    language = Language(settings, written.catalogue)
    stack.push_async_callback(language.stop)
    await language.start()
    await language.ready()
    return language


async def _warm_up(language: Language) -> None:
    try:
        await language.ready()
        _say("Sẵn sàng.")
    except NluError as error:
        log.error("nlu_not_ready", why=str(error))
        _say("Sẵn sàng, nhưng chưa có mô hình ngôn ngữ: bấm nút, gõ số, từ khóa và gặp người vẫn dùng được.")


def _addresses(address: str) -> str:
    shown = {"Trang trò chuyện": "/", "Nhúng vào trang": "/widget.js", "Bàn hỗ trợ": "/desk", "Tình trạng": "/readyz"}
    return "\n".join(f"{f'{name}:':<18} {address}{path}" for name, path in shown.items())


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
