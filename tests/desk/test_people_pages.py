"""The pages of people and teams: who may change whom, passwords that are shown once, the last admin, and what a removal does at once."""

import asyncio
import re
from typing import Any
from uuid import uuid4

import pytest

from bot.desk.passwords import verify
from bot.model.case import CaseReason, CaseStatus
from bot.model.people import PROVINCE_DESK, Role, Shift, TeamLevel, Volunteer
from bot.store import cases, people

from .helpers import HERE, NEXT_DOOR
from .web import PASSWORD, Browser, Console, words

MADE = re.compile(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}")
HOSTILE = "<script>alert(1)</script> Mận"


async def saves(browser: Browser, who: Volunteer, **changed: Any) -> Any:
    """Fill in a person's form as it stands, but for what is changed."""
    answer = await browser.gets(f"/desk/people/{who.id}")
    (seen,) = re.findall(r'name="seen" value="(\w+)"', answer.text)
    as_is: Any = {"name": who.name, "team": who.team.code, "languages": list(who.languages), "most_open": str(who.most_open), "plan": ""}
    return await browser.sends(f"/desk/people/{who.id}", **{**as_is, "seen": seen, **changed})


PAGES = ("/desk/people", "/desk/people/add", "/desk/people/teams")


@pytest.mark.parametrize("path", PAGES)
async def test_a_stranger_is_led_to_the_sign_in_and_a_volunteer_told_no(console_on_sqlite: Console, path: str) -> None:
    answer = await console_on_sqlite.stranger().gets(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/sign-in?next={path}")
    for role in (Role.VOLUNTEER, Role.COACH):
        refused = await (await console_on_sqlite.browser(role=role)).gets(path)
        assert (refused.status_code, "không dành cho vai trò của bạn" in refused.text) == (403, True)
    for role in (Role.COORDINATOR, Role.ADMIN):
        assert (await (await console_on_sqlite.browser(role=role)).gets(path)).status_code == 200


async def test_a_volunteers_form_is_refused_too(console_on_sqlite: Console) -> None:
    dinh = await (await console_on_sqlite.helper("dinh")).who()
    browser = await console_on_sqlite.browser()
    for path in (f"/desk/people/{dinh.id}", f"/desk/people/{dinh.id}/role", f"/desk/people/{dinh.id}/remove", "/desk/people/add"):
        assert (await browser.sends(path, role="admin", sure="yes")).status_code == 403
    assert await console_on_sqlite.person("dinh") == dinh


async def test_people_are_found_by_code_team_place_and_role(console_on_sqlite: Console) -> None:
    chu = await console_on_sqlite.browser("chu", Role.COORDINATOR, None)
    for code, commune in (("dinh", HERE), ("dung", HERE), ("my", NEXT_DOOR)):
        await console_on_sqlite.helper(code, commune=commune)
    everybody = await chu.sees("/desk/people")
    assert [name in everybody for name in ("Dinh", "Dung", "My", "Chu")] == [True] * 4
    for asked, found in (("code=di", "dinh"), ("place=lũng cú", "my"), ("role=coordinator", "chu"), (f"team={PROVINCE_DESK}", "chu")):
        shown = await chu.sees(f"/desk/people?{asked}")
        assert [code for code in ("dinh", "dung", "my", "chu") if f"{code} ·" in shown] == [found], asked
    assert "Không có tổ mang mã «nowhere»" in await chu.sees("/desk/people?team=nowhere")
    assert "Không thấy xã, huyện nào tên «Atlantis»" in await chu.sees("/desk/people?place=Atlantis")


async def test_a_long_list_comes_page_by_page(console_on_sqlite: Console) -> None:
    chu = await console_on_sqlite.browser("aa", Role.COORDINATOR)

    def fill(tx: Any) -> None:
        team = people.find_team(tx, f"to_{HERE}")
        assert team is not None
        for number in range(70):
            people.add(tx, f"tnv-{number:03}", "Thử Thị Mận", Role.VOLUNTEER, team.id, console_on_sqlite.house.clock())

    await console_on_sqlite.run(fill)
    seen: list[str] = []
    path = "/desk/people?code=tnv"
    for _ in range(3):
        answer = await chu.gets(path)
        seen += re.findall(r"tnv-\d{3}", answer.text.partition("<section")[2].partition("<form")[0])
        after = re.search(r'name="after" value="([^"]+)"', answer.text)
        path = f"/desk/people?code=tnv&after={after[1]}" if after else path
    assert seen == [f"tnv-{number:03}" for number in range(70)]


async def test_what_is_changed_is_stored_and_written_down_and_the_rest_stays(console: Console) -> None:
    chu = await console.browser("chu", Role.COORDINATOR)
    await console.helper("my", commune=NEXT_DOOR)
    helper = await console.helper("dinh")
    dinh = await helper.who()
    answer = await saves(chu, dinh, languages=["Mông", "Dao"], most_open="5", plan="T2-T3 7:30-11:30")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/people/{dinh.id}?done=change")
    now = await helper.who()
    assert (now.languages, now.most_open, now.team, now.stamp) == (("Mông", "Dao"), 5, dinh.team, dinh.stamp)
    assert await console.read(lambda tx: people.plan(tx, dinh.id)) == [Shift(0, 450, 690), Shift(1, 450, 690)]
    assert "T2-T3 7:30-11:30" in await chu.sees(f"/desk/people/{dinh.id}")
    await saves(chu, now, team=f"to_{NEXT_DOOR}", plan="T2-T3 7:30-11:30")
    assert (await helper.who()).team.code == f"to_{NEXT_DOOR}"
    by = f"volunteer:{chu.who.id if chu.who else 0}"
    told = [f"{by} team to_{HERE} > to_{NEXT_DOOR}", f"{by} change languages, most_open, plan"]
    assert await console.trail(f"volunteer:{dinh.id}") == told


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"plan": "sáng nào rảnh"}, "Không đọc được lịch trực"),
        ({"most_open": "0"}, "ghi một số từ 1 đến 20"),
        ({"languages": ["Klingon"]}, "Có tiếng không rõ"),
        ({"team": "nowhere"}, "Không có tổ mang mã nowhere"),
        ({"name": " "}, "Thiếu họ tên"),
        ({"seen": "0" * 16}, "Vừa có người khác sửa"),
    ],
)
async def test_what_cannot_be_is_said_and_changes_nothing(console_on_sqlite: Console, wrong: Any, why: str) -> None:
    chu = await console_on_sqlite.browser("chu", Role.COORDINATOR)
    helper = await console_on_sqlite.helper("dinh")
    dinh = await helper.who()
    answer = await saves(chu, dinh, **wrong)
    assert (answer.status_code, why in words(answer)) == (409, True), words(answer)
    assert await helper.who() == dinh


async def test_a_name_with_a_script_in_it_is_shown_as_it_is_written(console_on_sqlite: Console) -> None:
    chu = await console_on_sqlite.browser("chu", Role.COORDINATOR)
    helper = await console_on_sqlite.helper("dinh")
    await saves(chu, await helper.who(), name=HOSTILE)
    assert (await helper.who()).name == HOSTILE
    for path in ("/desk/people", f"/desk/people/{helper.id}", f"/desk/people?team=to_{HERE}"):
        page = (await chu.gets(path)).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    given = await chu.sends(f"/desk/people/{helper.id}/password")
    assert "&lt;script&gt;" in given.text
    assert "<script>alert" not in given.text


async def test_only_an_admin_appoints_and_nobody_rises_by_a_password(console: Console) -> None:
    chu = await console.browser("chu", Role.COORDINATOR)
    quan = await console.helper("quan", Role.ADMIN)
    other = await console.helper("thanh", Role.COORDINATOR)
    helper = await console.helper("dinh")
    assert (await chu.sends(f"/desk/people/{helper.id}/role", role="coach")).status_code == 303
    assert (await helper.who()).role is Role.COACH
    for number, path, fields in (
        (helper.id, "role", {"role": "admin"}),
        (helper.id, "role", {"role": "coordinator"}),
        (other.id, "role", {"role": "volunteer"}),
        (quan.id, "password", {}),
        (other.id, "password", {}),
        (quan.id, "remove", {"sure": "yes"}),
    ):
        answer = await chu.sends(f"/desk/people/{number}/{path}", **fields)
        assert (answer.status_code, "Chỉ quản trị mới" in words(answer)) == (409, True), (path, words(answer))
        assert not MADE.search(answer.text)
    assert "coordinator" not in re.findall(r'<option value="(\w+)"', (await chu.gets(f"/desk/people/{helper.id}")).text)
    boss = await console.signed_in(await quan.who())
    assert (await boss.sends(f"/desk/people/{helper.id}/role", role="coordinator")).status_code == 303
    assert (await helper.who()).role is Role.COORDINATOR
    assert (await boss.sends(f"/desk/people/{other.id}/remove", sure="yes")).status_code == 303


async def test_the_last_admin_stays(console: Console) -> None:
    first = await console.browser("mot", Role.ADMIN)
    assert first.who is not None
    answer = await first.sends(f"/desk/people/{first.who.id}/role", role="coordinator")
    assert (answer.status_code, "người quản trị cuối cùng" in words(answer)) == (409, True)
    nameless = await console.helper("hai", Role.ADMIN, password=None)
    assert (await first.sends(f"/desk/people/{first.who.id}/role", role="coordinator")).status_code == 409  # that one can not sign in
    second = await console.helper("ba", Role.ADMIN)
    assert (await first.sends(f"/desk/people/{nameless.id}/role", role="volunteer")).status_code == 303
    both = await asyncio.gather(
        first.sends(f"/desk/people/{second.id}/role", role="volunteer"),
        (await console.signed_in(await second.who())).sends(f"/desk/people/{first.who.id}/role", role="volunteer"),
    )
    assert sorted(answer.status_code for answer in both) in ([303, 303], [303, 401], [303, 403], [303, 409])
    assert await console.read(people.admins) == 1


async def test_a_first_password_is_shown_once_ends_sessions_and_unlocks(console: Console) -> None:
    chu = await console.browser("chu", Role.COORDINATOR)
    helper = await console.helper("dinh", locked_until=console.house.clock().replace(year=2030))
    dinh = await console.signed_in(await helper.who())
    assert (await dinh.gets("/desk/plan")).status_code == 200
    key = uuid4().hex
    answer = await chu.sends(f"/desk/people/{helper.id}/password", key)
    (made,) = MADE.findall(words(answer))
    again = await chu.sends(f"/desk/people/{helper.id}/password", key)
    assert "đã hiện một lần rồi" in words(again)
    assert not MADE.search(again.text)
    assert answer.headers["cache-control"] == "no-store"
    assert (await dinh.gets("/desk/plan")).headers["location"].startswith("/desk/sign-in")
    secrets = await console.read(lambda tx: people.secrets_of(tx, "dinh"))
    assert verify(secrets.password, made)
    assert secrets.locked_until is None
    assert all(made not in line for line in await console.trail(f"volunteer:{helper.id}"))
    enters = console.stranger()
    assert (await enters.sends("/desk/sign-in", code="dinh", password=made)).headers["location"] == "/desk/password"
    assert (await enters.gets("/desk/people")).status_code in (303, 403)
    assert (await chu.sees(f"/desk/people/{helper.id}")).count("đăng nhập") >= 1


async def test_somebody_new_gets_a_password_that_is_shown_once(console: Console) -> None:
    chu = await console.browser("chu", Role.COORDINATOR)
    about: Any = {"code": "moi-1", "name": "Thử Thị Đào", "team": f"to_{HERE}", "languages": ["Tày"], "most_open": "2", "plan": "CN 8h-10h"}
    refused = await chu.sends("/desk/people/add", **about, role="admin")
    assert (refused.status_code, await console.person("moi-1")) == (409, None)
    key = uuid4().hex
    both = await asyncio.gather(*(chu.sends("/desk/people/add", key, **about, role="coach") for _ in range(2)))
    assert [answer.status_code for answer in both] == [200, 200]
    shown = [made for answer in both for made in MADE.findall(words(answer))]
    assert len(shown) == 1
    who = await console.person("moi-1")
    assert who is not None
    assert (who.role, who.languages, who.most_open, who.must_change) == (Role.COACH, ("Tày",), 2, True)
    assert verify((await console.read(lambda tx: people.secrets_of(tx, "moi-1"))).password, shown[0])
    taken = await chu.sends("/desk/people/add", **about, role="volunteer")
    assert (taken.status_code, "Đã có người mang mã moi-1" in words(taken)) == (409, True)
    assert await console.trail(f"volunteer:{who.id}") == [f"volunteer:{chu.who.id if chu.who else 0} add coach"]


async def test_who_is_removed_is_out_at_once_and_their_cases_wait_again(console: Console) -> None:
    chu = await console.browser("chu", Role.COORDINATOR)
    helper = await console.helper("dinh", commune=None)
    dinh = await console.signed_in(await helper.who())
    talk = await console.house.talk("an")
    await talk.says("cho tôi gặp người")
    case = await helper.takes(await console.desk.waiting())
    assert f"#{case.id}" in await chu.sees(f"/desk/people/{helper.id}")
    unsure = await chu.sends(f"/desk/people/{helper.id}/remove")
    assert (unsure.status_code, "ô xác nhận" in words(unsure)) == (409, True)
    key = uuid4().hex
    for _ in range(2):
        answer = await chu.sends(f"/desk/people/{helper.id}/remove", key, sure="yes")
        assert answer.headers["location"] == "/desk/people?gone=1"
    assert "1 ca trở về hàng chờ" in await chu.sees("/desk/people?gone=1")
    assert (await dinh.gets("/desk/plan")).headers["location"].startswith("/desk/sign-in")
    assert await console.person("dinh") is None
    waits = await console.desk.case(case.id)
    assert (waits.status, waits.reason, waits.volunteer_id) == (CaseStatus.OPEN, CaseReason.ASKED, helper.id)
    assert await console.read(lambda tx: cases.holding(tx, helper.id)) == []
    assert (await console.trail(f"volunteer:{helper.id}"))[0].endswith(" remove")
    assert (await console.stranger().sends("/desk/sign-in", code="dinh", password=PASSWORD)).status_code == 401
    assert (await chu.gets(f"/desk/people/{helper.id}")).status_code == 409
    assert "Bạn không tự gỡ mình được" in words(await chu.sends(f"/desk/people/{chu.who.id if chu.who else 0}/remove", sure="yes"))


async def test_teams_are_counted_added_and_renamed(console: Console) -> None:
    chu = await console.browser("chu", Role.COORDINATOR, None)
    await console.helper("dinh", on_shift=True)
    await console.helper("dung", on_shift=False)
    shown = await chu.sees("/desk/people/teams?place=đồng văn")
    assert "1 đang trực" in shown
    assert "2 người" in shown
    key = uuid4().hex
    about = {"code": "THON-9", "name": HOSTILE, "level": "thôn", "commune": "Đồng Văn", "parent": f"to_{HERE}"}
    first, again = [await chu.sends("/desk/people/teams", key, **about) for _ in range(2)]
    assert first.headers["location"] == again.headers["location"]
    team = await console.read(lambda tx: people.find_team(tx, "THON-9"))
    above = await console.read(lambda tx: people.find_team(tx, f"to_{HERE}"))
    assert (team.name, team.level, team.commune, team.parent_id) == (HOSTILE, TeamLevel.VILLAGE, HERE, above.id)
    assert "<script>alert" not in (await chu.gets("/desk/people/teams")).text
    assert (await chu.sends(f"/desk/people/teams/{team.id}", name="Tổ thôn Thử")).status_code == 303
    assert "Tổ thôn Thử" in await chu.sees(first.headers["location"])
    for wrong, why in (
        ({"code": "THON-9"}, "Đã có tổ mang mã THON-9"),
        ({"code": "X", "commune": ""}, "thiếu xã"),
        ({"code": "X", "parent": "nowhere"}, "Tổ cấp trên nowhere"),
        ({"code": "X", "name": ""}, "thiếu tên tổ"),
        ({"code": PROVINCE_DESK}, "cấp tỉnh chỉ có một bàn trực"),
    ):
        answer = await chu.sends("/desk/people/teams", **{**about, **wrong})
        assert (answer.status_code, why.lower() in words(answer).lower()) == (409, True), (wrong, words(answer))
    assert [line.split(" ", 1)[1] for line in await console.trail(f"team:{team.id}")] == ["change name", "add THON-9"]


async def test_everybody_keeps_their_own_plan(console_on_sqlite: Console) -> None:
    dinh = await console_on_sqlite.browser("dinh")
    assert dinh.who is not None
    assert (await dinh.sends("/desk/plan", plan="T2-T6 7:30-11:30; T7 8h-10h")).status_code == 303
    assert "T7 8:00-10:00" in await dinh.sees("/desk/plan")
    assert (await dinh.sends("/desk/plan", plan="lúc nào cũng được")).status_code == 409
    assert "T7 8:00-10:00" in await dinh.sees("/desk/plan")
    assert (await dinh.sends("/desk/plan", plan="")).status_code == 303
    assert "không có lịch" in await dinh.sees("/desk/plan")
    assert await console_on_sqlite.trail(f"volunteer:{dinh.who.id}") == [f"volunteer:{dinh.who.id} change plan"] * 2
    answer = await console_on_sqlite.stranger().gets("/desk/plan")
    assert answer.headers["location"] == "/desk/sign-in?next=/desk/plan"
