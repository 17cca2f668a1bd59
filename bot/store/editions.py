"""Published guides. An edition is never changed; which of a topic's editions is begun now is a mark on it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, text, update

from ..model.publication import Edition
from .tables import conversation, guide_version, publication


def everything(tx: Connection) -> list[Edition]:
    """Every edition, the oldest first."""
    rows = tx.execute(select(guide_version).order_by(guide_version.c.published_at, guide_version.c.guide))
    return [Edition(row.guide, row.version, row.body, dict(row.calls), tuple(row.blocks), row.is_current, row.published_at) for row in rows]


def number(tx: Connection) -> int:
    """How often was published: another number, and there is something new to read. 0: never."""
    found: int | None = tx.scalar(select(func.max(publication.c.number)))
    return found or 0


def one_at_a_time(tx: Connection) -> None:
    """Nobody else publishes until this transaction ends; SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("LOCK TABLE publication IN SHARE ROW EXCLUSIVE MODE"))


def publish(tx: Connection, current: Iterable[Edition], now: datetime) -> int:
    """Make these, and no others, the ones that are begun from now on. The publication's number."""
    tx.execute(update(guide_version).values(is_current=False))
    for edition in current:
        this = and_(guide_version.c.guide == edition.topic, guide_version.c.version == edition.version)
        known: dict[str, Any] = {"body": edition.body, "calls": dict(edition.calls), "blocks": list(edition.blocks), "is_current": True}
        if not tx.execute(update(guide_version).where(this).values(known)).rowcount:
            tx.execute(insert(guide_version).values(guide=edition.topic, version=edition.version, published_at=now, **known))
    key = tx.execute(insert(publication).values(at=now)).inserted_primary_key
    assert key is not None
    made: int = key[0]
    return made


def withdraw(tx: Connection, editions: Iterable[Edition]) -> None:
    """Editions that nobody is to go on with."""
    gone = [and_(guide_version.c.guide == one.topic, guide_version.c.version == one.version) for one in editions]
    if gone:
        tx.execute(guide_version.delete().where(or_(*gone)))


def states(tx: Connection) -> Iterator[tuple[int, dict[str, Any]]]:
    """The dialogue's state of every conversation that has one: who stands where."""
    for row in tx.execute(select(conversation.c.id, conversation.c.state).order_by(conversation.c.id)):
        if row.state:
            yield row.id, row.state


def some_states(tx: Connection, after: int, limit: int) -> dict[int, dict[str, Any]]:
    """The dialogue's states of the next conversations beyond that one, by the conversations' ids."""
    wanted = select(conversation.c.id, conversation.c.state).where(conversation.c.id > after).order_by(conversation.c.id).limit(limit)
    return {row.id: row.state for row in tx.execute(wanted)}


def published_at(tx: Connection, guide: str) -> dict[str, datetime]:
    """When each version of a guide that is kept was first published."""
    wanted = select(guide_version.c.version, guide_version.c.published_at).where(guide_version.c.guide == guide)
    return {row.version: row.published_at for row in tx.execute(wanted)}
