"""Teams and volunteers by the hundred, as the province's list is brought in: what is stored, and what is written of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from ..model.people import PROVINCE_DESK, Role, Shift, TeamLevel
from .tables import audit, shift, team, volunteer


@dataclass(frozen=True, slots=True)
class KnownTeam:
    id: int
    name: str
    level: TeamLevel
    commune: str | None
    parent: str | None
    """The code of the team above."""


@dataclass(frozen=True, slots=True)
class KnownMember:
    id: int
    removed: bool
    team: str
    """The team's code."""
    name: str
    phone: str | None
    role: Role
    languages: tuple[str, ...]
    most_open: int
    plan: tuple[Shift, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of the audit."""

    verb: str
    object: str
    detail: str | None = None


def hold(tx: Connection) -> None:
    """One list at a time, until the transaction ends."""
    tx.execute(select(team.c.id).where(team.c.code == PROVINCE_DESK).with_for_update())


def teams(tx: Connection, codes: Collection[str] | None = None) -> dict[str, KnownTeam]:
    """By code; all of them, or those."""
    above = team.alias()
    wanted = select(team, above.c.code.label("parent")).join_from(team, above, team.c.parent_id == above.c.id, isouter=True)
    rows = tx.execute(wanted if codes is None else wanted.where(team.c.code.in_(codes)))
    return {row.code: KnownTeam(row.id, row.name, TeamLevel(row.level), row.commune, row.parent) for row in rows}


def members(tx: Connection, codes: Collection[str]) -> dict[str, KnownMember]:
    """By code; those too who were removed."""
    wanted = select(volunteer, team.c.code.label("team")).join_from(volunteer, team).where(volunteer.c.code.in_(codes))
    rows = tx.execute(wanted).all()
    plans: dict[int, list[Shift]] = {row.id: [] for row in rows}
    spans = select(shift).where(shift.c.volunteer_id.in_(plans)).order_by(shift.c.weekday, shift.c.starts)
    for span in tx.execute(spans):
        plans[span.volunteer_id].append(Shift(span.weekday, span.starts, span.ends))
    return {
        row.code: KnownMember(
            id=row.id,
            removed=row.removed_at is not None,
            team=row.team,
            name=row.name,
            phone=row.phone,
            role=Role(row.role),
            languages=tuple(row.languages),
            most_open=row.most_open,
            plan=tuple(plans[row.id]),
        )
        for row in rows
    }


def present(tx: Connection) -> dict[str, tuple[int, Role]]:
    """Everybody who was not removed: by code, the id and the role."""
    rows = tx.execute(select(volunteer.c.code, volunteer.c.id, volunteer.c.role).where(volunteer.c.removed_at.is_(None)))
    return {row.code: (row.id, Role(row.role)) for row in rows}


def add_team(tx: Connection, values: Mapping[str, Any]) -> int:
    return int(tx.execute(insert(team).values(**values).returning(team.c.id)).scalar_one())


def change_team(tx: Connection, team_id: int, values: Mapping[str, Any]) -> None:
    tx.execute(update(team).where(team.c.id == team_id).values(**values))


def add_members(tx: Connection, rows: Sequence[Mapping[str, Any]], now: datetime) -> dict[str, int]:
    """New people, who cannot sign in yet; the ids by code. A row has code, team_id, name, phone, role, languages and most_open."""
    fresh = {"must_change": True, "stamp": 0, "failed": 0, "created_at": now}
    if not rows:
        return {}
    added = tx.execute(insert(volunteer).returning(volunteer.c.code, volunteer.c.id), [{**row, **fresh} for row in rows])
    return {row.code: row.id for row in added}


def add_plans(tx: Connection, plans: Mapping[int, Iterable[Shift]]) -> None:
    """Weekly plans of people who had none."""
    rows = [
        {"volunteer_id": who, "weekday": one.weekday, "starts": one.starts, "ends": one.ends} for who, plan in plans.items() for one in plan
    ]
    if rows:
        tx.execute(insert(shift), rows)


def write_down(tx: Connection, actor: str, marks: Sequence[Mark], now: datetime) -> None:
    """Many lines of the audit at once."""
    if marks:
        rows = [{"actor": actor, "verb": mark.verb, "object": mark.object, "detail": mark.detail, "at": now} for mark in marks]
        tx.execute(insert(audit), rows)
