"""The record of breaches: what went where it should not have, when that was noticed, how many it concerns, what was done, who was told."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from ..model.privacy import REPORT_WITHIN, Breach
from .tables import breach


def add(tx: Connection, what: str, noticed_at: datetime, people: int | None, done: str, now: datetime) -> int:
    told = {"what": what, "noticed_at": noticed_at, "people": people, "done": done}
    row = {**told, "report_by": noticed_at + REPORT_WITHIN, "created_at": now}
    return int(tx.execute(insert(breach).values(row).returning(breach.c.id)).scalar_one())


def change(tx: Connection, breach_id: int, people: int | None, done: str | None, reported_at: datetime | None) -> bool:
    """What is known by now; `done` is added to what was done before. False: there is no such breach."""
    before = tx.execute(select(breach).where(breach.c.id == breach_id)).one_or_none()
    if before is None:
        return False
    values: dict[str, Any] = {} if people is None else {"people": people}
    values |= {} if done is None else {"done": f"{before.done}\n{done}".strip()}
    values |= {} if reported_at is None or before.reported_at is not None else {"reported_at": reported_at}
    if values:
        tx.execute(update(breach).where(breach.c.id == breach_id).values(values))
    return True


def listing(tx: Connection) -> list[Breach]:
    """The newest first."""
    return [_breach(row) for row in tx.execute(select(breach).order_by(breach.c.id.desc()))]


def _breach(row: Row[Any]) -> Breach:
    return Breach(row.id, row.what, row.noticed_at, row.people, row.done, row.report_by, row.reported_at)
