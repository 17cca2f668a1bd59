"""Who may sign in to the desk, at a terminal: added, given a role or a password, unlocked, removed. The first admin is made here."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from ..model.clock import VIETNAM
from ..model.errors import DeskError
from ..model.people import Role, Volunteer
from ..store import desk, people
from ..store.database import Database, Tx
from ..understanding.text import clean
from .passwords import complaint, hash_password, one_time
from .roster_rows import CODE, CODE_RULE, MOST_NAME

if TYPE_CHECKING:
    from .takeover import Takeover

ROLES = {Role.VOLUNTEER: "tình nguyện viên", Role.COACH: "người kèm", Role.COORDINATOR: "điều phối", Role.ADMIN: "quản trị"}
ACTOR = "command"
MOST = 100_000


async def add(database: Database, code: str, name: str, team: str, role: Role, password: str | None, now: datetime) -> str:
    """A new person, or one who was removed and comes back. Without a password one is made, which holds until the first sign-in.

    Raises DeskError.
    """
    if not CODE.fullmatch(code):
        raise DeskError(f"Mã không đúng dạng: {CODE_RULE}.")
    name = clean(name)
    if not name or len(name) > MOST_NAME:
        raise DeskError(f"Ghi họ tên, nhiều nhất {MOST_NAME} ký tự.")
    secret, told = _secret(code, password)

    def write(tx: Tx) -> None:
        people.province_desk(tx)
        at = people.find_team(tx, team)
        if at is None:
            raise DeskError(f"Không có tổ {team}: xem mã tổ bằng `danloi team list`.")
        if people.by_code(tx, code) is not None:
            raise DeskError(f"Đã có người mang mã {code}. Đổi vai trò bằng `danloi user role`, mật khẩu bằng `danloi user password`.")
        who = people.add(tx, code, name, role, at.id, now, **secret, locked_until=None)
        desk.write_down(tx, ACTOR, "add", f"volunteer:{who}", now, role)

    await database.run(write)
    return f"Đã thêm {code}, {ROLES[role]}, tổ {team}.{told}"


async def set_role(database: Database, code: str, role: Role, now: datetime) -> str:
    """Their sessions end. Raises DeskError where there is nobody of that code."""

    def write(tx: Tx) -> bool:
        who = _who(tx, code)
        if who.role is role:
            return False
        people.change(tx, who.id, role=role)
        desk.write_down(tx, ACTOR, "role", f"volunteer:{who.id}", now, f"{who.role} > {role}")
        return True

    return f"{code} nay là {ROLES[role]}." if await database.run(write) else f"{code} vốn đã là {ROLES[role]}."


async def set_password(database: Database, code: str, password: str | None, now: datetime) -> str:
    """Another password, theirs or a made one; their sessions end and the name is unlocked. Raises DeskError."""
    await database.read(lambda tx: _who(tx, code))  # to hash takes a while, and is no work for a transaction
    secret, told = _secret(code, password)

    def write(tx: Tx) -> None:
        who = _who(tx, code)
        people.change(tx, who.id, **secret)
        people.note_success(tx, who.id)
        desk.write_down(tx, ACTOR, "password", f"volunteer:{who.id}", now)

    await database.run(write)
    return f"Đã đổi mật khẩu của {code}.{told}"


async def unlock(database: Database, code: str, now: datetime) -> str:
    """May sign in again at once, after too many wrong passwords. Raises DeskError."""

    def write(tx: Tx) -> bool:
        who, secrets = _who(tx, code), people.secrets_of(tx, code)
        if secrets is None or not (secrets.failed or secrets.locked_until):
            return False
        people.note_success(tx, who.id)
        desk.write_down(tx, ACTOR, "unlock", f"volunteer:{who.id}", now)
        return True

    return f"Đã mở khóa {code}." if await database.run(write) else f"{code} không bị khóa."


async def remove(database: Database, takeover: "Takeover", code: str, now: datetime) -> str:
    """They cannot sign in any more; what they have waits for somebody else. `add` brings them back. Raises DeskError."""

    def write(tx: Tx) -> int:
        who = _who(tx, code)
        people.change(tx, who.id, removed_at=now)
        requeued = takeover.released(tx, who.id, now)
        desk.write_down(tx, ACTOR, "remove", f"volunteer:{who.id}", now)
        return requeued

    requeued = await database.run(write)
    return f"Đã gỡ {code}.{f' {requeued} ca trở về hàng chờ.' if requeued else ''}"


async def listing(database: Database, team: str | None, now: datetime) -> str:
    """Everybody, or a team's people, in the order of their codes. Raises DeskError where there is no such team."""

    def look(tx: Tx) -> list[tuple[Volunteer, Any]]:
        at = None if team is None else people.find_team(tx, team)
        if team is not None and at is None:
            raise DeskError(f"Không có tổ {team}: xem mã tổ bằng `danloi team list`.")
        listed = people.members(tx, None if at is None else at.id, limit=MOST)
        return [(who, people.secrets_of(tx, who.code)) for who in listed]

    found = await database.read(look)
    return "\n".join(map(partial(_line, now=now), found)) if found else "Chưa có ai. Lập người quản trị đầu tiên bằng `danloi user add`."


def _line(found: tuple[Volunteer, Any], now: datetime) -> str:
    who, secrets = found
    marks = []
    if secrets.password is None:
        marks.append("chưa có mật khẩu")
    elif who.must_change:
        marks.append("chưa đổi mật khẩu đầu")
    if secrets.locked_until is not None and secrets.locked_until > now:
        marks.append(f"bị khóa đến {secrets.locked_until.astimezone(VIETNAM):%H:%M}")
    return f"{who.code:<16} {who.name} · {ROLES[who.role]} · {who.team.name} ({who.team.code}){''.join(f' · {mark}' for mark in marks)}"


def _who(tx: Tx, code: str) -> Volunteer:
    who = people.by_code(tx, code)
    if who is None:
        raise DeskError(f"Không có ai mang mã {code}: xem bằng `danloi user list`.")
    return who


def _secret(code: str, password: str | None) -> tuple[dict[str, Any], str]:
    """What is stored of the password, and what is told of it. Raises DeskError where it is a bad one."""
    if password is None:
        made = one_time()
        told = f"\nMật khẩu dùng lần đầu, chỉ hiện một lần này: {made}\nVào bàn trực lần đầu sẽ phải đổi mật khẩu khác."
        return {"password": hash_password(made), "must_change": True}, told
    wrong = complaint(password, code)
    if wrong is not None:
        raise DeskError(wrong)
    return {"password": hash_password(password), "must_change": False}, ""
