"""Fixtures that put a whole assistant together, over a real database and a real Rasa."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store.database import Database
from bot.understanding.rasa import Nlu
from bot.written import Written

from .conftest import Clock
from .databases import migrated_sqlite
from .talk import House
from .understanding.conftest import TOKEN


@pytest.fixture
async def nlu(light: str, model: Path, written: Written) -> AsyncIterator[Nlu]:
    """A client of the real language model, patient enough for a busy machine."""
    client = Nlu([light], TOKEN, written.catalogue.intents, model.name, timeout=20)
    yield client
    await client.close()


@pytest.fixture
async def house(settings: Settings, written: Written, nlu: Nlu, clock: Clock, tmp_path: Path) -> AsyncIterator[House]:
    """The assistant on SQLite."""
    database = migrated_sqlite(tmp_path / "house.db")
    yield House(settings, database, written, nlu, clock)
    database.close()


@pytest.fixture
def house_on_each(settings: Settings, written: Written, nlu: Nlu, clock: Clock, database: Database) -> House:
    """The assistant on each database in turn."""
    return House(settings, database, written, nlu, clock)
