"""The terminal as a channel: the shared table, and what `<tap:N>` taps."""

import pytest

from bot.channels.terminal import Buttons, NoSuchButton, Terminal
from bot.model.delivery import Outgoing, Sent
from bot.model.message import Address, Button, Tap

from ..fakes.door import FakeDoor
from .contract import CASES, Case, Outcome


class Keyboard:
    """Types into a terminal."""

    def __init__(self) -> None:
        self.terminal = Terminal("an")
        self.door = FakeDoor()

    async def open(self) -> "Keyboard":
        await self.terminal.start(self.door)
        return self

    async def text(self, text: str, key: str) -> tuple[Outcome, str]:
        await self.terminal.type(text)
        return Outcome.STORED, ""

    async def tap(self, payload: str, key: str) -> tuple[Outcome, str]:
        """A button is on show only where the payload is one of ours."""
        tap = Tap.parse(payload)
        self.terminal.buttons = Buttons((Button("x", tap.value),), tap.turn) if tap else Buttons()
        try:
            await self.terminal.type("<tap:1>")
        except NoSuchButton as error:
            return Outcome.REFUSED, str(error)
        return Outcome.STORED, ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_the_table_of_every_channel(case: Case) -> None:
    keyboard = await Keyboard().open()
    outcome, told = await case.send(keyboard)  # type: ignore[misc]
    assert outcome is case.outcome
    assert [text for _, text, _ in keyboard.door.arrived] == ([case.arrives] if outcome is Outcome.STORED else [])
    assert bool(told) == (outcome is Outcome.REFUSED)


async def test_a_tap_names_the_button_on_show_and_its_turn() -> None:
    keyboard = await Keyboard().open()
    address = Address("terminal:an", "an")
    assert await keyboard.terminal.send(Outgoing(1, address, "?", (Button("Có", "act:a"), Button("Không", "act:b")), 4)) == Sent()
    await keyboard.terminal.send(Outgoing(2, address, "không có nút", (), 5))
    await keyboard.terminal.type(" <tap:2> ")
    assert keyboard.door.inbound[0].tap == Tap("act:b", 4)
    with pytest.raises(NoSuchButton, match="2 nút"):
        await keyboard.terminal.type("<tap:3>")


async def test_a_picture_is_told_of() -> None:
    terminal = Terminal("an")
    await terminal.send(Outgoing(1, terminal.here, "Dính: bấm đây", (), 1, b"a picture"))
    assert (await terminal.said.get()).text == "[ảnh] Dính: bấm đây"
