from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import Written
from bot.store.database import Database, connect
from bot.store.migrate import upgrade
from bot.understanding.places import Places

from ..conftest import KEYRING
from ..houses import house, house_on_each, nlu  # noqa: F401
from ..understanding.conftest import light, model  # noqa: F401


@pytest.fixture
def places(written: Written) -> Places:
    return written.places


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """Where one engine is enough."""
    opened = connect(f"sqlite:///{tmp_path / 'danloi.db'}", KEYRING)
    upgrade(opened.engine)
    yield opened
    opened.close()
