"""A real language model for the tests: the trained one where it fits, else one trained now; and a real Rasa serving it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.understanding import model_files
from bot.understanding.process import NluProcess

ROOT = Path(__file__).parents[2]
TOKEN = "a token made up for tests, long enough"


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model of this checkout."""
    return model_files.fits(ROOT, ROOT / "models") or model_files.train(ROOT, tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def rasa(model: Path) -> Iterator[str]:
    """The address of a real Rasa that serves the model."""
    yield from served(model, "rasa")


@pytest.fixture(scope="session")
def light(model: Path) -> Iterator[str]:
    """The address of our own server with the same model."""
    yield from served(model, "light")


def served(model: Path, server: str) -> Iterator[str]:
    """Its loop is its own: tests come and go on theirs."""
    loop = asyncio.new_event_loop()
    process = NluProcess(ROOT, model, TOKEN, server=server)
    try:
        loop.run_until_complete(process.start())
        loop.run_until_complete(process.ready())
        yield process.url
    finally:
        loop.run_until_complete(process.stop())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
