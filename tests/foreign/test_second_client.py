"""A whole conversation with a Telegram client that we did not write: tg-auto-test stands where Telegram's servers stand.

Only `make foreign` has it, for it wants a newer Python than ours. It speaks through the library's own request seam, in one private chat.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.channels.telegram import Telegram, account
from bot.model.grouping import Grouping
from bot.settings import Settings
from bot.store.database import connect
from bot.store.migrate import upgrade
from bot.understanding.reader import Reader
from bot.written import Written

from ..conftest import Clock
from ..databases import KEYRING
from ..fakes.office import FakeOffice

clients = pytest.importorskip("tg_auto_test.test_utils.serverless_telegram_client", reason="make foreign brings this client")
ext = pytest.importorskip("telegram.ext")
TOKEN = "123:ABC"  # the one that this client always uses


class Bridge:
    """Hands each update of the client to our channel, and lets the whole assistant answer before it returns."""

    def __init__(self, settings: Settings, written: Written, database: Any) -> None:
        self.telegram = Telegram(TOKEN, lambda block: written.words.text(f"telegram.{block}", Clock()().date()), FakeOffice())
        self.telegram.limits = replace(self.telegram.limits, per_second=1000, per_chat_second=1000)
        reader = Reader(None, written.catalogue.intents)
        self.app = App(settings, database, written, reader, [self.telegram], Clock(), Grouping(0, 0))

    def build(self, builder: Any) -> Any:
        """The channel speaks through the client's bot from now on."""
        application = builder.build()
        self.telegram._bot = self.telegram._manners._bot = application.bot
        self.telegram._door = self.app.door
        application.add_handler(ext.TypeHandler(object, self._take))
        return application

    async def _take(self, update: Any, _context: Any) -> None:
        await self.telegram.take(update.to_dict())
        await self.app.workers.round()
        await self.app.workers.stop()
        (sender,) = self.app.senders
        for _ in range(6):
            await sender.round()
            await sender.idle()


@pytest.fixture
async def client(settings: Settings, written: Written, tmp_path: Path) -> AsyncIterator[Any]:
    database = connect(f"sqlite:///{tmp_path / 'foreign.db'}", KEYRING)
    upgrade(database.engine)
    bridge = Bridge(settings, written, database)
    client = clients.ServerlessTelegramClient(build_application=bridge.build)
    await client.connect()
    yield client
    await bridge.telegram.stop()
    await client.disconnect()
    database.close()


async def answers(conversation: Any, count: int) -> list[Any]:
    return [await conversation.get_response() for _ in range(count)]


async def test_a_guide_with_taps_numbers_and_words(client: Any) -> None:
    async with client.conversation("danloi") as talk:
        await talk.send_message("/start eid_level_2")
        first, intro, age = await answers(talk, 3)
        assert "trợ lý máy" in first.text
        assert "Công an" in intro.text
        assert [button.text for row in age.buttons for button in row] == ["Từ 14 tuổi trở lên", "Dưới 14 tuổi"]
        await age.click(text="Từ 14 tuổi trở lên")
        (card,) = await answers(talk, 1)
        assert "gắn chip" in card.text
        await talk.send_message("1")
        (sim,) = await answers(talk, 1)
        assert "đứng tên ai" in sim.text
        await talk.send_message("quay lại")
        (again,) = await answers(talk, 1)
        assert again.text == card.text


def test_the_account_is_the_bots() -> None:
    assert account(TOKEN) == "telegram:123"
