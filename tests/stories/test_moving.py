"""One citizen goes from the web page to Telegram, to Zalo and back, over everything those channels are really made of."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.model.meaning import Meaning
from bot.settings import Settings
from bot.store.database import Database
from bot.written import Written

from ..conftest import Clock
from ..databases import migrated_sqlite
from .lines import House, Line, Message, Records, lines_on


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return migrated_sqlite(tmp_path / "moving.db")


@pytest.fixture
async def house(settings: Settings, database: Database, written: Written) -> AsyncIterator[House]:
    """No language model is needed: all that is said here is exact."""
    yield House(settings, database, written, NoModel(), Clock())
    database.close()


class NoModel:
    async def parse(self, text: str) -> Meaning:
        raise AssertionError(f"«{text}» is not exact")


class Person:
    """The same citizen on one of their channels: what is shown since they said something last."""

    def __init__(self, line: Line, records: Records, clock: Clock) -> None:
        self._line = line
        self._clock = clock
        self._records = records
        self.seen = 0

    async def says(self, text: str) -> list[Message]:
        self._clock.forward(1)
        await self._line.says(text)
        return await self.reads(len((await self._records.next()).replies))

    async def taps(self, label: str) -> list[Message]:
        self._clock.forward(1)
        await self._line.taps(label)
        return await self.reads(len((await self._records.next()).replies))

    async def reads(self, count: int) -> list[Message]:
        messages = (await self._line.shown(self.seen + count))[self.seen :]
        self.seen += len(messages)
        return messages


def words(messages: list[Message]) -> str:
    return "\n".join(message.text for message in messages)


def code_in(messages: list[Message]) -> str:
    found = re.search(r"CHUYEN ([A-Z]{4} [A-Z]{4})", words(messages))
    assert found, words(messages)
    return found[1]


async def test_from_the_web_to_telegram_by_link_to_zalo_by_code_and_back_to_the_web(house: House) -> None:
    records, clock = Records(), house.clock
    async with lines_on(("web", "telegram by polling", "zalo oa", "zalo bot by polling"), house, records) as lines:
        web, telegram, zalo_oa, zalo_bot = (Person(line, records, clock) for line in lines)
        await web.says("/start eid_level_2")
        await web.taps("Từ 14 tuổi trở lên")
        told = await web.says("chuyển sang telegram")
        link = re.search(r"https://t\.me/danloi_test_bot\?start=(ma_[A-Z]{8})", words(told))
        assert link, words(told)

        asked = await telegram.says(f"/start {link[1]}")
        assert "trợ lý máy" in asked[0].text
        assert "Đăng ký định danh mức độ 2, đang ở bước 2/" in asked[-1].text
        assert asked[-1].labels == ("Mang sang đây", "Thôi")
        brought = await telegram.taps("Mang sang đây")
        assert "đã sang đây" in brought[0].text
        assert "Bước 2/" in brought[-1].text
        assert "đã chuyển sang Telegram" in words(await web.reads(1))
        await telegram.taps(brought[-1].labels[0])

        code = code_in(await telegram.says("/chuyen"))
        assert "bước 3/" in words(await zalo_oa.says(f"chuyển {code.lower()} ạ"))
        assert "Bước 3/" in words(await zalo_oa.taps("Mang sang đây"))
        assert "đã chuyển sang Zalo" in words(await telegram.reads(1))

        code = code_in(await zalo_oa.says("làm tiếp ở máy khác"))
        assert "bước 3/" in words(await zalo_bot.says(f"CHUYEN {code}"))
        assert "Bước 3/" in words(await zalo_bot.says("1"))
        assert "đã chuyển sang Zalo" in words(await zalo_oa.reads(1))

        code = code_in(await zalo_bot.says("chuyển về web"))
        await web.says(code)
        assert "Bước 3/" in words(await web.taps("Mang sang đây"))
        assert "đã chuyển sang trang web" in words(await zalo_bot.reads(1))
        assert "đã dùng rồi" in words(await telegram.says(code))
