"""A real Chromium before a real `danloi serve` with the real language model."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from .. import one_loop
from ..faults.nursery import Forked, Nursery
from ..faults.process import Served
from ..one_loop import born_in  # noqa: F401
from ..understanding.conftest import TOKEN, light, model  # noqa: F401

QUIET = (
    """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"""
)


HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    one_loop.put(items, HERE)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        reason = "no Chromium: install one (Debian: apt-get install chromium), or name it in CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=QUIET.split())
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """Nobody has used it: whatever a test opens is closed with it, cookies and all."""
    yield chromium
    for context in chromium.contexts:
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def served(tmp_path: Path, light: str, born_in: Nursery) -> AsyncIterator[Served]:  # noqa: F811
    settings = {"NLU_URL": light, "NLU_TOKEN": TOKEN, "EMBED_ORIGINS": "http://127.0.0.1:*"}
    process = Forked(born_in, tmp_path, f"sqlite:///{tmp_path / 'danloi.db'}", **settings)
    await process.start()
    yield process
    await process.stop()
