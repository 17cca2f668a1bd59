"""Backups of a PostgreSQL database, by PostgreSQL's own tools: pg_dump's custom format, which takes a snapshot and disturbs nobody."""

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from ..model.errors import AlreadyRunning, StoreError
from . import scratch
from .crypto import Keyring
from .database import Postgres
from .failures import translated
from .tables import election, metadata

REFUSED = "The database holds citizens' data: stop and think; --replace drops it and puts the backup in its place."
AT_WORK = "A danloi process is at work on this database ({0}): stop every one, or wait until the term of one that died is over."


class PostgresCopies:
    def __init__(self, url: str) -> None:
        self._url = url

    def copy(self, to: Path) -> None:
        self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={to}", "--dbname", self._address())

    def check(self, file: Path) -> None:
        """Unpack it whole; whether its rows fit, the database itself says."""
        self._run("pg_restore", "--file=/dev/null", str(file))
        if " TABLE DATA public conversation " not in self._run("pg_restore", "--list", str(file)):
            raise StoreError(f"{file} is no backup of ours: it has other tables.")

    def into_place(self, file: Path, keyring: Keyring, replace: bool, settle: Callable[[Postgres], None]) -> None:
        """The archive was read through before anything is dropped; its rows come in one transaction."""
        opened = Postgres(self._url, keyring)
        try:
            try:
                with opened.engine.begin() as tx:
                    self._make_room(tx, replace)
            except DBAPIError as error:
                raise translated(error) from error
            rules = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
            self._run("pg_restore", *rules, "--dbname", self._address(), str(file))
            settle(opened)
        finally:
            opened.close()

    def _make_room(self, tx: Connection, replace: bool) -> None:
        tables = inspect(tx).get_table_names()
        if election.name in tables:
            holder = tx.scalar(select(election.c.holder).where(election.c.until > datetime.now(UTC)).limit(1))
            if holder is not None:
                raise AlreadyRunning(AT_WORK.format(holder))
        if scratch.is_taken(tx, "") and not replace:
            raise StoreError(REFUSED)
        metadata.drop_all(tx)
        tx.execute(text("DROP TABLE IF EXISTS alembic_version"))
        tx.execute(text("DROP FUNCTION IF EXISTS consent_log_stays()"))

    def _address(self) -> str:
        """For libpq, and without the password: arguments can be read by every user of the machine."""
        return make_url(self._url).set(drivername="postgresql", password=None).render_as_string(hide_password=False)

    def _run(self, tool: str, *arguments: str) -> str:
        password = make_url(self._url).password
        environment = {**os.environ, **({} if password is None else {"PGPASSWORD": str(password)})}
        try:
            done = subprocess.run([tool, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        except FileNotFoundError as error:
            raise StoreError(
                f"{tool} is missing: install PostgreSQL's client programs (Debian: postgresql-client), as new as the server or newer."
            ) from error
        if done.returncode != 0:
            raise StoreError(f"{tool} failed: {' '.join(done.stderr.split())[-600:]}")
        return done.stdout
