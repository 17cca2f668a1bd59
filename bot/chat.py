"""`danloi chat`: a whole conversation in the terminal, or from a file, one message a line; `--json` prints one object a turn."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Any

from .channels.terminal import NoSuchButton, Terminal
from .model.delivery import Outgoing
from .model.message import Kind
from .model.record import TurnRecord


class Chat:
    """Reads lines, waits for each turn and its replies, prints them. `answered` is to be told of every turn."""

    def __init__(self, terminal: Terminal, as_json: bool) -> None:
        self._terminal = terminal
        self._json = as_json
        self._turns: asyncio.Queue[TurnRecord] = asyncio.Queue()

    def answered(self, record: TurnRecord) -> None:
        self._turns.put_nowait(record)

    async def run(self, first: Sequence[str] = ()) -> None:
        """`first`: what is said before anything is read."""
        async for line in typed_lines(first):
            try:
                await self._terminal.type(line)
            except NoSuchButton as error:
                print(error, file=sys.stderr)
                continue
            record = await self._turns.get()
            said = [await self._terminal.said.get() for _ in record.replies]
            self._print(record, said)

    def _print(self, record: TurnRecord, said: list[Outgoing]) -> None:
        if self._json:
            print(json.dumps(as_object(record, said), ensure_ascii=False), flush=True)
            return
        for out in said:
            print(f"\n{out.text}")
            for number, button in enumerate(out.buttons, 1):
                print(f"   [{number}] {button.label}")
        print(flush=True)


def as_object(record: TurnRecord, said: list[Outgoing]) -> dict[str, Any]:
    """One turn as other programs read it: a stable form, see the README."""
    heard = record.heard[-1] if record.heard else None
    meaning = heard.meaning if heard is not None else None
    top = meaning.top if meaning is not None else None
    return {
        "text": "" if heard is None else heard.text if heard.kind is not Kind.TAP or heard.tap is None else f"<{heard.tap.value}>",
        "intent": top.intent if top is not None else None,
        "confidence": round(top.confidence, 4) if top is not None else None,
        "ranking": [[reading.intent, round(reading.confidence, 4)] for reading in meaning.ranking[:5]] if meaning is not None else [],
        "aspect": meaning.aspect if meaning is not None else None,
        "flow": record.flow,
        "step": record.step,
        "owner": record.owner,
        "case": record.case,
        "replies": [{"text": out.text, "buttons": [button.label for button in out.buttons]} for out in said],
    }


async def typed_lines(first: Sequence[str] = ()) -> AsyncIterator[str]:
    """Lines from standard input, without blocking the loop; ends with the input. Empty lines are nothing said."""
    for line in first:
        yield line
    interactive = sys.stdin.isatty()
    while True:
        if interactive:
            print("> ", end="", flush=True)
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:
            return
        if line.strip():
            yield line.rstrip("\n")
