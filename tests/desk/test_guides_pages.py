"""The pages of guides: who stands where, counted now and then and never while a page waits; how a guide goes, and all its words."""

import asyncio
import re
from typing import Any

import pytest

from bot.desk import headcount
from bot.desk.headcount import Headcounter
from bot.dialogue.state import Frame, State
from bot.model.errors import StoreBusy
from bot.model.message import Address
from bot.model.people import Role
from bot.store import conversations, editions
from bot.written import Written

from ..conftest import Clock
from .web import Console, words

GUIDE = "eid_level_2"


async def stand(console: Console, *states: State) -> None:
    """Citizens, each in one of those states."""
    database, now = console.house.app.database, console.house.clock()

    def write(tx: Any) -> None:
        before = len(list(editions.states(tx)))
        for number, state in enumerate(states, before):
            found = conversations.find_or_open(tx, database.keyring, Address("web", f"an-{number}"), None, now)
            conversations.keep_state(tx, found, state.to_dict())

    await database.run(write)


def at(version: str, step: str) -> Frame:
    return Frame(GUIDE, version, step)


async def counted(console: Console) -> None:
    """Until the count under way is done."""
    under_way = console.parts.heads._counting
    assert under_way is not None
    await asyncio.wait([under_way])


def row(answer: Any, name: str) -> list[int]:
    """The figures beside a name in a table."""
    found = re.search(rf"<tr><th[^>]*><a[^>]*>{re.escape(name)}</a>.*?</tr>", answer.text, re.S)
    assert found is not None, name
    return [int(re.sub("<[^>]*>", "", cell)) for cell in re.findall(r"<td>(.*?)</td>", found[0])]


async def test_everybody_who_helps_sees_the_guides_and_no_stranger(console_on_sqlite: Console) -> None:
    for path in ("/desk/guides", f"/desk/guides/{GUIDE}", f"/desk/guides/{GUIDE}/words"):
        for role in Role:
            assert (await (await console_on_sqlite.browser(role=role)).gets(path)).status_code == 200, (role, path)
        assert (await console_on_sqlite.stranger().gets(path)).headers["location"] == f"/desk/sign-in?next={path}"
    dinh = await console_on_sqlite.browser()
    for name in ("no_such", "eid_about"):
        answer = await dinh.gets(f"/desk/guides/{name}")
        assert (answer.status_code, "Không có hướng dẫn này" in words(answer)) == (404, True)


async def test_every_guide_is_listed_with_who_stands_in_it(console: Console, written: Written) -> None:
    version = written.library.version(GUIDE)
    both = State(stack=(at(version, "age"), Frame("eid_otp", "x", "sim")), paused=(at(version, "card"),))
    await stand(console, State(), both, State(stack=(at("an older one", "age"),)), State(paused=(at(version, "age"),)))
    dinh = await console.browser()
    answer = await dinh.gets("/desk/guides")
    assert row(answer, written.library.title(GUIDE)) == [2, 2]
    assert row(answer, written.library.title("eid_otp")) == [1, 0]
    assert "2 người đang ở giữa một hướng dẫn, đếm lúc 10 giờ." in words(answer)
    listed = set(re.findall(r'href="/desk/guides/(\w+)"', answer.text))
    assert listed == {name for name, topic in written.library.topics.items() if topic.is_guide}


async def test_a_guides_page_counts_its_steps_and_older_versions_apart(console: Console, written: Written) -> None:
    version = written.library.version(GUIDE)
    await stand(console, *[State(stack=(at(version, "age"),))] * 3, State(paused=(at(version, "card"),)))
    await stand(console, State(stack=(at("0123456789ab", "age"),)), State(paused=(at("0123456789ab", "gone_step"),)))
    await console.run(lambda tx: editions.publish(tx, [], console.house.clock()))
    dinh = await console.browser()
    answer = await dinh.gets(f"/desk/guides/{GUIDE}")
    assert (row(answer, "age"), row(answer, "card")) == ([3, 0], [0, 1])
    told = words(answer)
    assert "4 người đang làm, 2 người để lại" in told
    assert "Bản 0123456: 1 người đang làm, 1 người để lại. age (1), gone_step (1)" in told
    assert "Bản này chưa xuất bản" in told
    picture = answer.text.partition("<svg")[2].partition("</svg>")[0]
    assert re.findall(r"<title>(\d+) người đang ở bước (\w+)</title>", picture) == [("3", "age")]


async def test_it_tells_when_a_guide_was_published(console_on_sqlite: Console, written: Written) -> None:
    from bot.following import as_published

    await as_published(console_on_sqlite.house.app.database, written, console_on_sqlite.house.clock)
    console_on_sqlite.house.clock.forward(86400)
    dinh = await console_on_sqlite.browser()
    assert "Bản đang dùng xuất bản 23/11 10:00" in await dinh.sees(f"/desk/guides/{GUIDE}")


async def test_a_count_is_made_once_a_minute_and_nobody_waits_for_the_next(console_on_sqlite: Console, written: Written) -> None:
    version, title = written.library.version(GUIDE), written.library.title(GUIDE)
    dinh = await console_on_sqlite.browser()
    await stand(console_on_sqlite, State(stack=(at(version, "age"),)))
    assert row(await dinh.gets("/desk/guides"), title) == [1, 0]
    await stand(console_on_sqlite, State(stack=(at(version, "age"),)))
    console_on_sqlite.house.clock.forward(59)
    assert row(await dinh.gets("/desk/guides"), title) == [1, 0]
    await counted(console_on_sqlite)
    assert row(await dinh.gets("/desk/guides"), title) == [1, 0]
    console_on_sqlite.house.clock.forward(1)
    assert row(await dinh.gets("/desk/guides"), title) == [1, 0]  # and another count begins
    await counted(console_on_sqlite)
    answer = await dinh.gets("/desk/guides")
    assert row(answer, title) == [2, 0]
    assert "đếm lúc 10 giờ 01" in words(answer)


async def test_a_count_goes_through_everybody_batch_by_batch(console_on_sqlite: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headcount, "BATCH", 3)
    await stand(console_on_sqlite, *[State(), State(stack=(at("x", "age"),))] * 5)
    found = await console_on_sqlite.parts.heads()
    assert found is not None
    assert (found.people, found.of(GUIDE)) == (5, headcount.Heads(5, 0))


class Stuck:
    """A database that answers when it is let go, or fails."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.trouble: Exception | None = None

    async def read(self, work: Any) -> Any:
        await self.go.wait()
        if self.trouble is not None:
            raise self.trouble
        return {}


async def test_who_asks_first_does_not_wait_for_ever_and_a_failed_count_leaves_the_last(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headcount, "PATIENCE", 0.0)
    database: Any = Stuck()
    heads = Headcounter(database, clock)
    assert await heads() is None
    under_way = heads._counting
    assert await heads() is None
    assert heads._counting is under_way
    database.go.set()
    assert under_way is not None
    await under_way
    first = await heads()
    assert first is not None
    database.trouble = StoreBusy("away")
    clock.forward(61)
    assert await heads() is first
    assert heads._counting is not None
    await asyncio.wait([heads._counting])
    assert await heads() is first


async def test_before_there_is_a_count_the_pages_say_so(console_on_sqlite: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headcount, "PATIENCE", 0.0)
    object.__setattr__(console_on_sqlite.parts, "heads", Headcounter(database := Stuck(), console_on_sqlite.house.clock))  # type: ignore[arg-type]
    dinh = await console_on_sqlite.browser()
    for path in ("/desk/guides", f"/desk/guides/{GUIDE}"):
        assert "Đang đếm người ở từng bước" in await dinh.sees(path)
    database.go.set()


async def test_all_words_of_a_guide_are_shown_with_their_buttons(console_on_sqlite: Console, written: Written) -> None:
    dinh = await console_on_sqlite.browser()
    answer = await dinh.gets(f"/desk/guides/{GUIDE}/words")
    shown = re.findall(r'id="b-(\w+)"', answer.text)
    assert set(shown) == set(written.words.blocks(GUIDE))
    assert len(shown) == len(set(shown))
    assert '<span class="tapped">Từ 14 tuổi trở lên</span>' in answer.text


PAGES = (
    *("/desk/guides", f"/desk/guides/{GUIDE}", f"/desk/guides/{GUIDE}/words", "/desk/learn", "/desk/learn/approve", "/desk/plan"),
    *("/desk/people", "/desk/people/add", "/desk/people/1", "/desk/people/teams", "/desk/people/teams/1"),
)


async def test_no_page_has_styles_or_scripts_of_its_own(console_on_sqlite: Console) -> None:
    quan = await console_on_sqlite.browser(role=Role.ADMIN)
    for path in PAGES:
        answer = await quan.gets(path)
        assert answer.status_code == 200, path
        assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", answer.text) == [], path
        assert "style-src 'self'; " in answer.headers["content-security-policy"]
        forms = re.findall(r'<form[^>]*method="post".*?</form>', answer.text, re.S)
        assert all('name="_csrf_token"' in form for form in forms), path
