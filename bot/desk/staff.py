"""People and teams as a coordinator looks after them on the console: each verb is one transaction's work, and a line of the audit.

Who may not appoint changes nothing of who looks after people: else a coordinator could give an admin a password, and be one. There is
always an admin left.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..model.errors import DeskError, NotYours
from ..model.people import Power, Role, Shift, TeamLevel, Volunteer
from ..store import desk, people
from ..store import roster as store
from ..store.database import Tx
from ..understanding.places import Places
from ..understanding.text import clean
from .roster_check import checked
from .roster_file import Line
from .roster_rows import NONE, BadRow, Row, Rows
from .shifts import shifts, told
from .takeover import Takeover

LEVELS = {TeamLevel.VILLAGE: "thôn", TeamLevel.COMMUNE: "xã", TeamLevel.CLUSTER: "cụm"}
"""What a new team may be: the province desk is there already."""
MOST_PLAN = 300
"""Letters of a weekly plan."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a form says of a person."""

    name: str
    team: str
    """The team's code."""
    languages: tuple[str, ...]
    most_open: int
    plan: tuple[Shift, ...]


def person(places: Places, code: str, cells: Mapping[str, str], languages: Sequence[str]) -> Told:
    """A form read as a row of the province's list, by the same rules. Raises DeskError."""
    row = _row(places, {**cells, "mã người": code, "tiếng": "; ".join(languages) or NONE})
    said = row.member
    if said is None:
        raise DeskError("Ghi mã và họ tên của người này đã nhé.")
    plan = plan_of(cells.get("trực", ""))
    return Told(said.name, row.team, said.languages or (), 3 if said.most_open is None else said.most_open, plan)


def plan_of(text: str) -> tuple[Shift, ...]:
    """A weekly plan as it is typed; empty: none. Raises DeskError."""
    plan = None if len(text) > MOST_PLAN else shifts(text)
    if plan is None:
        raise DeskError("Không đọc được lịch trực. Ghi như: T2-T6 7:30-11:30, T7 8:00-10:00; ca qua nửa đêm chia làm hai.")
    return plan


def seal(who: Volunteer, plan: Sequence[Shift]) -> str:
    """What a form showed, so that who saves it does not undo what another saved meanwhile."""
    shown = "\0".join((who.name, who.team.code, ",".join(who.languages), str(who.most_open), told(plan)))
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def governs(by: Volunteer, who: Volunteer) -> bool:
    """Whether the one may change the other's role, password and place."""
    return by.may(Power.APPOINT) or (by.may(Power.PEOPLE) and not who.may(Power.PEOPLE))


def roles(by: Volunteer) -> tuple[Role, ...]:
    """Which roles that person may give."""
    return tuple(Role) if by.may(Power.APPOINT) else (Role.VOLUNTEER, Role.COACH)


# --- people


def add(tx: Tx, by: Volunteer, code: str, wanted: Told, role: Role, password: str, now: datetime) -> int:
    """Somebody new, or who was removed and comes back; `password`: the hash of one that somebody else made. Raises DeskError."""
    by = _hold(tx, by)
    if role not in roles(by):
        raise NotYours("Chỉ quản trị mới đặt được điều phối và quản trị.")
    if people.by_code(tx, code) is not None:
        raise DeskError(f"Đã có người mang mã {code}.")
    more = {"languages": list(wanted.languages), "most_open": wanted.most_open, "phone": None}
    fresh = {"password": password, "must_change": True, "locked_until": None, "on_until": None, "off_until": None}
    who = people.add(tx, code, wanted.name, role, _team(tx, wanted.team), now, **more, **fresh)
    people.set_plan(tx, who, wanted.plan)
    desk.write_down(tx, _by(by), "add", f"volunteer:{who}", now, str(role))
    return who


def change(tx: Tx, by: Volunteer, number: int, wanted: Told, seen: str, now: datetime) -> None:
    """What differs from what is stored. `seen`: the seal of what the form showed. Raises DeskError."""
    by, who = _hold(tx, by), _who(tx, number)
    if who.id != by.id:
        _governed(by, who)
    plan = people.plan(tx, number)
    if seen != seal(who, plan):
        raise DeskError("Vừa có người khác sửa thông tin này. Bạn tải lại trang rồi sửa nhé.")
    before = {"name": who.name, "languages": who.languages, "most_open": who.most_open, "plan": tuple(plan)}
    changed = {name: value for name in before if (value := getattr(wanted, name)) != before[name]}
    columns: dict[str, Any] = {name: value for name, value in changed.items() if name != "plan"}
    if "languages" in columns:
        columns["languages"] = list(columns["languages"])
    if columns:
        people.change(tx, number, **columns)
    if "plan" in changed:
        people.set_plan(tx, number, wanted.plan)
    if changed:
        desk.write_down(tx, _by(by), "change", f"volunteer:{number}", now, ", ".join(changed))
    if wanted.team != who.team.code:
        people.change(tx, number, team_id=_team(tx, wanted.team))
        desk.write_down(tx, _by(by), "team", f"volunteer:{number}", now, f"{who.team.code} > {wanted.team}")


def appoint(tx: Tx, by: Volunteer, number: int, role: Role, now: datetime) -> None:
    """Another role; their sessions end. Raises DeskError."""
    by, who = _hold(tx, by), _who(tx, number)
    _governed(by, who)
    if role not in roles(by):
        raise NotYours("Chỉ quản trị mới đặt được điều phối và quản trị.")
    if who.role is role:
        return
    people.change(tx, number, role=role)
    _leaves_an_admin(tx, who)
    desk.write_down(tx, _by(by), "role", f"volunteer:{number}", now, f"{who.role} > {role}")


def give_password(tx: Tx, by: Volunteer, number: int, password: str, now: datetime) -> None:
    """The hash of a password that they must change; their sessions end, and the name is unlocked. Raises DeskError."""
    by, who = _hold(tx, by), _who(tx, number)
    if who.id == by.id:
        raise DeskError("Mật khẩu của chính bạn thì đổi ở mục «Đổi mật khẩu».")
    _governed(by, who)
    people.change(tx, number, password=password, must_change=True)
    people.note_success(tx, number)
    desk.write_down(tx, _by(by), "password", f"volunteer:{number}", now)


def remove(tx: Tx, takeover: Takeover, by: Volunteer, number: int, now: datetime) -> int:
    """They cannot sign in any more. How many cases of theirs wait again. Raises DeskError."""
    by, who = _hold(tx, by), _who(tx, number)
    if who.id == by.id:
        raise DeskError("Bạn không tự gỡ mình được. Nhờ người điều phối hoặc quản trị khác nhé.")
    _governed(by, who)
    people.change(tx, number, removed_at=now)
    _leaves_an_admin(tx, who)
    requeued = takeover.released(tx, number, now)
    desk.write_down(tx, _by(by), "remove", f"volunteer:{number}", now)
    return requeued


def keep_plan(tx: Tx, who: Volunteer, plan: Sequence[Shift], now: datetime) -> None:
    """One's own weekly plan."""
    if tuple(people.plan(tx, who.id)) != tuple(plan):
        people.set_plan(tx, who.id, plan)
        desk.write_down(tx, _by(who), "change", f"volunteer:{who.id}", now, "plan")


# --- teams


def add_team(tx: Tx, places: Places, by: Volunteer, cells: Mapping[str, str], now: datetime) -> int:
    """A new team, as a row of the province's list says it. Raises DeskError."""
    by, row = _hold(tx, by), _row(places, cells)
    said = row.said
    stored = store.teams(tx, {row.team, said.parent or ""})
    if row.team in stored:
        raise DeskError(f"Đã có tổ mang mã {row.team}.")
    for _, bad in checked([row], stored).refused:
        raise _refused(bad)
    assert said.name is not None
    assert said.level is not None
    above = stored[said.parent].id if said.parent else None
    made = people.add_team(tx, row.team, said.name, said.level, said.commune or None, above)
    desk.write_down(tx, _by(by), "add", f"team:{made}", now, row.team)
    return made


def rename_team(tx: Tx, places: Places, by: Volunteer, number: int, name: str, now: datetime) -> None:
    """Raises DeskError."""
    by, at = _hold(tx, by), people.get_team(tx, number)
    if at is None:
        raise DeskError("Không có tổ này.")
    said = _row(places, {"mã tổ": at.code, "tên tổ": name}).said
    if said.name is None:
        raise DeskError("Ghi tên tổ đã nhé.")
    if said.name != at.name:
        store.change_team(tx, number, {"name": said.name})
        desk.write_down(tx, _by(by), "change", f"team:{number}", now, "name")


# --- shared


def _hold(tx: Tx, by: Volunteer) -> Volunteer:
    """One at a time, and as who they are now: two admins who unmake each other at once must not both succeed."""
    people.province_desk(tx)
    store.hold(tx)
    found = people.get(tx, by.id)
    if found is None or found.stamp != by.stamp or not found.may(Power.PEOPLE):
        raise NotYours("Vai trò của bạn vừa đổi. Bạn đăng nhập lại nhé.")
    return found


def _who(tx: Tx, number: int) -> Volunteer:
    who = people.get(tx, number)
    if who is None:
        raise DeskError("Người này không còn trong danh sách.")
    return who


def _governed(by: Volunteer, who: Volunteer) -> None:
    if not governs(by, who):
        raise NotYours("Chỉ quản trị mới đổi được tài khoản của điều phối và quản trị.")


def _leaves_an_admin(tx: Tx, who: Volunteer) -> None:
    if who.role is Role.ADMIN and not people.admins(tx):
        raise DeskError("Đây là người quản trị cuối cùng. Đặt thêm một người quản trị khác đã nhé.")


def _team(tx: Tx, code: str) -> int:
    found = people.find_team(tx, code)
    if found is None:
        raise DeskError(f"Không có tổ mang mã {code}. Xem mã ở trang «Các tổ».")
    return found.id


def _row(places: Places, cells: Mapping[str, str]) -> Row:
    tidy = {name: " ".join(clean(cell).split()) for name, cell in cells.items()}
    try:
        return Rows(places).row(Line(1, {name: cell for name, cell in tidy.items() if cell and name != "trực"}))
    except BadRow as bad:
        raise _refused(bad) from bad


def _refused(bad: BadRow) -> DeskError:
    return DeskError(f"{bad.what[:1].upper()}{bad.what[1:]}: {bad.remedy}.")


def _by(who: Volunteer) -> str:
    return f"volunteer:{who.id}"
