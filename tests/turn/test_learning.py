"""What is not understood waits for a person to say what it meant, becomes training data, and is forgotten with its conversation before."""

from pathlib import Path

import pytest

from bot.desk import learning
from bot.model.candidate import Candidate, Doubt
from bot.model.errors import DanLoiError
from bot.model.meaning import Meaning, Reading
from bot.settings import Settings
from bot.store import candidates
from bot.store.database import Database
from bot.understanding.evaluation.examples import Example, read_examples
from bot.written import Written

from ..conftest import Clock
from ..talk import House


class Model:
    """A language model that says what the test lays out; of anything else it knows nothing."""

    def __init__(self) -> None:
        self.says: dict[str, Meaning] = {}

    async def parse(self, text: str) -> Meaning:
        return self.says.get(text, Meaning((Reading("eid_otp", 0.11),)))


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def house(settings: Settings, database: Database, written: Written, model: Model, clock: Clock) -> House:
    return House(settings, database, written, model, clock)


async def waiting(house: House) -> list[Candidate]:
    return await house.app.database.read(candidates.waiting)


async def test_what_is_not_understood_waits_masked(house: House) -> None:
    talk = await house.talk("an")
    assert (await talk.says("cái ấy nó ra làm răng, số tôi 0912345678")).blocks[-1] == "common.not_understood"
    (one,) = await waiting(house)
    assert (one.doubt, one.guess.intent, one.hint) == (Doubt.NOT_UNDERSTOOD, "eid_otp", None)
    assert "0912345678" not in one.text
    assert "răng" in one.text


async def test_what_was_asked_back_gets_the_topic_that_was_tapped(house: House, model: Model) -> None:
    model.says["cái mã ấy"] = Meaning((Reading("eid_otp", 0.35), Reading("eid_passcode", 0.3)))
    talk = await house.talk("an")
    assert (await talk.says("cái mã ấy")).blocks[-1] == "common.clarify"
    await talk.taps("Quên hoặc đổi passcode 6 số")
    (one,) = await waiting(house)
    assert (one.doubt, one.guess.intent, one.hint) == (Doubt.CLARIFIED, "eid_otp", "eid_passcode")


async def test_a_complaint_points_at_what_was_said_before(house: House, model: Model) -> None:
    model.says["tài khoản của cháu"] = Meaning((Reading("eid_about", 0.97),), "fee")
    talk = await house.talk("an")
    await talk.says("tài khoản của cháu")
    await talk.says("trả lời sai")
    (one,) = await waiting(house)
    assert (one.doubt, one.text, one.guess.intent, one.guess.aspect) == (Doubt.COMPLAINT, "tài khoản của cháu", "eid_about", "fee")


async def test_what_was_understood_does_not_wait(house: House, model: Model) -> None:
    model.says["vneid là gì"] = Meaning((Reading("eid_about", 0.97),))
    talk = await house.talk("an")
    for said in ("vneid là gì", "menu", "1", "🙂"):
        await talk.says(said)
    assert await waiting(house) == []


async def test_a_label_makes_training_data_once(house: House, written: Written, tmp_path: Path) -> None:
    (tmp_path / "nlu/data").mkdir(parents=True)
    (tmp_path / "nlu/heldout").mkdir()
    (tmp_path / "nlu/heldout/a.tsv").write_text("eid_otp\t-\tplain\tMã mô mà mãi chưa thấy!\n", encoding="utf-8")
    talk = await house.talk("an")
    for said in ("cái chỗ nớ ra răng hè", "mã mô mà mãi chưa thấy", "đi mô rồi cũng rứa", "cái chỗ NỚ ra răng hè"):
        await talk.says(said)
    database, now = house.app.database, house.clock()
    numbers = {one.text: one.id for one in await waiting(house)}
    await learning.label(database, written.catalogue, numbers["cái chỗ nớ ra răng hè"], "eid_status", "where", now)
    await learning.label(database, written.catalogue, numbers["cái chỗ NỚ ra răng hè"], "eid_status", "where", now)
    await learning.label(database, written.catalogue, numbers["mã mô mà mãi chưa thấy"], "eid_otp", None, now)
    await learning.drop(database, numbers["đi mô rồi cũng rứa"])
    assert "Đã ghi 1 câu" in await learning.export(database, tmp_path, now)
    (path,) = (tmp_path / "nlu/data").glob("*.yml")
    assert read_examples([path]) == [Example("eid_status", "cái chỗ nớ ra răng hè", "where", aspect_known=True)]
    assert "source: conversations" in path.read_text(encoding="utf-8")
    assert await waiting(house) == []
    assert await learning.export(database, tmp_path, now) == "Chưa có câu nào được duyệt."


async def test_it_is_forgotten_with_the_conversation_until_it_was_labelled(house: House, written: Written) -> None:
    talk = await house.talk("an")
    await talk.says("cái chỗ nớ ra răng hè")
    (first,) = await waiting(house)
    await learning.label(house.app.database, written.catalogue, first.id, "eid_status", None, house.clock())
    await talk.says("nhà tôi ở đầu suối bên gốc lê")
    await talk.says("xóa dữ liệu của tôi")
    await talk.taps("Xóa hết")
    assert await waiting(house) == []
    assert [one.text for one in await house.app.database.read(candidates.approved)] == ["cái chỗ nớ ra răng hè"]


async def test_what_nobody_labels_is_forgotten_in_time(house: House) -> None:
    talk = await house.talk("an")
    await talk.says("cái chỗ nớ ra răng hè")
    house.clock.forward(91 * 86400)
    await house.tidy()
    assert await waiting(house) == []


@pytest.mark.parametrize(("number", "intent", "aspect"), [(1, "no_such_intent", None), (1, "eid_otp", "colour"), (77, "eid_otp", None)])
async def test_a_label_that_means_nothing_is_refused(house: House, written: Written, number: int, intent: str, aspect: str | None) -> None:
    talk = await house.talk("an")
    await talk.says("cái chỗ nớ ra răng hè")
    with pytest.raises(DanLoiError):
        await learning.label(house.app.database, written.catalogue, number, intent, aspect, house.clock())
    assert len(await waiting(house)) == 1


async def test_the_list_is_for_people(house: House) -> None:
    assert await learning.listing(house.app.database, None, 50, False) == "Không có câu nào chờ ghi nhãn."
    talk = await house.talk("an")
    await talk.says("cái chỗ nớ ra răng hè")
    shown = await learning.listing(house.app.database, None, 50, False)
    assert "«cái chỗ nớ ra răng hè»" in shown
    assert "không hiểu" in shown
    assert '"doubt": "not_understood"' in await learning.listing(house.app.database, Doubt.NOT_UNDERSTOOD, 50, True)
