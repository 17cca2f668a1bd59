"""The log of consents: who agreed to what, shown which words, on which channel, and when they took it back. Lines are added, never changed.

A person is a keyed hash of their address under a name of its own, so the log outlives a deleted conversation and yet names nobody: it
proves, to who brings the address and the key, that this person agreed; without the key nobody can be found in it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from ..model.privacy import Act, ConsentEntry, Purpose, Words
from .tables import consent_log


def add(tx: Connection, subject: str, channel: str, purpose: Purpose, act: Act, words: Words | None, now: datetime) -> bool:
    """Write it down, unless the person's last line for that purpose says the same. Whether it was new."""
    before = last(tx, subject, purpose)
    if before is not None and before.act is act and (words is None or before.words == words):
        return False
    if before is not None and before.act is Act.GIVEN and act is Act.TOLD and before.words == words:
        return False
    shown = {} if words is None else {"block": words.block, "words_hash": words.hash, "version": words.version}
    tx.execute(insert(consent_log).values(subject=subject, channel=channel, purpose=purpose, act=act, at=now, **shown))
    return True


def withdraw(tx: Connection, subject: str, channel: str, now: datetime) -> list[Purpose]:
    """Take back whatever stands. Which purposes."""
    standing = [entry.purpose for entry in current(tx, subject) if entry.act is not Act.WITHDRAWN]
    for purpose in standing:
        add(tx, subject, channel, purpose, Act.WITHDRAWN, None, now)
    return standing


def last(tx: Connection, subject: str, purpose: Purpose) -> ConsentEntry | None:
    """How that consent stands."""
    wanted = select(consent_log).where(consent_log.c.subject == subject, consent_log.c.purpose == purpose)
    row = tx.execute(wanted.order_by(consent_log.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _entry(row)


def current(tx: Connection, subject: str) -> list[ConsentEntry]:
    """How each consent of that person stands."""
    return [entry for purpose in Purpose if (entry := last(tx, subject, purpose)) is not None]


def history(tx: Connection, subject: str, limit: int = 500) -> list[ConsentEntry]:
    """All that the log holds of that person, oldest first."""
    wanted = select(consent_log).where(consent_log.c.subject == subject).order_by(consent_log.c.id).limit(limit)
    return [_entry(row) for row in tx.execute(wanted)]


def _entry(row: Row[Any]) -> ConsentEntry:
    words = None if row.block is None else Words(row.block, row.words_hash, row.version)
    return ConsentEntry(row.id, row.subject, row.channel, Purpose(row.purpose), Act(row.act), words, row.at)
