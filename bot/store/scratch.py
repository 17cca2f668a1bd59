"""A database to measure on: whether it may be played with, how it is filled by the million, and how it is left as it was found."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table, create_engine, delete, exists, func, inspect, select, text
from sqlalchemy.engine import make_url

from ..model.message import Address
from ..model.people import PROVINCE_DESK
from .crypto import Keyring
from .tables import (
    attachment,
    audit,
    breach,
    candidate,
    case,
    case_note,
    consent_log,
    conversation,
    data_request,
    desk_action,
    event,
    looking,
    message,
    metadata,
    move_code,
    move_try,
    note_word,
    owner_event,
    session_item,
    shift,
    team,
    timer,
    volunteer,
)

_OF_CASES = (attachment, message, note_word, case_note, looking, case)
_LIVED_IN = (*_OF_CASES, owner_event, event, timer, candidate, move_code, move_try, consent_log, data_request, conversation)
_STAFF = (shift, desk_action, volunteer, team, audit, session_item)


def is_taken(tx: Connection, channel: str) -> bool:
    """Whether it holds anything but what `channel` left there: somebody's conversations or people, or tables that are not ours."""
    tables = inspect(tx).get_table_names()
    if conversation.name not in tables:
        return bool(tables)
    if tx.scalar(select(conversation.c.id).where(conversation.c.channel != channel).limit(1)) is not None:
        return True
    ours = code_of(channel, "")
    strangers = {
        volunteer: ~volunteer.c.code.startswith(ours, autoescape=True),
        team: ~team.c.code.startswith(ours, autoescape=True) & (team.c.code != PROVINCE_DESK),
        candidate: candidate.c.conversation_id.is_(None),
        consent_log: consent_log.c.channel != channel,
        data_request: data_request.c.channel != channel,
        breach: breach.c.id.is_not(None),
    }
    return any(tx.scalar(select(exists().where(theirs))) for table, theirs in strangers.items() if table.name in tables)


def code_of(channel: str, name: str) -> str:
    """What a team or a person of a measurement is called: anybody with another code is somebody."""
    return f"{channel}-{name}"


def wipe(tx: Connection, channel: str) -> None:
    """Delete the conversations of that channel, and all that hangs on them or tells of them."""
    for table in (consent_log, data_request):
        tx.execute(delete(table).where(table.c.channel == channel))
    tx.execute(delete(conversation).where(conversation.c.channel == channel))


def clear(tx: Connection) -> None:
    """Delete every conversation and everybody of the desk, however many. Only of a database that is not taken."""
    if tx.dialect.name == "postgresql":
        names = ", ".join(table.name for table in (*_LIVED_IN, *_STAFF))
        tx.execute(text(f"TRUNCATE {names}"))
        return
    for table in (*_LIVED_IN, *_STAFF):
        tx.execute(delete(table))


def pour(tx: Connection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows with the same columns, as fast as the engine takes them; each value passes its column's type, as always."""
    into = metadata.tables[table]
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    names = tuple(first)
    bound = _bound(tx, into, names, chain((first,), rows))
    listed = ", ".join(names)
    if tx.dialect.name == "postgresql":
        raw: Any = tx.connection.driver_connection
        with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
            for row in bound:
                copy.write_row(row)
        if "id" in names:
            tx.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"))  # noqa: S608
    else:
        marks = ", ".join("?" * len(names))
        tx.exec_driver_sql(f"INSERT INTO {table} ({listed}) VALUES ({marks})", list(bound))  # noqa: S608


def _bound(tx: Connection, table: Table, names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """Values as the driver wants them."""
    types = [table.c[name].type.dialect_impl(tx.dialect) for name in names]
    bind = [(name, of.bind_processor(tx.dialect)) for name, of in zip(names, types, strict=True)]
    for row in rows:
        yield tuple(row[name] if process is None else process(row[name]) for name, process in bind)


def copy(tx: Connection, keyring: Keyring, source: int, addresses: Sequence[Address]) -> None:
    """That conversation once more for each of these addresses, with its messages and what hangs on its turns; every word is hidden anew."""
    (person,) = tx.execute(select(conversation).where(conversation.c.id == source)).mappings()
    first = (tx.scalar(select(func.max(conversation.c.id))) or 0) + 1
    new = dict(enumerate(addresses, start=first))
    people = ({"id": number, "address": one.id, "address_key": keyring.address_key(one)} for number, one in new.items())
    pour(tx, "conversation", ({**person, **own} for own in people))
    for table in (message, event, timer):
        rows = tx.execute(select(table).where(table.c.conversation_id == source).order_by(table.c.id)).mappings().all()
        pour(tx, table.name, (_of(number, row) for number in new for row in rows))


def _of(conversation_id: int, row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row of that conversation instead."""
    copied = {name: value for name, value in row.items() if name != "id"} | {"conversation_id": conversation_id}
    if copied.get("dedupe_key") is not None:
        copied["dedupe_key"] = f"{conversation_id}:{copied['dedupe_key'].partition(':')[2]}"
    return copied


def settle(tx: Connection) -> None:
    """What a server does by itself before long, and SQLite never: count what its tables hold, for its plans."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("ANALYZE"))


def version(tx: Connection) -> str:
    """The database and its version: "SQLite 3.40.1"."""
    if tx.dialect.name == "sqlite":
        return f"SQLite {tx.scalar(text('SELECT sqlite_version()'))}"
    return f"PostgreSQL {str(tx.scalar(text('SHOW server_version'))).split()[0]}"


def make_database(server: str, name: str) -> str:
    """An empty PostgreSQL database of that name on the server that a URL names, whose role may make some. Its URL."""
    _on_server(server, f'CREATE DATABASE "{name}"')
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def drop_database(server: str, name: str) -> None:
    """Away with it, whoever is still connected."""
    _on_server(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _on_server(server: str, statement: str) -> None:
    engine = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", hide_parameters=True)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
    finally:
        engine.dispose()
