"""Who may sign in, at a terminal: the first admin, roles, passwords, locked names, removal; every change in the audit."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.desk import teams, users
from bot.desk.passwords import verify
from bot.model.case import CaseStatus
from bot.model.errors import DeskError
from bot.model.people import PROVINCE_DESK, Role, Volunteer
from bot.settings import ROOT
from bot.store import desk, people
from bot.store.database import Database
from bot.understanding.places import Places

from ..conftest import Clock
from ..talk import House
from .made_up import as_csv, roster

CHOSEN = "mận trắng đầu bản"


class Desk:
    """The database as its operator sees it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    async def adds(self, code: str = "an", role: Role = Role.VOLUNTEER, password: str | None = CHOSEN, team: str = PROVINCE_DESK) -> str:
        return await users.add(self.database, code, "Thử Thị Mận", team, role, password, self.clock())

    async def who(self, code: str = "an") -> Volunteer | None:
        return await self.database.read(lambda tx: people.by_code(tx, code))

    async def secrets(self, code: str = "an") -> Any:
        return await self.database.read(lambda tx: people.secrets_of(tx, code))

    async def trail(self, who: Volunteer | None) -> list[str]:
        """What the audit tells of somebody, the latest first."""
        assert who is not None
        found = await self.database.read(lambda tx: desk.trail(tx, f"volunteer:{who.id}"))
        assert {one.actor for one in found} <= {"command"}
        return [one.verb if one.detail is None else f"{one.verb} {one.detail}" for one in found]


@pytest.fixture
def office(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


async def test_the_first_admin_is_made_with_a_password_that_is_shown_once(office: Desk) -> None:
    assert not await office.database.read(people.anybody)
    told = await office.adds("an", Role.ADMIN, None)
    (shown,) = re.findall(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", told)
    who = await office.who()
    assert who is not None
    assert (who.role, who.must_change, who.team.code) == (Role.ADMIN, True, PROVINCE_DESK)
    assert verify((await office.secrets()).password, shown)
    assert await office.trail(who) == ["add admin"]
    assert await office.database.read(people.anybody)


async def test_a_name_is_kept_without_what_turns_a_line_round(office: Desk) -> None:
    """Citizens read it before each message."""
    await users.add(office.database, "an", " Thử \u202eThị\u2066  Mận\n", PROVINCE_DESK, Role.VOLUNTEER, CHOSEN, office.clock())
    who = await office.who()
    assert who is not None
    assert who.name == "Thử Thị Mận"


async def test_a_password_of_ones_own_need_not_be_changed_nor_is_it_shown(office: Desk) -> None:
    assert CHOSEN not in await office.adds()
    who = await office.who()
    assert who is not None
    assert not who.must_change
    assert verify((await office.secrets()).password, CHOSEN)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"code": "thử thị mận"}, "Mã không đúng dạng"),
        ({"team": "T9"}, "Không có tổ T9"),
        ({"password": "1234567890"}, "dễ bị đoán"),
        ({"password": ""}, "ít nhất 10"),
    ],
)
async def test_who_cannot_be_added_is_not(office: Desk, wrong: dict[str, str], why: str) -> None:
    with pytest.raises(DeskError, match=why):
        await office.adds(**wrong)  # type: ignore[arg-type]
    assert not await office.database.read(people.anybody)


async def test_a_name_is_needed(office: Desk) -> None:
    with pytest.raises(DeskError, match="họ tên"):
        await users.add(office.database, "an", "  ", PROVINCE_DESK, Role.VOLUNTEER, CHOSEN, office.clock())


async def test_a_code_is_given_once(office: Desk) -> None:
    await office.adds()
    with pytest.raises(DeskError, match="Đã có người"):
        await office.adds(role=Role.ADMIN)
    who = await office.who()
    assert who is not None
    assert who.role is Role.VOLUNTEER


async def test_another_role_ends_the_sessions_and_the_same_one_changes_nothing(office: Desk) -> None:
    await office.adds()
    before = await office.who()
    assert "điều phối" in await users.set_role(office.database, "an", Role.COORDINATOR, office.clock())
    after = await office.who()
    assert before is not None
    assert after is not None
    assert (after.role, after.stamp) == (Role.COORDINATOR, before.stamp + 1)
    assert "vốn đã là" in await users.set_role(office.database, "an", Role.COORDINATOR, office.clock())
    assert await office.who() == after
    assert await office.trail(after) == ["role volunteer > coordinator", "add volunteer"]


async def test_another_password_ends_the_sessions_and_unlocks(office: Desk) -> None:
    await office.adds()
    who = await office.who()
    assert who is not None
    await office.database.run(lambda tx: people.note_failure(tx, who.id, 1, office.clock() + timedelta(minutes=15)))
    told = await users.set_password(office.database, "an", None, office.clock())
    (shown,) = re.findall(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", told)
    secrets, after = await office.secrets(), await office.who()
    assert after is not None
    assert (after.stamp, after.must_change, secrets.locked_until) == (who.stamp + 1, True, None)
    assert verify(secrets.password, shown)
    assert await office.trail(who) == ["password", "add volunteer"]


async def test_a_locked_name_is_unlocked(office: Desk) -> None:
    await office.adds()
    who = await office.who()
    assert who is not None
    assert "không bị khóa" in await users.unlock(office.database, "an", office.clock())
    await office.database.run(lambda tx: people.note_failure(tx, who.id, 1, office.clock() + timedelta(minutes=15)))
    assert "bị khóa đến 10:15" in await users.listing(office.database, None, office.clock())
    assert "Đã mở khóa" in await users.unlock(office.database, "an", office.clock())
    assert (await office.secrets()).locked_until is None
    assert await office.who() == who
    assert await office.trail(who) == ["unlock", "add volunteer"]


async def test_who_is_removed_cannot_sign_in_and_their_case_waits_again(house_on_each: House, clock: Clock) -> None:
    house, office = house_on_each, Desk(house_on_each.app.database, clock)
    await office.adds()
    who = await office.who()
    assert who is not None
    talk = await house.talk("binh")
    await talk.says("gặp người")
    (case,) = await house.cases()
    await office.database.run(lambda tx: house.app.takeover.take(tx, who, case.id, clock()))
    assert "1 ca trở về hàng chờ" in await users.remove(office.database, house.app.takeover, "an", clock())
    (case,) = await house.cases()
    assert case.status is CaseStatus.OPEN
    assert (await office.who(), await office.secrets()) == (None, None)
    await office.adds(role=Role.COACH)
    back = await office.who()
    assert back is not None
    assert (back.id, back.role, back.stamp) == (who.id, Role.COACH, who.stamp + 2)
    assert await office.trail(who) == ["add coach", "remove", "add volunteer"]


async def test_of_nobody_nothing_can_be_changed(office: Desk, house: House) -> None:
    database, now = office.database, office.clock()
    for change in (
        users.set_role(database, "x", Role.ADMIN, now),
        users.set_password(database, "x", None, now),
        users.unlock(database, "x", now),
        users.remove(database, house.app.takeover, "x", now),
    ):
        with pytest.raises(DeskError, match="Không có ai mang mã x"):
            await change


async def test_people_and_teams_are_listed(office: Desk, places: Places) -> None:
    assert "Chưa có ai" in await users.listing(office.database, None, office.clock())
    assert "Chưa có tổ" in await teams.listing(office.database, places, None)
    await office.adds(password=None)
    await office.database.run(lambda tx: people.add(tx, "binh", "Thử Văn Lê", Role.COACH, people.province_desk(tx).id, office.clock()))
    an, binh = (await users.listing(office.database, PROVINCE_DESK, office.clock())).splitlines()
    assert ("Thử Thị Mận · tình nguyện viên" in an, "chưa đổi mật khẩu đầu" in an, "chưa có mật khẩu" in binh) == (True, True, True)
    with pytest.raises(DeskError, match="Không có tổ T9"):
        await users.listing(office.database, "T9", office.clock())
    assert "(cấp tỉnh) · 2 người" in await teams.listing(office.database, places, None)
    with pytest.raises(DeskError, match="xã Mèo Vạc hoặc xã Đồng Văn"):
        await teams.listing(office.database, places, "Tả Lủng")


def danloi(var: Path, *command: str, stdin: str = "") -> tuple[int, str]:
    """The command as it is typed. What it ends with and all that it prints."""
    environment = {**os.environ, "DANLOI_VAR": str(var), "DATABASE_URL": ""}
    ran = subprocess.run(
        [sys.executable, "-m", "bot", *command], cwd=ROOT, env=environment, input=stdin, capture_output=True, text=True, timeout=60
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_the_commands_are_wired(tmp_path: Path, places: Places) -> None:
    (tmp_path / "to.csv").write_text(as_csv(roster(places.gazetteer, teams=100, members=20)), encoding="utf-8-sig")
    var = tmp_path / "var"
    code, told = danloi(var, "team", "import", str(tmp_path / "to.csv"), "--dry-run")
    assert (code, "Tổ: 100 mới" in told, "chưa ghi gì" in told) == (0, True, True)
    assert danloi(var, "team", "list")[1] == "Chưa có tổ nào. Nhập danh sách bằng `danloi team import`.\n"
    assert "Người: 20 mới" in danloi(var, "team", "import", str(tmp_path / "to.csv"))[1]
    assert "Tổ xã Lũng Cú (cấp xã, xã Lũng Cú)" in danloi(var, "team", "list", "--commune", "lung cu")[1]
    code, told = danloi(var, "user", "add", "an", "--name", "Thử Thị Mận", "--role", "admin", "--password-from-stdin", stdin=f"{CHOSEN}\n")
    assert (code, told) == (0, "Đã thêm an, quản trị, tổ tinh.\n")
    (tmp_path / "to.csv").write_text(as_csv(roster(places.gazetteer, teams=100, members=19)), encoding="utf-8")
    assert "Gỡ 1 người" in danloi(var, "team", "import", str(tmp_path / "to.csv"), "--remove-missing")[1]
    assert "Đã đổi mật khẩu" in danloi(var, "user", "password", "TNV-00001")[1]
    assert "nay là người kèm" in danloi(var, "user", "role", "TNV-00001", "coach")[1]
    assert "không bị khóa" in danloi(var, "user", "unlock", "TNV-00001")[1]
    assert danloi(var, "user", "remove", "TNV-00002")[0] == 0
    listed = danloi(var, "user", "list")[1].splitlines()
    assert (len(listed), "người kèm" in listed[0], "quản trị" in listed[-1]) == (19, True, True)
    code, told = danloi(var, "team", "import", str(tmp_path / "none.csv"))
    assert (code, "không đọc được" in told) == (2, True)
