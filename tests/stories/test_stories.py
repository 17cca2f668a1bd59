"""The same stories on every channel: the same words, the same taps, whichever way they travel."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.replies.formats import render
from bot.settings import Settings
from bot.store.database import Database
from bot.understanding.rasa import Nlu
from bot.written import Written

from ..conftest import Clock
from ..conversations.transcript import Transcript, load
from ..databases import migrated_sqlite
from .lines import CHANNELS, House, Line, Records, line_on

FOLDER = Path(__file__).parent.parent / "conversations"
STORIES = [
    "common/greeting",
    "common/private_numbers",
    "common/scam_victim",
    "eid_activate/back",
    "eid_level_2/correct",
    "eid_level_2/digress",
    "eid_level_2/happy",
    "eid_level_2/human",
    "eid_level_2/stop_and_resume",
    "eid_otp/wrong_code",
    "eid_passcode/blocked",
    "eid_password/no_code",
]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return migrated_sqlite(tmp_path / "stories.db")


@pytest.fixture
async def house(settings: Settings, database: Database, written: Written, nlu: Nlu) -> AsyncIterator[House]:
    yield House(settings, database, written, nlu, Clock())
    database.close()


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("story", STORIES)
async def test_story(house: House, channel: str, story: str) -> None:
    records = Records()
    async with line_on(channel, house, records) as line:
        await play(load(FOLDER / f"{story}.yml"), house, line, records)


async def play(transcript: Transcript, house: House, line: Line, records: Records) -> None:
    seen = 0
    for number, turn in enumerate(transcript.turns):
        house.clock.forward(turn.get("later", 1))
        await (line.says(turn["citizen"]) if "citizen" in turn else line.taps(turn["tap"]))
        record = await records.next()
        blocks = [block for reply in record.replies for block in reply.block.split("+")]
        first_words = [] if number or line.asks_consent else ["common.first_words"]
        assert sorted(blocks) == sorted([*first_words, *turn["bot"]])
        messages = (await line.shown(seen + len(record.replies)))[seen:]
        assert [letters(message.text) for message in messages] == [letters(render("plain", reply.text)) for reply in record.replies]
        assert [message.labels for message in messages] == [tuple(button.label for button in reply.buttons) for reply in record.replies]
        seen += len(messages)


def letters(text: str) -> list[str]:
    """The words of a text; how lists and paragraphs are set is each channel's own."""
    return re.findall(r"\w+", re.sub(r"^(\d+\.|-) ", "", text, flags=re.MULTILINE))
