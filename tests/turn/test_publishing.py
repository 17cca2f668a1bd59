"""Guides change under people who stand in them: everybody finishes what they began, or is moved and told; nobody's words vanish."""

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.desk.publishing import unpublished
from bot.dialogue.paths import needed_blocks
from bot.dialogue.state import State
from bot.following import as_published, as_written, publisher
from bot.model.errors import WrittenError
from bot.model.message import Inbound, Kind
from bot.replies.facts import Facts
from bot.replies.words import Words
from bot.settings import ROOT, Settings
from bot.store import conversations, editions, turns
from bot.store.database import Database
from bot.understanding.places import Places
from bot.understanding.terms import Terms
from bot.written import Written

from ..conftest import Clock
from ..dialogue.village import CATALOGUE, library
from ..talk import House, Talk

LONG = """
steps:
  - do: one
  - ask: two
    kind: yes_no
    next: {no: {call: eid_otp}}
  - do: three
  - end: done
"""
SHORT = "steps:\n  - do: one\n  - do: three\n  - end: done\n"
RENAMED = LONG.replace("three", "third")
ROUTED = LONG.replace("  - do: three\n", "  - do: new\n  - do: three\n")
CALLED = "steps:\n  - do: look\n  - do: again\n  - end: seen\n"
GUIDE = "account/eid_login"


class Office:
    """Writers write, publish, and citizens walk meanwhile; the service runs on what was published."""

    def __init__(self, folder: Path, settings: Settings, database: Database, clock: Clock) -> None:
        self.folder = folder
        self.database = database
        self.clock = clock
        self.settings = settings
        self.files = {GUIDE: ("Đăng nhập", LONG), "account/eid_otp": ("Mã không về", CALLED)}
        self.kept_words: dict[str, set[str]] = {}
        self.house: House

    def written(self) -> Written:
        """Everything as it stands in the files now; words of blocks that were ever needed stay, unless they are cut out."""
        shutil.rmtree(self.folder / "flows", ignore_errors=True)
        made = library(self.folder, self.files)
        made = replace(made, topics={name: topic for name, topic in made.topics.items() if name not in self.gone})
        for name, topic in made.topics.items():
            self.kept_words.setdefault(name, set()).update(needed_blocks(topic))
        content = self.folder / "content"
        shutil.copytree(ROOT / "content" / "common", content / "common", dirs_exist_ok=True)
        (content / "account").mkdir(exist_ok=True)
        for name, blocks in self.kept_words.items():
            text = "".join(f"{{% block {block} %}}{name} {block}{{% endblock %}}" for block in sorted(blocks))
            (content / "account" / f"{name}.md.j2").write_text(text, encoding="utf-8")
        facts = Facts.load(ROOT / "content" / "facts")
        words = Words(content, facts, {"keep_days": 90, "keep_hours": 24})
        return Written(CATALOGUE, replace(made, words=words.has), words, Places.load(ROOT), facts, Terms({}))

    gone: frozenset[str] = frozenset()

    async def opens(self) -> None:
        published = await as_published(self.database, self.written(), self.clock)
        self.house = House(self.settings, self.database, published, None, self.clock)

    async def publishes(self, body: str | None, withdraw: bool = False) -> str:
        """`body`: of the guide; None: its file is deleted."""
        if body is None:
            self.gone = frozenset({"eid_login"})
        else:
            self.files[GUIDE] = ("Đăng nhập", body)
        report = await publisher(self.database, self.written()).publish(self.clock(), withdraw)
        fresh = await as_published(self.database, self.written(), self.clock)
        self.house.app.script.use(fresh.library, fresh.words)
        return report

    async def citizen(self, name: str, *taps: str) -> Talk:
        talk = await self.house.talk(name)
        await talk.taps_value("topic:eid_login", 0)
        for label in taps:
            await talk.taps(label)
        return talk


@pytest.fixture
async def office(tmp_path: Path, settings: Settings, database: Database, clock: Clock) -> Office:
    made = Office(tmp_path / "office", settings, database, clock)
    await made.opens()
    return made


async def test_the_first_start_publishes_what_is_written(office: Office) -> None:
    assert await office.database.read(editions.number) == 1
    await office.opens()
    assert await office.database.read(editions.number) == 1


@pytest.mark.parametrize("body", [SHORT, RENAMED, ROUTED, None], ids=["cut", "renamed", "routed", "deleted"])
async def test_whoever_stands_on_a_step_finishes_the_version_they_began(office: Office, body: str | None) -> None:
    on_one = await office.citizen("one")
    on_two = await office.citizen("two", "Xong")
    on_three = await office.citizen("three", "Xong", "Có")
    called = await office.citizen("called", "Xong", "Không")
    await office.publishes(body)
    assert (await on_one.taps("Xong")).blocks == ["eid_login.two"]
    assert (await on_two.taps("Có")).blocks == ["eid_login.three"]
    assert (await on_three.taps("Xong")).blocks == ["eid_login.done"]
    assert (await called.taps("Xong")).blocks == ["eid_otp.again"]
    assert (await called.taps("Xong")).blocks == ["eid_otp.seen", "eid_login.three"]


async def test_whoever_begins_afterwards_walks_the_new_version(office: Office) -> None:
    await office.publishes(SHORT)
    late = await office.citizen("late")
    assert (await late.taps("Xong")).blocks == ["eid_login.three"]


async def test_a_guide_that_is_called_is_walked_in_the_version_published_with_its_caller(office: Office) -> None:
    early = await office.citizen("early", "Xong")
    office.files["account/eid_otp"] = ("Mã không về", CALLED.replace("  - do: again\n", ""))
    await office.publishes(ROUTED)
    assert (await early.taps("Không")).blocks == ["eid_otp.look"]
    assert (await early.taps("Xong")).blocks == ["eid_otp.again"]
    late = await office.citizen("late", "Xong", "Không")
    assert (await late.taps("Xong")).blocks == ["eid_otp.seen", "eid_login.new"]


async def test_publishing_says_how_many_people_stand_on_each_changed_step(office: Office) -> None:
    for name in ("a", "b"):
        await office.citizen(name, "Xong", "Có")
    report = await office.publishes(SHORT)
    assert "~ eid_login: đổi 1 bước; không có ai đang ở các bước đổi" in report
    await office.publishes(LONG)
    assert "~ eid_login: đổi 2 bước; three (2 người)" in await office.publishes(RENAMED)


async def test_words_that_somebody_needs_cannot_be_taken_away(office: Office) -> None:
    talk = await office.citizen("an", "Xong", "Có")
    office.kept_words["eid_login"] -= {"three", "third"}
    with pytest.raises(WrittenError, match=r"cần lời «three»"):
        await office.publishes(RENAMED)
    assert unpublished(await office.database.read(editions.everything), office.written().library) == ["eid_login"]
    await talk.taps("Xong")
    assert "~ eid_login" in await office.publishes(RENAMED)


async def test_withdrawing_moves_everybody_to_the_step_of_that_name_and_tells_them(office: Office) -> None:
    stays = await office.citizen("stays", "Xong", "Có")
    steps_back = await office.citizen("steps back", "Xong")
    office.kept_words["eid_login"] -= {"two"}
    before = len(await office.house.deliver())
    assert "2 người được chuyển sang bản mới" in await office.publishes(SHORT, withdraw=True)
    told = (await office.house.deliver())[before:]
    assert sum("vừa được sửa lại" in text for text in told) == 2
    assert [text for text in told if text.startswith("Bước")] == ["Bước 2/2. eid_login three", "Bước 1/2. eid_login one"]
    assert (await stays.taps("Xong")).blocks == ["eid_login.done"]
    assert (await steps_back.says("1")).blocks == ["eid_login.three"]


async def test_withdrawing_a_guide_altogether_tells_who_can_help(office: Office) -> None:
    talk = await office.citizen("an", "Xong")
    before = len(await office.house.deliver())
    await office.publishes(None, withdraw=True)
    told = (await office.house.deliver())[before:]
    assert [text for text in told if "vừa được rút lại" in text]
    assert (await talk.says("1")).record.flow is None


async def test_versions_that_nobody_needs_are_not_kept(office: Office) -> None:
    await office.citizen("an", "Xong")
    await office.publishes(SHORT)
    await office.publishes(RENAMED)
    kept = [one for one in await office.database.read(editions.everything) if one.topic == "eid_login"]
    assert len(kept) == 2
    assert [one.is_current for one in kept] == [False, True]


async def test_a_version_that_vanished_leads_to_the_step_of_that_name_and_says_so(office: Office) -> None:
    talk = await office.citizen("an", "Xong", "Có")
    await office.publishes(RENAMED)
    old = [one for one in await office.database.read(editions.everything) if not one.is_current]
    await office.database.run(lambda tx: editions.withdraw(tx, old))
    fresh = await as_published(office.database, office.written(), office.clock)
    office.house.app.script.use(fresh.library, fresh.words)
    assert (await talk.says("nói lại")).blocks == ["common.guide_changed", "eid_login.two"]
    assert (await talk.says("nói lại")).blocks == ["eid_login.two"]


async def test_what_was_written_and_not_published_is_walked_by_who_tries_it_out_alone(office: Office) -> None:
    office.files[GUIDE] = ("Đăng nhập", SHORT)
    published = await as_published(office.database, office.written(), office.clock)
    tried = await as_written(office.database, office.written())
    assert len(published.library.current("eid_login").steps) == 4
    assert len(tried.library.current("eid_login").steps) == 3


async def test_who_was_put_aside_is_counted_and_finishes_too(office: Office) -> None:
    talk = await office.citizen("an", "Xong")
    await talk.says("dừng")
    await office.publishes(RENAMED)
    await talk.says("tiếp tục")
    assert (await talk.taps("Có")).blocks == ["eid_login.three"]


async def test_processes_that_start_at_once_publish_once(tmp_path: Path, settings: Settings, database: Database, clock: Clock) -> None:
    office = Office(tmp_path / "office", settings, database, clock)
    written = office.written()
    first = await asyncio.gather(*(publisher(database, written).first(clock()) for _ in range(6)))
    assert sorted(first) == [False] * 5 + [True]
    assert await database.read(editions.number) == 1


async def test_those_who_publish_at_once_leave_one_current_version(office: Office) -> None:
    office.files[GUIDE] = ("Đăng nhập", SHORT)
    written = office.written()
    await asyncio.gather(*(publisher(office.database, written).publish(office.clock()) for _ in range(4)))
    current = [one.version for one in await office.database.read(editions.everything) if one.topic == "eid_login" and one.is_current]
    assert len(current) == 1


async def test_a_conversation_under_way_is_moved_at_its_next_turn(office: Office) -> None:
    talk = await office.citizen("an", "Xong", "Có")
    until = office.clock().replace(year=2027)
    found = await office.database.read(lambda tx: conversations.find(tx, office.database.keyring, talk.address))
    assert found is not None
    await office.house.app.door(Inbound(talk.address, "late", Kind.TEXT, "xong"))
    (claim,) = await office.database.run(lambda tx: turns.claim(tx, "elsewhere", ["web"], until, until, 1))
    await office.publishes(SHORT, withdraw=True)
    kept = await office.database.read(lambda tx: conversations.get(tx, claim.conversation.id))
    assert State.from_dict(kept.state).stack[0].step == "three"
