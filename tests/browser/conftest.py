"""A real Chromium before a real `danloi serve` with the real language model."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from ..faults.process import Served
from ..understanding.conftest import TOKEN, light, model  # noqa: F401

QUIET = (
    """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"""
)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
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


@pytest.fixture
async def served(tmp_path: Path, light: str) -> AsyncIterator[Served]:  # noqa: F811
    process = Served(tmp_path, f"sqlite:///{tmp_path / 'danloi.db'}", NLU_URL=light, NLU_TOKEN=TOKEN, EMBED_ORIGINS="http://127.0.0.1:*")
    await process.start()
    yield process
    await process.stop()
