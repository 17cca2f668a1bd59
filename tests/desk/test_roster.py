"""The province's list is brought in: whatever a spreadsheet made of it, bad rows named and left out, the same file twice as nothing."""

import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.desk import roster_file
from bot.desk.roster import bring_in
from bot.desk.roster_report import Report, Tally
from bot.desk.takeover import Takeover
from bot.model.case import CaseStatus
from bot.model.errors import DanLoiError
from bot.model.people import PROVINCE_DESK, Role, Shift, TeamLevel, Volunteer
from bot.store import desk, people
from bot.store import roster as store
from bot.store.database import Database
from bot.understanding.places import Places
from bot.understanding.text import strip

from ..conftest import Clock
from ..talk import House
from .made_up import HEADS, MEMBERS, TEAMS, as_csv, roster

Cells = Sequence[str]


class Province:
    """Somebody who keeps the list and brings it in."""

    def __init__(self, database: Database, places: Places, clock: Clock) -> None:
        self.database = database
        self._places = places
        self._clock = clock

    async def brings(self, rows: Sequence[Cells], remove: Takeover | None = None, dry: bool = False) -> Report:
        return await self.brings_file(as_csv(rows).encode(), remove, dry)

    async def brings_file(self, data: bytes, remove: Takeover | None = None, dry: bool = False) -> Report:
        return await bring_in(self.database, self._places, roster_file.table(data, "to.csv"), self._clock(), remove, dry)

    async def person(self, code: str) -> Volunteer:
        found = await self.database.read(lambda tx: people.by_code(tx, code))
        assert found is not None, f"nobody is called {code}"
        return found

    async def codes(self) -> list[str]:
        return [who.code for who in await self.database.read(lambda tx: people.members(tx, limit=100_000))]

    async def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that is stored, to the last encrypted byte."""
        tables = {"team": "id", "volunteer": "id", "shift": "volunteer_id, weekday, starts", "audit": "id"}
        return await self.database.read(
            lambda tx: {
                name: [tuple(row) for row in tx.execute(text(f"SELECT * FROM {name} ORDER BY {order}"))] for name, order in tables.items()
            }
        )

    async def meaning(self) -> Any:
        """What is stored, without ids."""

        def look(tx: Any) -> Any:
            teams = {code: (one.name, one.level, one.commune, one.parent) for code, one in store.teams(tx).items()}
            members = store.members(tx, list(store.present(tx)))
            return teams, {code: (one.team, one.name, one.phone, one.role, one.languages, one.plan) for code, one in members.items()}

        return await self.database.read(look)


@pytest.fixture
def province(database: Database, places: Places, clock: Clock) -> Province:
    return Province(database, places, clock)


def team(code: str, name: str = "Tổ thử", level: str = "thôn", commune: str = "xã Đồng Văn", parent: str = "") -> Cells:
    return (code, name, level, commune, parent, *[""] * 7)


def person(code: str, of: str = "T1", **more: str) -> Cells:
    cells = {"họ tên": "Thử Thị Mận", "điện thoại": "0900000001", "vai trò": "tình nguyện viên"} | more
    return (of, "", "", "", "", code, *(cells.get(head, "") for head in HEADS[6:]))


SMALL = (team("T1"), person("a"), person("b"))


# --- what is good


async def test_a_list_is_brought_in(province: Province, places: Places) -> None:
    report = await province.brings(roster(places.gazetteer, teams=150, members=700))
    assert (report.teams, report.people, report.faults) == (Tally(new=150), Tally(new=700), [])
    teams, members = await province.meaning()
    assert len(teams) == 151  # and the province desk
    assert teams["CUM-01"][1:] == (TeamLevel.CLUSTER, None, PROVINCE_DESK)
    assert {level for _, level, *_ in teams.values()} == set(TeamLevel)
    assert len({commune for _, _, commune, _ in teams.values()} - {None}) == 73
    assert len(members) == 700


async def test_a_person_is_as_the_row_says(province: Province) -> None:
    more = {"vai trò": "Người kèm", "tiếng": "dao; tiếng Mông, Kinh", "nhiều nhất": "5", "trực": "T2-T3 7:30-11:30, T7 8:00-10:00"}
    await province.brings([person("a", **more), team("T1", parent="tinh")])
    who = await province.person("a")
    assert (who.name, who.role, who.most_open, who.must_change) == ("Thử Thị Mận", Role.COACH, 5, True)
    assert who.languages == ("Mông", "Dao")
    assert (who.team.code, who.team.commune) == ("T1", "xa_dong_van")
    plan = await province.database.read(lambda tx: people.plan(tx, who.id))
    assert plan == [Shift(0, 450, 690), Shift(1, 450, 690), Shift(5, 480, 600)]
    secrets = await province.database.read(lambda tx: people.secrets_of(tx, "a"))
    assert secrets is not None
    assert secrets.password is None


async def test_the_same_file_twice_changes_nothing(province: Province, places: Places) -> None:
    rows = roster(places.gazetteer, teams=150, members=700)
    await province.brings(rows)
    before = await province.everything()
    report = await province.brings(rows)
    assert (report.teams, report.people) == (Tally(unchanged=150), Tally(unchanged=700))
    assert await province.everything() == before


async def test_the_order_of_the_rows_is_nothing(province: Province, places: Places) -> None:
    rows = roster(places.gazetteer, teams=150, members=700)
    assert (await province.brings(rows[::-1])).faults == []
    backwards = await province.meaning()
    report = await province.brings(rows)
    assert (report.teams, report.people) == (Tally(unchanged=150), Tally(unchanged=700))
    assert backwards[0]["THON-0001"][3] == "XA-002"


async def test_a_team_may_be_told_in_its_peoples_rows(province: Province) -> None:
    whole = ("T1", "Tổ thử", "thôn", "Đồng Văn", "", "a", "Thử Thị Mận", *[""] * 5)
    half = ("T1", "", "thôn", "", "", "b", "Thử Thị Đào", *[""] * 5)
    report = await province.brings([half, whole])
    assert (report.teams, report.people, report.faults) == (Tally(new=1), Tally(new=2), [])


async def test_changes_are_brought_in_and_counted(province: Province) -> None:
    await province.brings([*SMALL, person("c"), team("T2")])
    stamps = {code: (await province.person(code)).stamp for code in "abc"}
    moved = [team("T1", name="Tổ mới"), team("T2"), person("a", of="T2"), person("b", **{"điện thoại": "0900000009"}), person("c")]
    report = await province.brings([*moved, person("d")])
    assert (report.teams, report.people) == (Tally(changed=1, unchanged=1), Tally(new=1, changed=2, unchanged=1))
    assert (await province.person("a")).team.code == "T2"
    grown = {code: (await province.person(code)).stamp - stamps[code] for code in "abc"}
    assert grown == {"a": 1, "b": 0, "c": 0}  # who changed teams signs in anew


async def test_the_audit_says_what_changed_and_names_nobody(province: Province) -> None:
    await province.brings(SMALL)
    await province.brings([team("T1"), person("a", **{"họ tên": "Mẫu Thị Bưởi", "vai trò": "điều phối"}), person("b")])
    who = await province.person("a")
    change, new = await province.database.read(lambda tx: desk.trail(tx, f"volunteer:{who.id}"))
    assert (new.actor, new.verb, change.verb, change.detail) == ("command", "import_new", "import_change", "name, role")


async def test_an_empty_cell_says_nothing_and_a_dash_that_there_is_none(province: Province) -> None:
    told = {"vai trò": "người kèm", "tiếng": "Tày", "nhiều nhất": "7", "trực": "CN 8-10"}
    await province.brings([team("T1", parent="tinh"), person("a", **told)])
    before = await province.meaning()
    silent = dict.fromkeys(told, "") | {"điện thoại": ""}
    await province.brings([person("a", **silent)])
    assert await province.meaning() == before
    none = dict.fromkeys(("điện thoại", "tiếng", "trực"), "-")
    await province.brings([team("T1", parent="-"), person("a", **none)])
    teams, members = await province.meaning()
    assert teams["T1"][3] is None
    assert members["a"] == ("T1", "Thử Thị Mận", None, Role.VOLUNTEER, (), ())


async def test_the_province_desk_is_always_there_and_may_be_named(province: Province) -> None:
    await province.brings([person("a", of="tinh")])
    assert (await province.person("a")).team.level is TeamLevel.PROVINCE
    assert (await province.brings([("tinh", "Bàn trực Thử", "tỉnh", *[""] * 9)])).teams == Tally(changed=1)
    assert (await province.person("a")).team.name == "Bàn trực Thử"


async def test_a_dry_run_counts_and_writes_nothing(province: Province, house_on_each: House) -> None:
    takeover = house_on_each.app.takeover
    await province.brings([*SMALL, person("c")])
    before = await province.everything()
    rows = [team("T1"), team("T2"), person("a", of="T2"), person("d", of="T2"), person("b")]
    dry = await province.brings(rows, takeover, dry=True)
    assert await province.everything() == before
    real = await province.brings(rows, takeover)
    told = (real.teams, real.people, real.removed, real.requeued)
    assert (dry.teams, dry.people, dry.removed, dry.requeued) == told
    assert told == (Tally(new=1, unchanged=1), Tally(new=1, changed=1, unchanged=1), 1, 0)
    assert "chưa ghi gì" in str(dry)


async def test_the_whole_province_within_a_minute(sqlite: Database, places: Places, clock: Clock) -> None:
    province = Province(sqlite, places, clock)
    data = as_csv(roster(places.gazetteer)).encode()
    begins = time.monotonic()
    report = await province.brings_file(data)
    took = time.monotonic() - begins
    assert (report.teams, report.people, report.faults) == (Tally(new=TEAMS), Tally(new=MEMBERS), [])
    again = await province.brings_file(data)
    assert (again.teams, again.people) == (Tally(unchanged=TEAMS), Tally(unchanged=MEMBERS))
    assert took < 30


# --- whatever a spreadsheet made of it


def windows_1258(written: str) -> bytes:
    """As Vietnamese Windows writes: a letter with its circumflex, breve or horn, then its tone as a mark of its own."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    spelt = ""
    for letter in unicodedata.normalize("NFC", written):
        marks = unicodedata.normalize("NFD", letter)
        bare = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in tones))
        spelt += bare + "".join(mark for mark in marks if mark in tones)
    return spelt.encode("cp1258")


ROWS = (team("T1", name="Tổ Thôn Mã Lủng"), person("a", **{"họ tên": "Thử Thị Thảo Quả", "tiếng": "Mông, Tày"}))
LINES = as_csv(ROWS)
FILES = {
    "plain": LINES.encode(),
    "bom": LINES.encode("utf-8-sig"),
    "bom before a quoted head": as_csv([(row[3], *row[:3], *row[4:]) for row in ROWS], ("xã, phường", *HEADS[:3], *HEADS[4:])).encode(
        "utf-8-sig"
    ),
    "semicolons, as Excel saves them": as_csv(ROWS, separator=";").encode("utf-8-sig"),
    "sep=;": ("sep=;\r\n" + as_csv(ROWS, separator=";")).encode(),
    "tabs": as_csv(ROWS, separator="\t").encode(),
    "utf-16, as Excel saves Unicode text": as_csv(ROWS, separator="\t").encode("utf-16"),
    "utf-16, the other way round": b"\xfe\xff" + LINES.encode("utf-16-be"),
    "windows-1258": windows_1258(LINES),
    "decomposed": unicodedata.normalize("NFD", LINES).encode(),
    "line feeds": as_csv(ROWS, ends="\n").encode(),
    "carriage returns": as_csv(ROWS, ends="\r").encode(),
    "heads in capitals": as_csv(ROWS, [head.upper() for head in HEADS]).encode(),
    "heads without diacritics": as_csv(ROWS, [strip(head) for head in HEADS]).encode(),
    "columns the other way round": as_csv([row[::-1] for row in ROWS], HEADS[::-1]).encode(),
    "a column more": as_csv([("1", *row) for row in ROWS], ("STT", *HEADS)).encode(),
    "empty columns behind": as_csv([(*row, "", "") for row in ROWS], (*HEADS, "", "")).encode(),
    "empty cells beyond the head": as_csv([(*row, "", "") for row in ROWS]).encode(),
    "empty lines": LINES.replace("\r\n", "\r\n\r\n,,,\r\n").encode(),
    "a title above": ("DANH SÁCH TỔ,,,\r\n\r\n" + LINES).encode(),
    "a line break in a cell": LINES.replace("Tổ Thôn Mã Lủng", '"Tổ Thôn\r\nMã  Lủng"').encode(),
    "invisible signs": LINES.replace("Mã Lủng", "\u200bMã\u00a0Lủng").encode(),
    "no line break at the end": LINES.rstrip().encode(),
}


@pytest.mark.parametrize("name", FILES)
async def test_every_kind_of_file_says_the_same(sqlite: Database, places: Places, clock: Clock, name: str) -> None:
    province = Province(sqlite, places, clock)
    report = await province.brings_file(FILES[name])
    assert report.faults == []
    who = await province.person("a")
    assert (who.name, who.team.name, who.languages) == ("Thử Thị Thảo Quả", "Tổ Thôn Mã Lủng", ("Mông", "Tày"))
    assert report.ignored == (["stt"] if name == "a column more" else [])


NO_LISTS = {
    "an Excel workbook": (b"PK\x03\x04" + bytes(50), "tệp Excel"),
    "a program": (b"\x7fELF\0\0", "không phải tệp CSV"),
    "nothing": (b"", "không thấy cột"),
    "a letter": ("Kính gửi các tổ,\nxin chào.\n".encode(), "«mã tổ»"),
    "no people's codes": (LINES.replace("mã người", "mã số").encode(), "không thấy cột «mã người»"),
    "a column twice": (LINES.replace("trực\r\n", "Mã Tổ\r\n").encode(), "hai cột «mã tổ»"),
    "damaged": (LINES.encode().replace("Quả".encode(), b"Qu\xe1\xba"), "dòng 3 có chữ bị hỏng"),
    "cut off in a letter": ("\ufeff".encode("utf-16-le") + LINES.encode("utf-16-le")[:-1], "không rõ bảng mã"),
}


@pytest.mark.parametrize("name", NO_LISTS)
def test_what_is_no_list_is_refused_with_what_to_do(name: str, tmp_path: Path) -> None:
    data, why = NO_LISTS[name]
    (tmp_path / "to.csv").write_bytes(data)
    with pytest.raises(DanLoiError, match=why):
        roster_file.read(tmp_path / "to.csv")


def test_a_file_that_is_not_there_or_far_too_big_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DanLoiError, match="không đọc được"):
        roster_file.read(tmp_path / "to.csv")
    with pytest.raises(DanLoiError, match="không đọc được"):
        roster_file.read(tmp_path)
    with (tmp_path / "to.csv").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(DanLoiError, match="lớn hơn 32 MB"):
        roster_file.read(tmp_path / "to.csv")


# --- what is bad


BAD: dict[str, tuple[Cells, str]] = {
    "no team": (person("x", of=""), "thiếu mã tổ"),
    "a code with spaces": (person("Thử Thị Bưởi"), "mã người không đúng dạng"),
    "no code of the person": (person(""), "có họ tên mà thiếu mã người"),
    "no name": (person("x", **{"họ tên": ""}), "thiếu họ tên"),
    "a name that is none": (person("x", **{"họ tên": "0912 345 678"}), "họ tên không phải một cái tên"),
    "a phone in figures of a spreadsheet": (person("x", **{"điện thoại": "9.12E+08"}), "số điện thoại không đúng"),
    "a short phone": (person("x", **{"điện thoại": "09123"}), "số điện thoại không đúng"),
    "an unknown role": (person("x", **{"vai trò": "tổ trưởng"}), "không rõ vai trò"),
    "an admin": (person("x", **{"vai trò": "Quản trị"}), "quản trị không nhập từ tệp"),
    "an unknown language": (person("x", tiếng="Mông; Anh"), "có tiếng không rõ"),
    "too many cases": (person("x", **{"nhiều nhất": "200"}), "số ca nhiều nhất không đúng"),
    "an unreadable plan": (person("x", trực="sáng thứ hai"), "không đọc được lịch trực"),
    "a plan beyond midnight": (person("x", trực="T2 22:00-6:00"), "không đọc được lịch trực"),
    "an unknown team": (person("x", of="T9"), "chưa có tổ T9"),
    "an unknown level": (team("T2", level="huyện"), "không rõ cấp"),
    "a second province desk": (team("T2", level="tỉnh", commune=""), "cấp và mã tổ không hợp nhau"),
    "no name of the team": (team("T2", name=""), "tổ T2 thiếu tên tổ"),
    "no commune": (team("T2", commune=""), "tổ T2 thiếu xã"),
    "a cluster in a commune": (team("T2", level="cụm"), "tổ T2 là cấp cụm"),
    "an unknown commune": (team("T2", commune="xã Trên Mây"), "không có xã tên như vậy"),
    "a name of two old communes": (team("T2", commune="Tả Lủng"), "xã Mèo Vạc hoặc xã Đồng Văn"),
    "an old commune that was parted": (team("T2", commune="Yên Định"), "xã Minh Ngọc hoặc xã Ngọc Đường"),
    "an old district": (team("T2", commune="huyện Xín Mần"), "cột xã ghi một huyện cũ"),
    "no such parent": (team("T2", parent="T9"), "tổ cấp trên T9 của tổ T2 không có"),
    "its own parent": (team("T2", parent="T2"), "tổ T2 thành cấp trên của chính nó"),
    "a province desk with a parent": (("tinh", "", "", "", "T1", *[""] * 7), "không có tổ cấp trên"),
    "cells beyond the head": ((*person("x"), "", "gì đó"), "nhiều ô hơn dòng tiêu đề"),
    "another team of the same code": (team("T1", name="Tổ khác"), "tổ T1 ghi khác một dòng ở trên"),
    "a commune that is taken away": (team("T1", commune="-"), "tổ T1 ghi khác một dòng ở trên"),
    "another person of the same code": (person("a", **{"họ tên": "Mẫu Thị Lê"}), "mã người a đã có ở dòng 3"),
    "the same person in another team": (person("a", of="tinh"), "mã người a đã có ở dòng 3"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_row_is_named_and_skipped(sqlite: Database, places: Places, clock: Clock, name: str) -> None:
    row, why = BAD[name]
    province = Province(sqlite, places, clock)
    report = await province.brings([team("T1"), person("a"), row, person("b")])
    (fault,) = report.faults
    assert fault.line == 4
    assert why in str(fault)
    assert (report.teams, report.people) == (Tally(new=1), Tally(new=2))
    assert await province.codes() == ["a", "b"]
    assert (await province.person("a")).team.name == "Tổ thử"
    told = str(report)
    assert "to.csv:4" in told
    personal = ("Thử Thị", "Mẫu Thị", "0912", "0900000001", "sáng thứ hai")
    assert [word for word in personal if word in told] == []


async def test_a_quotation_mark_that_never_closes_costs_its_row_alone(sqlite: Database, places: Places, clock: Clock) -> None:
    province = Province(sqlite, places, clock)
    lines = as_csv([team("T1"), person("a"), person("b"), *(person(f"c{n}") for n in range(30))])
    report = await province.brings_file(lines.replace(",a,Thử", ',a,"Thử', 1).encode())
    assert [(fault.line, "ngoặc kép" in fault.what) for fault in report.faults] == [(3, True)]
    assert report.people == Tally(new=31)


async def test_lines_that_ran_into_one_another_are_no_name_and_nobody_is_missing_then(
    sqlite: Database, places: Places, clock: Clock, house: House
) -> None:
    province = Province(sqlite, places, clock)
    rows = [team("T1"), person("a"), person("b"), person("c")]
    await province.brings(rows)
    lines = as_csv(rows).replace(",a,Thử Thị Mận,", ',a,"Thử Thị Mận,').replace(",b,Thử Thị Mận,", ',b,Thử Thị Mận",')
    report = await province.brings_file(lines.encode(), house.app.takeover)
    assert [(fault.line, fault.what) for fault in report.faults] == [(3, "họ tên lẫn thứ khác")]
    assert "Không gỡ ai" in str(report)
    assert await province.codes() == ["a", "b", "c"]


async def test_lines_are_counted_as_an_editor_counts_them(sqlite: Database, places: Places, clock: Clock) -> None:
    province = Province(sqlite, places, clock)
    lines = as_csv([team("T1", name="Tổ\r\nba\r\ndòng"), person("a", **{"điện thoại": "12"})])
    report = await province.brings_file(("Danh sách\r\n\r\n" + lines).encode())
    assert [fault.line for fault in report.faults] == [7]


async def test_what_hangs_on_a_bad_team_is_bad_too(sqlite: Database, places: Places, clock: Clock) -> None:
    province = Province(sqlite, places, clock)
    rows = [
        person("a", of="T3"),
        team("T3", parent="T2"),
        team("T2", parent="T1"),
        team("T1", level="làng"),
        person("b", of="T4"),
        team("T4"),
    ]
    report = await province.brings(rows)
    assert [(fault.line, fault.what) for fault in report.faults] == [
        (2, "tổ T3 chưa dùng được"),
        (3, "tổ cấp trên T2 của tổ T3 chưa dùng được"),
        (4, "tổ cấp trên T1 của tổ T2 không có"),
        (5, "không rõ cấp của tổ"),
    ]
    assert await province.codes() == ["b"]


async def test_teams_in_a_circle_are_bad_and_those_beside_it_are_not(sqlite: Database, places: Places, clock: Clock) -> None:
    province = Province(sqlite, places, clock)
    circle = [team("T1", parent="T2"), team("T2", parent="T3"), team("T3", parent="T1")]
    report = await province.brings([*circle, team("T4", parent="tinh"), team("T5", parent="T4")])
    assert [fault.line for fault in report.faults] == [2, 3, 4]
    assert report.teams == Tally(new=2)


async def test_a_circle_with_what_is_stored_is_bad_and_changes_nothing(province: Province) -> None:
    await province.brings([team("T1"), team("T2", parent="T1"), person("a", of="T2")])
    before = await province.everything()
    report = await province.brings([team("T1", parent="T2"), person("a", of="T2")])
    assert [fault.line for fault in report.faults] == [2]
    assert await province.everything() == before


async def test_a_row_is_never_half_imported(sqlite: Database, places: Places, clock: Clock) -> None:
    province = Province(sqlite, places, clock)
    rows = [("T1", "Tổ thử", "thôn", "Đồng Văn", "", f"m{n:04}", "Thử Thị Mận", *[""] * 5) for n in range(600)]
    rows += [("T2", "Tổ thử", "thôn", "Đồng Văn", "", "z", "Thử Thị Lê", *[""] * 5)]
    full = "CREATE TRIGGER full BEFORE INSERT ON volunteer WHEN NEW.code = 'z' BEGIN SELECT RAISE(ABORT, 'disk'); END"
    await sqlite.run(lambda tx: tx.execute(text(full)) and None)
    with pytest.raises(IntegrityError, match="disk"):
        await province.brings(rows)
    assert len(await province.codes()) == 500
    teams, _ = await province.meaning()
    assert "T2" not in teams
    await sqlite.run(lambda tx: tx.execute(text("DROP TRIGGER full")) and None)
    report = await province.brings(rows)
    assert (report.teams, report.people) == (Tally(new=1, unchanged=1), Tally(new=101, unchanged=500))


# --- who is missing, who comes back, who is an admin


async def test_who_is_missing_stays_until_it_is_asked_for(province: Province, house_on_each: House) -> None:
    await province.brings([*SMALL, person("c")])
    report = await province.brings([team("T1"), person("a")])
    assert (report.missing, report.removed) == (2, 0)
    assert await province.codes() == ["a", "b", "c"]
    report = await province.brings([team("T1"), person("a")], house_on_each.app.takeover)
    assert (report.missing, report.removed) == (0, 2)
    assert await province.codes() == ["a"]


async def test_the_cases_of_who_is_removed_wait_again(house_on_each: House, places: Places, clock: Clock) -> None:
    house = house_on_each
    province = Province(house.app.database, places, clock)
    await province.brings([person("a", of="tinh"), person("b", of="tinh")])
    talk = await house.talk("an")
    await talk.says("gặp người")
    (case,) = await house.cases()
    who = await province.person("a")
    await house.app.database.run(lambda tx: house.app.takeover.take(tx, who, case.id, clock()))
    report = await province.brings([person("b", of="tinh")], house.app.takeover)
    assert (report.removed, report.requeued) == (1, 1)
    assert "1 ca của họ trở về hàng chờ" in str(report)
    (case,) = await house.cases()
    assert case.status is CaseStatus.OPEN
    secrets = await house.app.database.read(lambda tx: people.secrets_of(tx, "a"))
    assert secrets is None
    known = await house.app.database.read(lambda tx: store.members(tx, ["a"]))
    (mark, *_) = await house.app.database.read(lambda tx: desk.trail(tx, f"volunteer:{known['a'].id}"))
    assert (mark.actor, mark.verb) == ("command", "remove")


async def test_who_stands_in_a_bad_row_is_not_missing(province: Province, house_on_each: House) -> None:
    await province.brings([*SMALL, person("c")])
    report = await province.brings([team("T1"), person("a"), person("b", **{"điện thoại": "12"})], house_on_each.app.takeover)
    assert (report.removed, len(report.faults)) == (1, 1)
    assert await province.codes() == ["a", "b"]


@pytest.mark.parametrize("row", [person(""), person("a b"), (*person("c"), "thừa"), None])
async def test_nobody_is_removed_where_it_is_not_sure_who_is_missing(
    sqlite: Database, places: Places, clock: Clock, house: House, row: Cells | None
) -> None:
    province = Province(sqlite, places, clock)
    await province.brings(SMALL)
    report = await province.brings([team("T1")] if row is None else [team("T1"), person("a"), row], house.app.takeover)
    assert report.removed == 0
    assert "Không gỡ ai" in str(report)
    assert await province.codes() == ["a", "b"]


async def test_an_admin_is_neither_missing_nor_changed_in_role(province: Province, house_on_each: House) -> None:
    await province.brings(SMALL)
    who = await province.person("a")
    await province.database.run(lambda tx: people.change(tx, who.id, role=Role.ADMIN))
    assert (await province.brings(SMALL)).people == Tally(unchanged=2)
    report = await province.brings([team("T1"), person("b")], house_on_each.app.takeover)
    assert report.removed == 0
    assert (await province.person("a")).role is Role.ADMIN


async def test_who_comes_back_begins_anew(province: Province, house_on_each: House) -> None:
    told = {"vai trò": "điều phối", "tiếng": "Tày", "trực": "CN 8-10"}
    await province.brings([*SMALL, person("c", **told)])
    stamp = (await province.person("c")).stamp
    await province.brings(SMALL, house_on_each.app.takeover)
    report = await province.brings([*SMALL, person("c", **{"vai trò": ""})])
    assert report.people == Tally(new=1, unchanged=2)
    who = await province.person("c")
    assert (who.role, who.languages, who.stamp) == (Role.VOLUNTEER, (), stamp + 2)
    assert await province.database.read(lambda tx: people.plan(tx, who.id)) == []
