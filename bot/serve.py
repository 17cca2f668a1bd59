"""The long-running commands: `serve`, `chat` and `parse` each put the parts together for as long as they are wanted."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import structlog

from . import web
from .app import App, Language, Written, lock_database, open_database, process_name, read_written, telegram, until_signalled
from .channels.terminal import Terminal
from .chat import Chat
from .model.clock import now
from .model.errors import NluError
from .model.grouping import Grouping
from .settings import Settings
from .store import recovery
from .understanding import evaluate, thresholds
from .understanding.examples import read_examples
from .understanding.reader import Reader

log = structlog.get_logger(__name__)


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
        language = Language(settings, written.catalogue)
        stack.push_async_callback(language.stop)
        await language.start()
        me = process_name()
        others = [channel for channel in (telegram(settings, database, written, me),) if channel is not None]
        site = web.Site(settings, database, written.words, language.nlu.ready, others)
        reader = Reader(language.nlu, written.catalogue.intents, written.places)
        app = App(settings, database, written, reader, [site.chat, *others], settled=site.chat.announce, me=me)
        await app.start()
        stack.push_async_callback(app.stop)
        await site.start(app.door, settings.port if port is None else port)
        stack.push_async_callback(site.stop)
        _say(f"Trang trò chuyện:  {site.address}/\nNhúng vào trang:   {site.address}/widget.js\nTình trạng:        {site.address}/readyz")
        warming = asyncio.create_task(_warm_up(language))
        stack.callback(warming.cancel)
        await until_signalled()
        _say("Đang dừng …")


async def chat(settings: Settings, name: str, as_json: bool) -> None:
    """A conversation in the terminal, with a language model of its own."""
    written = read_written(settings)
    async with AsyncExitStack() as stack:
        database = open_database(settings)
        stack.callback(database.close)
        language = await _ready_language(settings, written, stack)
        terminal = Terminal(name)
        talk = Chat(terminal, as_json)
        reader = Reader(language.nlu, written.catalogue.intents, written.places)
        app = App(settings, database, written, reader, [terminal], grouping=Grouping(0, 0))
        app.turn.answered = talk.answered
        await app.start()
        stack.push_async_callback(app.stop)
        await talk.run()


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


async def evaluated(settings: Settings, files: Iterable[Path], as_json: bool) -> str:
    """How well the model reads labelled lines, through the same door that citizens' messages take."""
    written = read_written(settings)
    async with AsyncExitStack() as stack:
        language = await _ready_language(settings, written, stack)
        judged = await evaluate.judge(language.nlu.parse, read_examples(files))
    figures = evaluate.measure(judged, thresholds.load(settings.root))
    return json.dumps(figures.as_json(), ensure_ascii=False) if as_json else evaluate.report(figures)


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


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
