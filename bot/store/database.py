"""How the store runs: a transaction is a plain function of a connection, run on the database's own threads.

SQLite has one writer thread, which commits whatever waits together, and where one fails each alone; and readers beside it.
PostgreSQL has a small pool. A function may be run again when its transaction was lost, so it must change nothing but the database.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from ..model.errors import SettingsError
from .crypto import Keyring
from .failures import lost_race, translated
from .types import KEYRING
from .writer import Writer

T = TypeVar("T")
Tx = Connection
"""What a transaction is given; the name that the rest of the program uses, for only the store knows SQLAlchemy."""
Transaction = Callable[[Connection], T]

READERS = 3
POSTGRES_THREADS = 8
RETRIES = 5
_WRITE, _READ = "BEGIN IMMEDIATE", "BEGIN"


class Database(Protocol):
    """What the rest of the program sees of a database."""

    keyring: Keyring
    engine: Engine

    @property
    def alive(self) -> bool:
        """Whether its threads can still work; not whether the database answers."""

    async def run(self, transaction: Transaction[T]) -> T:
        """Run and commit it; back only when it is safe. Raises StoreBusy, StoreFull, or whatever the function raised (rolled back)."""

    async def read(self, transaction: Transaction[T]) -> T:
        """Run it for what it finds; it writes nothing. SQLite shows it one moment, PostgreSQL each statement its own."""

    def close(self) -> None: ...


def savepoint(tx: Connection) -> AbstractContextManager[object]:
    """What is done within is undone alone where it fails."""
    return tx.begin_nested()


def connect(url: str, keyring: Keyring) -> "Sqlite | Postgres":
    """The database that a URL names: `sqlite:///file` or `postgresql://…`. Raises SettingsError for anything else."""
    kind = make_url(url).get_backend_name()
    if kind == "sqlite":
        return Sqlite(url, keyring)
    if kind in ("postgresql", "postgres"):
        return Postgres(url, keyring)
    raise SettingsError(f"DATABASE_URL begins with {kind!r}: use sqlite:///file or postgresql://user@host/name.")


class Sqlite:
    """One file, one machine. The writer thread is what makes 143 small commits a second into thousands: it groups them."""

    def __init__(self, url: str, keyring: Keyring) -> None:
        self.keyring = keyring
        self.engine = _sqlite_engine(url, keyring)
        event.listen(self.engine, "begin", _begin_to_write)
        self._own = _sqlite_engine(url, keyring)  # a listener costs each statement, not only each begin
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-reader")
        self._held = _Held(self._own)
        self._writer = Writer(self._held.begun)

    @property
    def alive(self) -> bool:
        return self._writer.alive

    async def run(self, transaction: Transaction[T]) -> T:
        return await asyncio.wrap_future(self._writer.submit(transaction))

    async def read(self, transaction: Transaction[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, _look, self._own, transaction)

    def close(self) -> None:
        self._writer.close()
        self._held.close()
        self._readers.shutdown()
        self.engine.dispose()
        self._own.dispose()


class Postgres:
    """A server, for many processes. Threads, not SQLAlchemy's async drivers: measured, they are twice as fast at our size."""

    def __init__(self, url: str, keyring: Keyring) -> None:
        self.keyring = keyring
        address = make_url(url).set(drivername="postgresql+psycopg")
        self.engine = create_engine(address, pool_size=POSTGRES_THREADS, hide_parameters=True)
        setattr(self.engine.dialect, KEYRING, keyring)
        self._looking = self.engine.execution_options(isolation_level="AUTOCOMMIT")  # to begin and to commit would be most of a look
        self._threads = ThreadPoolExecutor(POSTGRES_THREADS, thread_name_prefix="postgres")

    @property
    def alive(self) -> bool:
        return True  # the pool starts a thread whenever it needs one

    async def run(self, transaction: Transaction[T]) -> T:
        return await self._on_a_thread(self.engine, transaction)

    async def read(self, transaction: Transaction[T]) -> T:
        return await self._on_a_thread(self._looking, transaction)

    async def _on_a_thread(self, engine: Engine, transaction: Transaction[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _with_retries, engine, transaction)

    def close(self) -> None:
        self._threads.shutdown()
        self.engine.dispose()


class _Held:
    """The writer's own connection, which it does not give back between two commits: that would cost as much as a statement."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    @contextmanager
    def begun(self) -> Iterator[Connection]:
        if self._connection is None:
            self._connection = self._engine.connect()
        try:
            with self._connection.begin():
                self._connection.exec_driver_sql(_WRITE)
                yield self._connection
        except BaseException:
            self.close()  # whatever state it is in, the next batch begins with another
            raise

    def close(self) -> None:
        if self._connection is not None:
            gone, self._connection = self._connection, None
            gone.close()


def _begin_to_write(connection: Connection) -> None:
    connection.exec_driver_sql(_WRITE)


@contextmanager
def _begun(engine: Engine, how: str) -> Iterator[Connection]:
    with engine.begin() as connection:
        connection.exec_driver_sql(how)
        yield connection


def _look(engine: Engine, transaction: Transaction[T]) -> T:
    try:
        with _begun(engine, _READ) as connection:
            return transaction(connection)
    except DBAPIError as error:
        raise translated(error) from error


def _with_retries(engine: Engine, transaction: Transaction[T]) -> T:
    """A connection may have died since it was last used: what was lost with it before the commit was sent is run again on another.

    To ask each connection first whether it lives would be a sixth of all that is sent. A commit whose answer was lost may be there.
    """
    for left in reversed(range(RETRIES)):
        committing = False
        try:
            with engine.begin() as connection:
                result = transaction(connection)
                committing = True
            return result
        except DBAPIError as error:
            again = lost_race(error) or (error.connection_invalidated and not committing)
            if not (left and again):
                raise translated(error) from error
    raise AssertionError("unreachable")


def _sqlite_engine(url: str, keyring: Keyring) -> Engine:
    """Without a BEGIN of its own: whoever uses it begins."""
    engine = create_engine(url, connect_args={"timeout": 5.0, "check_same_thread": False}, hide_parameters=True)
    setattr(engine.dialect, KEYRING, keyring)

    @event.listens_for(engine, "connect")
    def _prepare(connection, _record):  # type: ignore[no-untyped-def]
        connection.isolation_level = None  # we begin ourselves: the driver would do it late and break savepoints
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
