"""Whatever name a platform tells of somebody, what they say is stored."""

import pytest

from bot.model.message import Address, Inbound, Kind

from ..houses import house, nlu  # noqa: F401
from ..talk import CHANNEL, House
from ..understanding.conftest import light, model  # noqa: F401


@pytest.mark.parametrize("name", ["Giàng A Thử", "\ud800", "\u202e\u0000", "  ", None])
async def test_any_name_will_do(house: House, name: str | None) -> None:  # noqa: F811
    received = await house.app.door(Inbound(Address(CHANNEL, "an"), "1", Kind.TEXT, "menu", name=name))
    assert received.new
