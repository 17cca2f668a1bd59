"""A database to measure on: whether it may be played with, and how it is left as it was found."""

from sqlalchemy import Connection, delete, inspect, select, text

from .tables import conversation


def is_taken(tx: Connection, channel: str) -> bool:
    """Whether it holds anything but what `channel` left there: somebody's conversations, or tables that are not ours."""
    tables = inspect(tx).get_table_names()
    if conversation.name not in tables:
        return bool(tables)
    return tx.scalar(select(conversation.c.id).where(conversation.c.channel != channel).limit(1)) is not None


def wipe(tx: Connection, channel: str) -> None:
    """Delete the conversations of that channel, and all that hangs on them."""
    tx.execute(delete(conversation).where(conversation.c.channel == channel))


def version(tx: Connection) -> str:
    """The database and its version: "SQLite 3.40.1"."""
    if tx.dialect.name == "sqlite":
        return f"SQLite {tx.scalar(text('SELECT sqlite_version()'))}"
    return f"PostgreSQL {str(tx.scalar(text('SHOW server_version'))).split()[0]}"
