"""The switch: the assistant is silent, every message becomes a person's; first aid and one's rights stay; nothing asks the model."""

from datetime import timedelta

import pytest

from bot.desk import switch
from bot.desk.switch import Switch
from bot.model.case import CaseReason
from bot.model.errors import DanLoiError
from bot.model.meaning import Meaning
from bot.model.people import Role
from bot.model.privacy import Purpose
from bot.settings import Settings
from bot.store import consents
from bot.store.database import Database
from bot.store.tables import audit, pause
from bot.written import Written

from ..conftest import Clock
from ..desk.conftest import served, sqlite  # noqa: F401
from ..desk.helpers import Desk
from ..desk.serving import Served
from ..talk import House, Talk


class Counting:
    """Stands for the model: counts who asks."""

    def __init__(self) -> None:
        self.asked = 0

    async def parse(self, text: str) -> Meaning:
        self.asked += 1
        return Meaning(ranking=(), by="none")


@pytest.fixture
def model() -> Counting:
    return Counting()


@pytest.fixture
def house(settings: Settings, database: Database, written: Written, clock: Clock, model: Counting) -> House:
    return House(settings, database, written, model, clock)


@pytest.fixture
async def an(house: House) -> Talk:
    return await house.talk("an")


async def paused(house: House, reason: str = "nói sai số") -> None:
    await house.app.database.run(lambda tx: switch.pause(tx, reason, "terminal", house.clock()))
    house.clock.forward(3)


async def resumed(house: House) -> None:
    await house.app.database.run(lambda tx: switch.resume(tx, "terminal", house.clock()))
    house.clock.forward(3)


async def test_each_message_gets_one_sentence_and_a_case(an: Talk, house: House, model: Counting) -> None:
    await paused(house)
    turn = await an.says("cho hỏi làm lại thẻ căn cước thế nào")
    assert turn.blocks == ["desk.paused"]
    assert "tạm nghỉ" in turn.text
    assert "113" in turn.text
    (case,) = await house.cases()
    assert (case.reason, case.note.wish) == (CaseReason.PAUSED, "cho hỏi làm lại thẻ căn cước thế nào")
    assert (await an.says("còn ai không")).blocks == ["desk.paused"]
    (case,) = await house.cases()
    assert "còn ai không" in case.note.wish
    assert model.asked == 0


async def test_taps_and_guides_rest_and_go_on_where_they_were(an: Talk, house: House, model: Counting) -> None:
    await an.taps_value("topic:eid_level_2", 1)
    await paused(house)
    assert (await an.says("1")).blocks == ["desk.paused"]
    assert (await an.taps_value("topic:eid_otp", 2)).blocks == ["desk.paused"]
    await resumed(house)
    assert (await an.says("nói lại")).blocks == ["eid_level_2.age"]
    assert model.asked == 0


@pytest.mark.parametrize("text", ["toi bi lua mat tien roi", "chồng đánh tôi", "tôi muốn chết"])
async def test_first_aid_stays(an: Talk, house: House, model: Counting, text: str) -> None:
    await paused(house)
    turn = await an.says(text)
    assert "desk.paused" not in turn.blocks
    (case,) = await house.cases()
    assert case.urgent
    assert model.asked == 0


async def test_ones_rights_and_the_way_to_a_person_stay(an: Talk, house: House) -> None:
    await paused(house)
    assert (await an.says("dữ liệu của tôi")).blocks[0] == "privacy.held"
    assert (await an.says("gặp người")).blocks == ["desk.handed_over"]
    await an.says("xóa dữ liệu của tôi")
    assert (await an.taps("Xóa hết")).blocks == ["common.forgotten"]


async def test_people_answer_as_usual(an: Talk, house: House) -> None:
    await paused(house)
    await an.says("giúp tôi với")
    desk = Desk(house)
    dinh = await desk.helper("dinh", commune=None)
    case = await dinh.takes(await desk.waiting())
    await dinh.says(case, "chào bác, cháu là Dính")
    assert (await house.deliver())[-1] == "Dinh: chào bác, cháu là Dính"


async def test_a_reminder_waits_until_the_assistant_speaks_again(an: Talk, house: House) -> None:
    await an.taps_value("topic:eid_level_2", 1)
    await paused(house)
    desk = Desk(house)
    before = len(await house.deliver())
    await desk.passes(hours=21)
    assert len(await house.deliver()) == before
    await resumed(house)
    await desk.passes(minutes=6)
    assert len(await house.deliver()) == before + 1


async def test_every_process_sees_it_within_five_seconds_and_after_a_restart(house: House) -> None:
    database, clock = house.app.database, house.clock
    other = Switch(database, clock)
    assert await other.look() is None
    await database.run(lambda tx: switch.pause(tx, "sự cố", "terminal", clock()))
    clock.forward(timedelta(seconds=5).total_seconds())
    seen = await other.look()
    assert seen is not None
    assert seen.reason == "sự cố"
    assert await Switch(database, clock).look() is not None
    await database.run(lambda tx: switch.resume(tx, "terminal", clock()))
    clock.forward(5)
    assert await other.look() is None


async def test_twice_is_once_and_all_of_it_is_written_down(house: House) -> None:
    await paused(house)
    with pytest.raises(DanLoiError, match="đang tạm nghỉ rồi"):
        await paused(house)
    await resumed(house)
    with pytest.raises(DanLoiError, match="đang làm việc"):
        await resumed(house)
    await paused(house)
    rows = await house.app.database.read(lambda tx: tx.execute(audit.select().where(audit.c.object == "assistant")).all())
    assert [row.verb for row in rows] == ["pause", "resume", "pause"]
    kept = await house.app.database.read(lambda tx: tx.execute(pause.select()).all())
    assert [row.running for row in kept] == [None, True]


async def test_what_is_told_of_a_persons_reading_is_no_consent(an: Talk, house: House) -> None:
    await paused(house)
    await an.says("giúp tôi với")
    subject = house.app.database.keyring.subject_key(an.address)
    entry = await house.app.database.read(lambda tx: consents.last(tx, subject, Purpose.PERSON))
    assert entry is not None
    assert entry.act == "told"


async def test_an_admin_has_the_button_and_everybody_the_notice(served: Served) -> None:  # noqa: F811
    admin = await served.browser(await served.helper("chu", commune=None, role=Role.ADMIN))
    dinh = await served.browser(await served.helper("dinh"))
    assert (await dinh.get("/desk/switch")).status_code == 403
    assert (await admin.post("/desk/switch/pause", {"reason": ""})).status_code == 409
    assert (await admin.post("/desk/switch/pause", {"reason": "nói sai <số>"})).status_code == 303
    assert (await admin.post("/desk/switch/pause", {"reason": "lần nữa"})).status_code == 409
    served.clock.forward(3)
    assert "nói sai &lt;số&gt;" in await dinh.page("/desk/cases")
    assert (await (await served.house.talk("an")).says("chào")).blocks == ["desk.paused"]
    assert (await admin.post("/desk/switch/resume")).status_code == 303
    served.clock.forward(3)
    assert "tạm nghỉ từ" not in await dinh.page("/desk/cases")
