"""The database's shape, step by step (Alembic). `upgrade` is safe to run by several processes at once and when nothing is to do."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from .failures import translated

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 7_391_042
"""The PostgreSQL advisory lock that lets one process migrate at a time."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Raises StoreBusy where the database cannot be reached or is locked, StoreFull where its disk is full."""
    _run(engine, lambda config: command.upgrade(config, revision))


def is_behind(tx: Connection) -> bool:
    """Whether the database's shape is older than this program needs. One of a later release, which is being rolled out, is not."""
    older = _older()
    if not tx.dialect.has_table(tx, "alembic_version"):
        return True
    return tx.scalar(text("SELECT version_num FROM alembic_version")) in (None, *older)


@cache
def _older() -> frozenset[str]:
    """All the shapes before the one that this program needs."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    return frozenset(one.revision for one in scripts.walk_revisions()) - set(scripts.get_heads())


def downgrade(engine: Engine, revision: str) -> None:
    _run(engine, lambda config: command.downgrade(config, revision))


def revisions(connection: Connection) -> tuple[str | None, str, bool]:
    """Where a database stands (None: nothing of ours is in it), where it belongs, and whether this program knows the former. Reads only."""
    scripts = ScriptDirectory.from_config(_config())
    head = scripts.get_current_head()
    assert head is not None
    current = MigrationContext.configure(connection).get_current_revision()
    return current, head, current is None or current in {script.revision for script in scripts.walk_revisions()}


def _run(engine: Engine, step) -> None:  # type: ignore[no-untyped-def]
    config = _config()
    try:
        with engine.begin() as connection:
            _one_at_a_time(connection)
            config.attributes["connection"] = connection
            step(config)
    except DBAPIError as error:
        raise translated(error) from error


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _one_at_a_time(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
