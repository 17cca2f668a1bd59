"""Tests of one folder on one event loop, so that they can share what lives on it: a browser, a nursery of servers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pytest_asyncio import is_async_test

from .faults.nursery import Nursery, nursery


def put(items: list[pytest.Item], folder: Path) -> None:
    """For a conftest's `pytest_collection_modifyitems`. Asynchronous fixtures name the loop themselves."""
    for item in items:
        if folder in item.path.parents and is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def born_in(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Nursery]:
    async with nursery(tmp_path_factory.mktemp("nursery")) as it:
        yield it
