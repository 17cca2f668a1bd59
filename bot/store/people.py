"""Teams and volunteers: who they are, whose ground is whose, and who is on shift now."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement

from ..model.clock import minute_of_week
from ..model.people import PROVINCE_DESK, Role, Shift, Team, TeamLevel, Volunteer
from .tables import audit, case, is_status, shift, team, volunteer

_PERSON = select(volunteer, team.c.code.label("team_code"), team.c.name.label("team_name"), team.c.level, team.c.commune, team.c.parent_id)
_MEMBER = volunteer.c.removed_at.is_(None)


def get(tx: Connection, volunteer_id: int) -> Volunteer | None:
    """A volunteer who was not removed."""
    row = tx.execute(_people().where(volunteer.c.id == volunteer_id, _MEMBER)).one_or_none()
    return None if row is None else _volunteer(row)


def by_code(tx: Connection, code: str) -> Volunteer | None:
    row = tx.execute(_people().where(volunteer.c.code == code, _MEMBER)).one_or_none()
    return None if row is None else _volunteer(row)


def names(tx: Connection, ids: Collection[int]) -> dict[int, str]:
    """What people are called, those too who were removed."""
    return {row.id: row.name for row in tx.execute(select(volunteer.c.id, volunteer.c.name).where(volunteer.c.id.in_(ids)))}


def members(
    tx: Connection,
    team_id: int | None = None,
    after: str = "",
    limit: int = 50,
    code: str = "",
    communes: Collection[str] | None = None,
    role: Role | None = None,
) -> list[Volunteer]:
    """Volunteers in the order of their codes; of one team, of the teams of those communes, whose code begins with that."""
    wanted = _people().where(_MEMBER, volunteer.c.code > after).order_by(volunteer.c.code).limit(limit)
    if team_id is not None:
        wanted = wanted.where(volunteer.c.team_id == team_id)
    if code:
        wanted = wanted.where(volunteer.c.code.startswith(code, autoescape=True))
    if communes is not None:
        wanted = wanted.where(team.c.commune.in_(communes))
    if role is not None:
        wanted = wanted.where(volunteer.c.role == role)
    return [_volunteer(row) for row in tx.execute(wanted)]


@dataclass(frozen=True, slots=True)
class Presence:
    """What a list tells of somebody beside who they are."""

    on_duty: bool
    may_sign_in: bool
    """There is a password."""
    locked_until: datetime | None


def presences(tx: Connection, ids: Collection[int], now: datetime) -> dict[int, Presence]:
    columns = (volunteer.c.id, volunteer.c.password.is_not(None).label("known"), volunteer.c.locked_until, _on_duty(now).label("duty"))
    rows = tx.execute(select(*columns).where(volunteer.c.id.in_(ids)))
    return {
        row.id: Presence(bool(row.duty), bool(row.known), row.locked_until if row.locked_until and row.locked_until > now else None)
        for row in rows
    }


def admins(tx: Connection) -> int:
    """How many there are who could sign in as one."""
    able = (_MEMBER, volunteer.c.role == Role.ADMIN, volunteer.c.password.is_not(None))
    return int(tx.scalar(select(func.count()).select_from(volunteer).where(*able)) or 0)


def last_sign_in(tx: Connection, volunteer_id: int) -> datetime | None:
    """When they last signed in, as far back as the audit goes."""
    signed = (audit.c.object == f"volunteer:{volunteer_id}", audit.c.verb == "sign_in")
    found: datetime | None = tx.scalar(select(audit.c.at).where(*signed).order_by(audit.c.id.desc()).limit(1))
    return found


def find_team(tx: Connection, code: str) -> Team | None:
    row = tx.execute(select(team).where(team.c.code == code)).one_or_none()
    return None if row is None else _team(row)


def get_team(tx: Connection, team_id: int) -> Team | None:
    row = tx.execute(select(team).where(team.c.id == team_id)).one_or_none()
    return None if row is None else _team(row)


def teams(tx: Connection, communes: Collection[str] | None = None, after: str = "", limit: int = 50, code: str = "") -> list[Team]:
    """Teams in the order of their codes; of those communes, whose code begins with that."""
    wanted = select(team).where(team.c.code > after).order_by(team.c.code).limit(limit)
    if communes is not None:
        wanted = wanted.where(team.c.commune.in_(communes))
    if code:
        wanted = wanted.where(team.c.code.startswith(code, autoescape=True))
    return [_team(row) for row in tx.execute(wanted)]


def teams_of(tx: Connection, ids: Collection[int]) -> dict[int, Team]:
    return {row.id: _team(row) for row in tx.execute(select(team).where(team.c.id.in_(ids)))}


def sizes(tx: Connection, team_ids: Collection[int]) -> dict[int, int]:
    """How many members teams have."""
    counted = select(volunteer.c.team_id, func.count()).where(volunteer.c.team_id.in_(team_ids), _MEMBER).group_by(volunteer.c.team_id)
    return {row[0]: row[1] for row in tx.execute(counted)}


def on_duty_counts(tx: Connection, team_ids: Collection[int], now: datetime) -> dict[int, int]:
    """How many members of teams are on duty."""
    there = (volunteer.c.team_id.in_(team_ids), _MEMBER, _on_duty(now))
    return {row[0]: row[1] for row in tx.execute(select(volunteer.c.team_id, func.count()).where(*there).group_by(volunteer.c.team_id))}


def province_desk(tx: Connection) -> Team:
    """The team at the top, made where there is none yet."""
    found = find_team(tx, PROVINCE_DESK)
    if found is None:
        values = {"code": PROVINCE_DESK, "name": "Bàn trực của tỉnh", "level": TeamLevel.PROVINCE}
        tx.execute(_upsert(tx, team).values(values).on_conflict_do_nothing(index_elements=["code"]))
        found = find_team(tx, PROVINCE_DESK)
    assert found is not None
    return found


def add_team(tx: Connection, code: str, name: str, level: TeamLevel, commune: str | None = None, parent_id: int | None = None) -> int:
    """A new team. The caller has looked that none has that code. Its id."""
    values = {"code": code, "name": name, "level": level, "commune": commune, "parent_id": parent_id}
    return int(tx.execute(team.insert().values(values).returning(team.c.id)).scalar_one())


def around(tx: Connection, commune: str) -> frozenset[str]:
    """The communes whose teams have the same parent as that commune's; empty where the list of teams does not say."""
    parents = select(team.c.parent_id).where(team.c.commune == commune, team.c.level == TeamLevel.COMMUNE, team.c.parent_id.is_not(None))
    siblings = select(team.c.commune).where(team.c.parent_id.in_(parents), team.c.commune.is_not(None))
    return frozenset(tx.scalars(siblings)) - {commune}


def below(tx: Connection, team_id: int) -> frozenset[str]:
    """The communes that the teams right below that one serve."""
    return frozenset(tx.scalars(select(team.c.commune).where(team.c.parent_id == team_id, team.c.commune.is_not(None))))


def on_shift(tx: Connection, communes: Collection[str] | None, now: datetime) -> list[Volunteer]:
    """Who declared to be on duty now and has room for another case, in the teams of those communes; None: at the province desk."""
    ground = team.c.level == TeamLevel.PROVINCE if communes is None else team.c.commune.in_(communes)
    held = select(func.count()).where(is_status("taken"), case.c.volunteer_id == volunteer.c.id).scalar_subquery()
    return [_volunteer(row) for row in tx.execute(_people().where(_MEMBER, ground, _on_duty(now), held < volunteer.c.most_open))]


def is_on_duty(tx: Connection, volunteer_id: int, now: datetime) -> bool:
    return bool(tx.scalar(select(exists().where(volunteer.c.id == volunteer_id, _on_duty(now)))))


def _on_duty(now: datetime) -> ColumnElement[bool]:
    weekday, minute = minute_of_week(now)
    planned = exists().where(
        shift.c.volunteer_id == volunteer.c.id, shift.c.weekday == weekday, shift.c.starts <= minute, shift.c.ends > minute
    )
    not_off = or_(volunteer.c.off_until.is_(None), volunteer.c.off_until <= now)
    return or_(volunteer.c.on_until > now, and_(not_off, planned))


def declare(tx: Connection, volunteer_id: int, on_until: datetime | None, off_until: datetime | None) -> None:
    """The switch: on duty until then, off duty until then, or as planned."""
    tx.execute(update(volunteer).where(volunteer.c.id == volunteer_id).values(on_until=on_until, off_until=off_until))


def plan(tx: Connection, volunteer_id: int) -> list[Shift]:
    rows = tx.execute(select(shift).where(shift.c.volunteer_id == volunteer_id).order_by(shift.c.weekday, shift.c.starts))
    return [Shift(row.weekday, row.starts, row.ends) for row in rows]


def set_plan(tx: Connection, volunteer_id: int, shifts: Iterable[Shift]) -> None:
    """The whole weekly plan anew."""
    tx.execute(shift.delete().where(shift.c.volunteer_id == volunteer_id))
    rows = [{"volunteer_id": volunteer_id, "weekday": one.weekday, "starts": one.starts, "ends": one.ends} for one in shifts]
    if rows:
        tx.execute(shift.insert(), rows)


def change(tx: Connection, volunteer_id: int, **values: Any) -> None:
    """Change what is told of a volunteer. What concerns signing in ends the sessions there are: role, password, team."""
    over = {"role", "password", "removed_at", "team_id"} & values.keys()
    stamp = {"stamp": volunteer.c.stamp + 1} if over else {}
    tx.execute(update(volunteer).where(volunteer.c.id == volunteer_id).values(**values, **stamp))


def add(tx: Connection, code: str, name: str, role: Role, team_id: int, now: datetime, **more: Any) -> int:
    """A new volunteer; whoever had that code and was removed is back. The id. The caller has looked that nobody has it."""
    values = {"code": code, "name": name, "role": role, "team_id": team_id, "created_at": now, "removed_at": None} | _FRESH | more
    changed = {name: value for name, value in values.items() if name not in ("code", "created_at", "stamp")}
    fresh = _upsert(tx, volunteer).values(values)
    changed["stamp"] = volunteer.c.stamp + 1
    return int(tx.execute(fresh.on_conflict_do_update(index_elements=["code"], set_=changed).returning(volunteer.c.id)).scalar_one())


_FRESH: dict[str, Any] = {"languages": [], "most_open": 3, "must_change": True, "stamp": 0, "failed": 0}


def secrets_of(tx: Connection, code: str) -> Any | None:
    """What signing in needs: id, password, failed, locked_until."""
    columns = (volunteer.c.id, volunteer.c.password, volunteer.c.failed, volunteer.c.locked_until)
    return tx.execute(select(*columns).where(volunteer.c.code == code, _MEMBER)).one_or_none()


def note_failure(tx: Connection, volunteer_id: int, most: int, locked_until: datetime) -> None:
    """One wrong password more; at the last that is allowed the name is locked for a while."""
    failed = tx.execute(
        update(volunteer).where(volunteer.c.id == volunteer_id).values(failed=volunteer.c.failed + 1).returning(volunteer.c.failed)
    )
    if failed.scalar_one() >= most:
        tx.execute(update(volunteer).where(volunteer.c.id == volunteer_id).values(failed=0, locked_until=locked_until))


def note_success(tx: Connection, volunteer_id: int) -> None:
    tx.execute(update(volunteer).where(volunteer.c.id == volunteer_id).values(failed=0, locked_until=None))


def rehash(tx: Connection, volunteer_id: int, hashed: str) -> None:
    """The same password, hashed with today's work: sessions go on."""
    tx.execute(update(volunteer).where(volunteer.c.id == volunteer_id).values(password=hashed))


def anybody(tx: Connection) -> bool:
    """Whether there is anybody at all who could sign in."""
    return bool(tx.scalar(select(exists().where(_MEMBER, volunteer.c.password.is_not(None)))))


def _people() -> Select[Any]:
    return _PERSON.join_from(volunteer, team)


def _upsert(tx: Connection, table: Any) -> Any:
    return (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(table)


def _team(row: Row[Any]) -> Team:
    return Team(row.id, row.code, row.name, TeamLevel(row.level), row.commune, row.parent_id)


def _volunteer(row: Row[Any]) -> Volunteer:
    return Volunteer(
        id=row.id,
        code=row.code,
        name=row.name,
        role=Role(row.role),
        team=Team(row.team_id, row.team_code, row.team_name, TeamLevel(row.level), row.commune, row.parent_id),
        languages=tuple(row.languages),
        most_open=row.most_open,
        on_until=row.on_until,
        off_until=row.off_until,
        stamp=row.stamp,
        must_change=row.must_change,
    )
