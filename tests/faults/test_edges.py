"""What the rounds do to a process is over when they say so: else they judge a fault of their own."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from .edges import FULL_FOR, FullDisk

WRITE = "INSERT INTO pages VALUES (zeroblob(100000))"


def test_a_full_disk_has_room_again_for_every_connection(tmp_path: Path) -> None:
    """Also for those that are taken after the first one."""
    passed = 0.0
    disk = FullDisk(lambda: passed)
    file = tmp_path / "full.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as one, closing(sqlite3.connect(file, isolation_level=None)) as other:
        one.execute("CREATE TABLE pages (page BLOB)")
        disk.fill()
        for connection in (one, other):
            disk.taken(connection, None, None)
            with pytest.raises(sqlite3.OperationalError, match="full"):
                connection.execute(WRITE)
        passed = FULL_FOR + 1
        for connection in (one, other):
            disk.taken(connection, None, None)
            connection.execute(WRITE)
