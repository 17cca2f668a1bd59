from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.desk.passwords import hash_password
from bot.settings import Settings
from bot.store.database import Database
from bot.understanding.places import Places
from bot.written import Written

from ..conftest import Clock
from ..databases import migrated_sqlite
from ..houses import house, house_on_each, nlu  # noqa: F401
from ..talk import House
from ..understanding.conftest import light, model  # noqa: F401
from .serving import Served, serving
from .web import Console, open_console

PASSWORD = "mận trắng đầu bản"


@pytest.fixture
def places(written: Written) -> Places:
    return written.places


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """Where one engine is enough."""
    opened = migrated_sqlite(tmp_path / "danloi.db")
    yield opened
    opened.close()


@pytest.fixture
async def console(settings: Settings, written: Written, clock: Clock, database: Database) -> AsyncIterator[Console]:
    """The console on each database in turn; no language model is needed for it."""
    async with open_console(House(settings, database, written, None, clock), settings, written) as opened:
        yield opened


@pytest.fixture
async def console_on_sqlite(settings: Settings, written: Written, clock: Clock, sqlite: Database) -> AsyncIterator[Console]:
    """Where one engine is enough."""
    async with open_console(House(settings, sqlite, written, None, clock), settings, written) as opened:
        yield opened


@pytest.fixture(scope="session")
def hashed() -> str:
    """The hash of PASSWORD, made once, for it is slow on purpose."""
    return hash_password(PASSWORD)


@pytest.fixture
async def served(settings: Settings, sqlite: Database, written: Written, clock: Clock) -> AsyncIterator[Served]:
    """The console over a real server, on SQLite."""
    async with serving(settings, sqlite, written, clock) as opened:
        yield opened


@pytest.fixture
async def served_on_each(settings: Settings, database: Database, written: Written, clock: Clock) -> AsyncIterator[Served]:
    """The same on each database in turn."""
    async with serving(settings, database, written, clock) as opened:
        yield opened
