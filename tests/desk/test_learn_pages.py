"""What was not understood, on the console: labelled by one, approved by another, written out once for the next training."""

import asyncio
import re
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot.desk import learning
from bot.model.candidate import Candidate, Doubt, Guess
from bot.model.message import Address
from bot.model.people import Role
from bot.store import candidates, conversations
from bot.understanding.evaluation.examples import Example, read_examples
from bot.written import Written

from .web import Console, words

HOSTILE = "<script>alert(1)</script> cái nớ ra răng"


async def heard(console: Console, *texts: str, doubt: Doubt = Doubt.NOT_UNDERSTOOD, hint: str | None = None) -> list[int]:
    """Lines that wait, as a turn leaves them. Their numbers."""
    database, now = console.house.app.database, console.house.clock()

    def write(tx: Any) -> list[int]:
        conversation = conversations.find_or_open(tx, database.keyring, Address("web", "an"), None, now)
        for text in texts:
            candidates.add(tx, conversation, 1, doubt, text, Guess("eid_otp", 0.314, "fee"), now)
        if hint:
            candidates.hint(tx, conversation, 1, hint)
        return [one.id for one in reversed(candidates.waiting(tx, limit=len(texts)))]

    found: list[int] = await database.run(write)
    return found


async def of(console: Console, number: int) -> Candidate:
    def look(tx: Any) -> list[Candidate]:
        return [*candidates.waiting(tx), *candidates.labelled(tx), *candidates.approved(tx)]

    found: Candidate = next(one for one in await console.read(look) if one.id == number)
    return found


@pytest.fixture
def root(console: Console, tmp_path: Path) -> Path:
    """An installation of its own to write into."""
    return rooted(console, tmp_path)


def rooted(console: Console, folder: Path) -> Path:
    (folder / "nlu/data").mkdir(parents=True)
    object.__setattr__(console.parts, "root", folder)
    return folder


@pytest.mark.parametrize(
    ("path", "roles"),
    [("/desk/learn", {Role.COACH, Role.COORDINATOR, Role.ADMIN}), ("/desk/learn/approve", {Role.COORDINATOR, Role.ADMIN})],
)
async def test_who_may_label_and_who_may_approve(console_on_sqlite: Console, path: str, roles: set[Role]) -> None:
    for role in Role:
        answer = await (await console_on_sqlite.browser(role=role)).gets(path)
        assert answer.status_code == (200 if role in roles else 403), role
        assert role in roles or "không dành cho vai trò của bạn" in answer.text
    assert (await console_on_sqlite.stranger().gets(path)).headers["location"] == f"/desk/sign-in?next={path}"


async def test_a_coach_cannot_approve_nor_export_by_a_form(console_on_sqlite: Console, tmp_path: Path) -> None:
    root = rooted(console_on_sqlite, tmp_path / "elsewhere")
    (number,) = await heard(console_on_sqlite, "cái nớ ra răng")
    coach = await console_on_sqlite.browser(role=Role.COACH)
    await coach.sends(f"/desk/learn/{number}/label", intent="eid_status")
    assert (await coach.sends("/desk/learn/approve", line=f"{number} eid_status -", do="approve")).status_code == 403
    assert (await coach.sends("/desk/learn/export")).status_code == 403
    volunteer = await console_on_sqlite.browser()
    assert (await volunteer.sends(f"/desk/learn/{number}/drop")).status_code == 403
    assert (await of(console_on_sqlite, number)).approved_at is None
    assert list((root / "nlu/data").iterdir()) == []


async def test_a_line_shows_what_was_guessed_and_tapped_and_every_meaning_there_is(console_on_sqlite: Console, written: Written) -> None:
    (number,) = await heard(console_on_sqlite, HOSTILE, doubt=Doubt.CLARIFIED, hint="eid_passcode")
    coach = await console_on_sqlite.browser(role=Role.COACH)
    answer = await coach.gets("/desk/learn")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; cái nớ ra răng" in answer.text
    assert "chắc 31%" in answer.text
    assert "bà con bấm «Quên hoặc đổi passcode 6 số»" in words(answer)
    offered = re.findall(r'<option value="(\w+)"', answer.text.partition(f'id="intent{number}"')[2].partition("</select>")[0])
    assert set(offered) == written.catalogue.intents
    assert offered[:2] == ["eid_passcode", "eid_otp"]
    assert set(re.findall(r'<optgroup label="([^"]+)"', answer.text)) == {
        "Gợi ý",
        "Hành động, lời đáp",
        *(section.title for section in written.catalogue.menu),
    }


async def test_the_newest_come_first_by_doubt_and_later_ones_are_left(console_on_sqlite: Console) -> None:
    numbers = await heard(console_on_sqlite, *(f"câu số {number}" for number in range(12)))
    (complaint,) = await heard(console_on_sqlite, "câu bị chê", doubt=Doubt.COMPLAINT)
    coach = await console_on_sqlite.browser(role=Role.COACH)

    async def listed(query: str) -> list[int]:
        return [int(found) for found in re.findall(r'id="c(\d+)"', (await coach.gets(f"/desk/learn{query}")).text)]

    newest = [complaint, *reversed(numbers)]
    assert await listed("") == newest[:10]
    assert await listed("?doubt=complaint") == [complaint]
    later = re.findall(r'class="later" href="([^"]+)"', (await coach.gets("/desk/learn?doubt=not_understood")).text)[0]
    shown = await listed(later.removeprefix("/desk/learn").replace("&amp;", "&"))
    assert shown == newest[2:12]
    answer = await coach.sends(f"/desk/learn/{shown[0]}/label", intent="eid_otp", view="?doubt=not_understood&skip=7&next=//evil.example")
    assert answer.headers["location"] == "/desk/learn?doubt=not_understood&skip=7"


async def test_a_label_waits_for_another_pair_of_eyes(console: Console, root: Path) -> None:
    first, second = await heard(console, "cái chỗ nớ ra răng hè", "mã mô mà mãi chưa thấy")
    coach = await console.browser("kem", Role.COACH)
    key = uuid4().hex
    for _ in range(2):
        answer = await coach.sends(f"/desk/learn/{first}/label", key, intent="eid_status", aspect="where")
        assert answer.headers["location"] == "/desk/learn"
    late = await coach.sends(f"/desk/learn/{first}/label", intent="eid_otp")
    assert (late.status_code, "vừa có người ghi nhãn" in words(late)) == (409, True)
    one = await of(console, first)
    assert coach.who is not None
    assert (one.intent, one.aspect, one.labelled_by, one.approved_at) == ("eid_status", "where", coach.who.id, None)
    chu = await console.browser("chu", Role.COORDINATOR)
    await chu.sends(f"/desk/learn/{second}/label", intent="eid_otp")
    assert await learning.export(console.house.app.database, root, console.house.clock()) == "Chưa có câu nào được duyệt."
    page = await chu.gets("/desk/learn/approve")
    assert re.findall(r'name="line" value="([^"]+)"', page.text) == [f"{first} eid_status where"]
    assert "Nhãn của bạn: người khác duyệt" in words(page)
    assert "Giàng Thị Kem ghi" in words(page)
    own = await chu.sends("/desk/learn/approve", line=f"{second} eid_otp -", do="approve")
    assert (own.status_code, "người khác duyệt" in words(own)) == (409, True)
    changed = await chu.sends("/desk/learn/approve", line=f"{first} eid_status -", do="approve")
    assert changed.status_code == 409  # not what was seen
    assert (await chu.sends("/desk/learn/approve", line=f"{first} eid_status where", do="approve")).status_code == 303
    assert (await of(console, first)).approved_at == console.house.clock()
    quan = await console.browser("quan", Role.ADMIN)
    await quan.sends("/desk/learn/approve", line=f"{second} eid_otp -", do="return")
    assert (await of(console, second)).intent is None
    await quan.sends(f"/desk/learn/{second}/label", intent="eid_otp")
    assert (await quan.sends("/desk/learn/approve", line=f"{second} eid_otp -", do="approve")).status_code == 303
    assert [line.split(" ", 1)[1] for line in await console.trail(f"candidate:{second}")] == [
        "approve eid_otp",
        "label eid_otp",
        "disapprove eid_otp",
        "label eid_otp",
    ]


async def test_the_export_writes_one_file_and_says_which(console: Console, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go, really = threading.Semaphore(0), threading.Event(), learning._write

    def write(*about: Any) -> learning.Exported:
        begun.release()
        assert go.wait(30)
        return really(*about)

    monkeypatch.setattr(learning, "_write", write)
    (number,) = await heard(console, "cái chỗ nớ ra răng hè")
    quan = await console.browser("quan", Role.ADMIN)
    await quan.sends(f"/desk/learn/{number}/label", intent="eid_status", aspect="where")
    await quan.sends("/desk/learn/approve", line=f"{number} eid_status where", do="approve")
    key = uuid4().hex
    sent = [asyncio.create_task(quan.sends("/desk/learn/export", key)) for _ in range(3)]
    assert await asyncio.to_thread(begun.acquire, timeout=30)
    for _ in range(3):
        await quan.sees("/desk/learn/approve")  # the others have come in meanwhile
    assert not begun.acquire(blocking=False)
    go.set()
    (after,) = {answer.headers["location"] for answer in await asyncio.gather(*sent)}
    (path,) = (root / "nlu/data").iterdir()
    assert read_examples([path]) == [Example("eid_status", "cái chỗ nớ ra răng hè", "where", aspect_known=True)]
    told = await quan.sees(after)
    assert f"Đã ghi 1 câu vào nlu/data/{path.name}" in told
    assert "Đã xuất từ trước tới nay: 1 câu" in told
    again = await quan.sends("/desk/learn/export")
    assert "Chưa có câu nào được duyệt để xuất" in await quan.sees(again.headers["location"])
    assert len(list((root / "nlu/data").iterdir())) == 1
    assert [line.split(" ", 1)[1] for line in await console.trail(path.name)] == ["export 1"]


async def test_where_no_file_can_be_written_nothing_is_lost(console_on_sqlite: Console, tmp_path: Path) -> None:
    object.__setattr__(console_on_sqlite.parts, "root", tmp_path / "nowhere")
    (number,) = await heard(console_on_sqlite, "cái chỗ nớ ra răng hè")
    quan = await console_on_sqlite.browser("quan", Role.ADMIN)
    await quan.sends(f"/desk/learn/{number}/label", intent="eid_status")
    await quan.sends("/desk/learn/approve", line=f"{number} eid_status -", do="approve")
    refused = await quan.sends("/desk/learn/export")
    assert (refused.status_code, "Không ghi được vào thư mục nlu/data" in words(refused)) == (409, True)
    assert [one.id for one in await console_on_sqlite.read(candidates.approved)] == [number]


@pytest.mark.parametrize("fields", [{"intent": ""}, {"intent": "no_such"}, {"intent": "eid_otp", "aspect": "colour"}])
async def test_a_label_that_means_nothing_is_refused(console_on_sqlite: Console, fields: Any) -> None:
    (number,) = await heard(console_on_sqlite, "cái chỗ nớ ra răng hè")
    coach = await console_on_sqlite.browser(role=Role.COACH)
    assert (await coach.sends(f"/desk/learn/{number}/label", **fields)).status_code == 409
    assert (await of(console_on_sqlite, number)).intent is None


async def test_a_line_is_dropped_for_good_but_not_once_it_was_labelled(console: Console) -> None:
    first, second = await heard(console, "nhà chị Mận đầu bản", "cái chỗ nớ ra răng hè")
    coach = await console.browser(role=Role.COACH)
    assert (await coach.sends(f"/desk/learn/{first}/drop")).status_code == 303
    await coach.sends(f"/desk/learn/{second}/label", intent="eid_otp")
    assert (await coach.sends(f"/desk/learn/{second}/drop")).status_code == 409
    assert await console.read(candidates.counts) == candidates.Counts(0, 1, 0, 0)


async def test_what_was_sent_back_is_nobodys_still_and_forgotten_in_time(console: Console) -> None:
    (number,) = await heard(console, "cái chỗ nớ ra răng hè")
    chu = await console.browser(role=Role.COORDINATOR)
    await chu.sends(f"/desk/learn/{number}/label", intent="eid_otp")
    await chu.sends("/desk/learn/approve", line=f"{number} eid_otp -", do="return")
    one = await of(console, number)
    assert replace(one, created_at=console.house.clock()) == Candidate(
        number, Doubt.NOT_UNDERSTOOD, one.text, Guess("eid_otp", 0.314, "fee"), None, console.house.clock()
    )
    console.house.clock.forward(91 * 86400)
    await console.house.tidy()
    assert await console.read(candidates.counts) == candidates.Counts(0, 0, 0, 0)
