"""The province's list of teams and people, brought in from a file: `danloi team import`.

    file ─► rows (roster_file, roster_rows) ─► checked against one another (roster_check) ─► compared with what is stored, and written

Bad rows are found before anything is written, named, and left out. The rest is written some hundred rows a transaction, a row never in
half, teams above before teams below. What is as the file says is not touched, so the same file twice changes nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from ..model.errors import Fault
from ..model.people import PROVINCE_DESK, Role, Shift, TeamLevel
from ..store import cases, desk, people
from ..store import roster as store
from ..store.database import Database, Tx
from ..store.roster import KnownMember, KnownTeam, Mark
from ..understanding.places import Places
from .roster_check import Checked, checked
from .roster_file import Line, Table
from .roster_report import Report, Tally
from .roster_rows import CODE, BadRow, MemberSaid, Row, Rows, TeamSaid
from .takeover import Takeover

BATCH = 500
"""Rows a transaction."""
REMOVALS = 100
"""People a transaction; each may have cases that go back into the queue."""
ACTOR = "command"


async def bring_in(
    database: Database, places: Places, table: Table, now: datetime, remove: Takeover | None = None, dry: bool = False
) -> Report:
    """Make the store say what the table says. With `remove`, who is not in the table is removed, except admins, who are made by command.

    `dry`: only count. A bad row is skipped; of a person who stands in one, nothing is changed, and they are not missing.
    """
    rows, refused = _read(Rows(places), table)
    stored = {PROVINCE_DESK: KnownTeam(0, "", TeamLevel.PROVINCE, None, None)} | await database.read(store.teams)
    good = checked(rows, stored)
    if not dry:
        await database.run(people.province_desk)
    teams, members = Tally(), Tally()
    for batch in _batches(list(_parts(good)), BATCH):
        write = partial(_bring, parts=batch, now=now, dry=dry)
        counted = await (database.read(write) if dry else database.run(write))
        teams, members = teams + counted[0], members + counted[1]
    missing = await _missing(database, table)
    kept_because = _unsure(table, good, refused) if remove is not None else None
    removed = requeued = 0
    if remove is not None and kept_because is None:
        for some in _batches(missing, REMOVALS):
            let_go = partial(_remove, who=some, takeover=remove, now=now, dry=dry)
            gone, cases_again = await (database.read(let_go) if dry else database.run(let_go))
            removed, requeued = removed + gone, requeued + cases_again
        missing = []
    faults = [*table.faults, *(Fault(table.name, line, bad.what, bad.remedy) for line, bad in (*refused, *good.refused))]
    faults.sort(key=lambda fault: fault.line or 0)
    return Report(teams, members, faults, len(missing), removed, requeued, table.ignored, kept_because, dry)


def _read(rows: Rows, table: Table) -> tuple[list[Row], list[tuple[int, BadRow]]]:
    good, refused = [], []
    for line in table.lines:
        try:
            good.append(rows.row(line))
        except BadRow as bad:
            refused.append((line.number, bad))
    return good, refused


@dataclass(frozen=True, slots=True)
class _Part:
    """What one row writes. The first row that names a team brings it."""

    team_code: str
    team: TeamSaid | None
    member: MemberSaid | None


def _parts(good: Checked) -> Iterator[_Part]:
    brought: set[str] = set()
    for row in good.rows:
        brings = row.team not in brought and good.teams.get(row.team, TeamSaid()) != TeamSaid()
        brought.add(row.team)
        yield _Part(row.team, good.teams[row.team] if brings else None, row.member)


def _bring(tx: Tx, parts: Sequence[_Part], now: datetime, dry: bool) -> tuple[Tally, Tally]:
    """One batch. The counts of teams and of people."""
    if not dry:
        store.hold(tx)
    codes = {part.team_code for part in parts} | {part.team.parent for part in parts if part.team and part.team.parent}
    known = store.teams(tx, codes)
    ids = {code: team.id for code, team in known.items()}
    marks: list[Mark] = []
    teams = sum((_bring_team(tx, part, known, ids, marks, dry) for part in parts if part.team is not None), Tally())
    members = _bring_members(tx, [part for part in parts if part.member is not None], ids, marks, now, dry)
    if not dry:
        store.write_down(tx, ACTOR, marks, now)
    return teams, members


def _bring_team(tx: Tx, part: _Part, known: Mapping[str, KnownTeam], ids: dict[str, int], marks: list[Mark], dry: bool) -> Tally:
    assert part.team is not None
    said = part.team
    told = {"name": said.name, "level": said.level, "commune": said.commune, "parent": said.parent}
    wanted: dict[str, Any] = {name: value or None for name, value in told.items() if value is not None}
    before = known.get(part.team_code)
    changed = wanted if before is None else {name: value for name, value in wanted.items() if getattr(before, name) != value}
    if not changed:
        return Tally(unchanged=1)
    columns = {name: value for name, value in changed.items() if name != "parent"}
    if not dry:
        if "parent" in changed:
            columns["parent_id"] = ids[changed["parent"]] if changed["parent"] else None
        if before is None:
            ids[part.team_code] = store.add_team(tx, {"code": part.team_code, **columns})
        else:
            store.change_team(tx, before.id, columns)
        marks.append(_mark(f"team:{ids[part.team_code]}", before is None, changed))
    return Tally(new=1) if before is None else Tally(changed=1)


def _bring_members(tx: Tx, parts: Sequence[_Part], ids: Mapping[str, int], marks: list[Mark], now: datetime, dry: bool) -> Tally:
    known = store.members(tx, [part.member.code for part in parts if part.member])
    fresh: list[Mapping[str, Any]] = []
    plans: dict[str, Sequence[Shift]] = {}
    counted = Tally()
    for part in parts:
        assert part.member is not None
        said, before = part.member, known.get(part.member.code)
        wanted = _wanted(part.team_code, said, before)
        changed = {name: value for name, value in wanted.items() if before is None or before.removed or getattr(before, name) != value}
        counted += Tally(new=1) if before is None or before.removed else Tally(changed=1) if changed else Tally(unchanged=1)
        if dry or not changed:
            continue
        if before is None:
            plans[said.code] = changed.pop("plan")
            fresh.append({"code": said.code, **_columns(changed, ids)})
        else:
            _change(tx, before, changed, ids)
            marks.append(_mark(f"volunteer:{before.id}", before.removed, changed))
    added = store.add_members(tx, fresh, now)
    store.add_plans(tx, {added[code]: plan for code, plan in plans.items()})
    marks += [_mark(f"volunteer:{who}", True, ()) for who in added.values()]
    return counted


def _wanted(team: str, said: MemberSaid, before: KnownMember | None) -> dict[str, Any]:
    """What should be stored of a person. Where the file says nothing, what is stored stays; who is new or comes back begins anew."""
    told = {"role": said.role, "phone": said.phone, "languages": said.languages, "most_open": said.most_open, "plan": said.plan}
    wanted: dict[str, Any] = {"team": team, "name": said.name}
    if before is None or before.removed:
        wanted |= _FRESH
    wanted |= {name: value for name, value in told.items() if value is not None}
    if before is not None and not before.removed and before.role is Role.ADMIN:
        wanted.pop("role", None)  # admins are made, and unmade, by command
    if "phone" in wanted:
        wanted["phone"] = wanted["phone"] or None
    return wanted


_FRESH: Mapping[str, Any] = {"role": Role.VOLUNTEER, "phone": None, "languages": (), "most_open": 3, "plan": ()}


def _change(tx: Tx, before: KnownMember, changed: Mapping[str, Any], ids: Mapping[str, int]) -> None:
    values = {name: value for name, value in changed.items() if name != "plan"}
    back = {"removed_at": None} if before.removed else {}
    if values or back:
        people.change(tx, before.id, **_columns(values, ids), **back)
    if "plan" in changed:
        people.set_plan(tx, before.id, changed["plan"])


def _columns(values: Mapping[str, Any], ids: Mapping[str, int]) -> dict[str, Any]:
    columns = {name: value for name, value in values.items() if name != "team"}
    if "team" in values:
        columns["team_id"] = ids[values["team"]]
    if "languages" in columns:
        columns["languages"] = list(columns["languages"])
    return columns


def _mark(thing: str, new: bool, changed: Collection[str]) -> Mark:
    """The audit names what changed, not to what: names and numbers stay out of it."""
    return Mark("import_new", thing) if new else Mark("import_change", thing, ", ".join(sorted(changed)))


# --- who is missing


async def _missing(database: Database, table: Table) -> list[tuple[str, int]]:
    """People, by code and id, of whom no row of the file speaks, good or bad. Admins are made by command, and are never missing."""
    named = {line.cells.get("mã người") for line in table.lines}
    present = await database.read(store.present)
    return [(code, who) for code, (who, role) in sorted(present.items()) if code not in named and role is not Role.ADMIN]


def _unsure(table: Table, good: Checked, refused: Iterable[tuple[int, BadRow]]) -> str | None:
    """Why the file cannot tell who is missing; None: it can."""
    bad = {line for line, _ in refused}
    nameless = [line.number for line in table.lines if line.number in bad and not _names_one(line)]
    unread = [fault.line or 0 for fault in table.faults] + nameless
    if unread:
        return f"dòng {min(unread)} không rõ nói về ai, sửa rồi nhập lại"
    return None if any(row.member for row in good.rows) else "tệp không có người nào đúng"


def _names_one(line: Line) -> bool:
    """Whether a bad row says whom it is about, or is about a team alone. One over several lines may have swallowed others."""
    if line.height > 1:
        return False
    code = line.cells.get("mã người")
    return CODE.fullmatch(code) is not None if code is not None else "họ tên" not in line.cells


def _remove(tx: Tx, who: Sequence[tuple[str, int]], takeover: Takeover, now: datetime, dry: bool) -> tuple[int, int]:
    """How many people, and how many cases of theirs wait again."""
    gone = requeued = 0
    for _, one in who:
        if dry:
            gone, requeued = gone + 1, requeued + len(cases.holding(tx, one))
        elif people.get(tx, one) is not None:
            people.change(tx, one, removed_at=now)
            requeued += takeover.released(tx, one, now)
            desk.write_down(tx, ACTOR, "remove", f"volunteer:{one}", now, "import")
            gone += 1
    return gone, requeued


def _batches(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (items[at : at + size] for at in range(0, len(items), size))
