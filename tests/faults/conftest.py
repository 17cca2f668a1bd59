"""Servers that are killed, stopped and begun again, each a fork of one that has read all that is written."""

from pathlib import Path

import pytest

from .. import one_loop
from ..one_loop import born_in  # noqa: F401

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    one_loop.put(items, HERE)
