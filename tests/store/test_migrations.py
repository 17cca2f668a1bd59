"""The database's shape: every step goes up, down and up again, and what stands there agrees with the tables."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from bot.store.database import connect
from bot.store.migrate import downgrade, upgrade
from bot.store.tables import metadata

from ..databases import KEYRING


def test_up_down_and_up_again(database_url: str) -> None:
    database = connect(database_url, KEYRING)
    upgrade(database.engine)
    assert {"conversation", "message", "cases"} <= set(inspect(database.engine).get_table_names())
    downgrade(database.engine, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    upgrade(database.engine)
    upgrade(database.engine)
    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    database.close()
    assert differences == []
