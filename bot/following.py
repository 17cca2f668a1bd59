"""Which guides a service runs on: those that were published last; and the change to the next publication without a stop."""

import asyncio
from dataclasses import replace
from datetime import date

import structlog

from .app import App
from .desk.publishing import Publisher, published, unpublished
from .dialogue.guide import Ask, Do
from .dialogue.state import State
from .dialogue.trying import arrive
from .model.clock import Clock
from .model.errors import DanLoiError, WrittenError
from .settings import Settings
from .store import editions
from .store.database import Database
from .understanding.text import fold
from .written import Written, read_written

log = structlog.get_logger(__name__)

POLL = 5.0
"""Seconds until a running service sees that something was published."""


def publisher(database: Database, written: Written) -> Publisher:
    return Publisher(database, written.library, written.words, written.catalogue, fold)


async def as_published(database: Database, written: Written, clock: Clock) -> Written:
    """What was published last; what is written, where nothing ever was: then that is published now."""
    await publisher(database, written).first(clock())
    kept = await database.read(editions.everything)
    waiting = unpublished(kept, written.library)
    if waiting:
        log.warning("not_published", topics=waiting, remedy="run `danloi publish`; until then the guides published before are walked")
    library, wrong = published(kept, written.library, written.words, written.catalogue, fold)
    for what in wrong:
        log.error("edition_unusable", what=what)
    return replace(written, library=library)


async def as_written(database: Database, written: Written) -> Written:
    """What stands in the files now, for who tries it out; and the older versions, for who is in the middle of one."""
    kept = await database.read(editions.everything)
    library, _ = published(kept, written.library, written.words, written.catalogue, fold)
    older = {**library.older, **{(name, topic.version): topic for name, topic in library.topics.items()}}
    return replace(written, library=replace(written.library, older=older, calls=library.calls))


def placed_at(written: Written, guide: str, step: str | None, today: date) -> State:
    """Where one stands who tries a guide out, from its beginning or from one of its steps. Raises DanLoiError."""
    if guide not in written.library.topics or not written.library.current(guide).is_guide:
        guides = sorted(name for name, topic in written.library.topics.items() if topic.is_guide)
        raise DanLoiError(f"Không có hướng dẫn «{guide}». Có: {', '.join(guides)}.")
    waiting = [one.name for one in written.library.current(guide).steps if isinstance(one, Ask | Do)]
    state = arrive(written.library, guide, step or waiting[0], today) if waiting else None
    if state is None:
        raise DanLoiError(f"Không tới được bước «{step}» của «{guide}». Các bước dừng chờ: {', '.join(waiting)}.")
    return state


class Following:
    """Sees each new publication, and has the running service use it from the next turn on."""

    def __init__(self, settings: Settings, database: Database, app: App, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._app = app
        self._clock = clock
        self._number: int | None = None

    async def round(self) -> None:
        """One look. What cannot be read is told of, and leaves everything as it was."""
        number = await self._database.read(editions.number)
        if self._number is None or number == self._number:
            self._number = number
            return
        self._number = number
        try:
            written = await asyncio.to_thread(read_written, self._settings)
        except WrittenError as error:
            log.error("publication_unreadable", number=number, why=str(error))
            return
        written = await as_published(self._database, written, self._clock)
        self._app.script.use(written.library, written.words)
        log.info("publication_used", number=number)
