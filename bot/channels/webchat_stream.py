"""What an open page of the web chat is told, over one stream of server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from litestar.response import ServerSentEventMessage

from ..model.errors import StoreError
from ..model.message import Address, Kind, Shown, Tap
from .webchat_ports import Ports

LOOK_AGAIN = 2.0
"""Seconds after which a stream looks for itself: the message may have been settled by another process."""


async def stream(ports: Ports, address: Address, after: int) -> AsyncIterator[bytes]:
    """One open page. The citizen's own messages carry no event id, for an older reply may still be on its way behind them.

    What one look finds leaves together: a page that is opened again is shown two hundred messages.
    """
    sent: set[int] = set()
    person: bool | None = None
    silent, wait = 0.0, min(LOOK_AGAIN, ports.keepalive)
    with ports.chat.listening(address) as page:
        yield ServerSentEventMessage(comment="xin chào", retry=2000).encode()
        while not page.over:
            page.news.clear()
            try:
                seen = await ports.history(address, after)
            except StoreError:
                return  # the page comes again by itself, a little later each time
            news: list[ServerSentEventMessage] = []
            if seen.person is not person:
                person = seen.person
                news.append(ServerSentEventMessage(event="person" if person else "assistant"))
            news += [_event(shown, ports) for shown in seen.messages if shown.id not in sent]
            after = max((shown.id for shown in seen.messages if not shown.mine), default=after)
            sent = {shown.id for shown in seen.messages if shown.id > after}
            if news:
                silent = 0.0
                yield b"".join(event.encode() for event in news)
            if not await _within(page.news, wait):
                silent += wait
                if silent >= ports.keepalive:
                    silent = 0.0
                    yield ServerSentEventMessage(comment="keepalive").encode()


def _event(shown: Shown, ports: Ports) -> ServerSentEventMessage:
    buttons = [{"label": button.label, "payload": Tap(button.value, shown.turn).payload} for button in shown.buttons]
    ours = shown.text if shown.frame is None or shown.frame.kept else f"{shown.text}\n\n{ports.words('picture_gone')}"
    mine = shown.text or (ports.words("picture_sent") if shown.kind is Kind.PHOTO else "")
    body = {"text": mine, "tap": shown.tap} if shown.mine else {"html": ports.to_html(ours)}
    data: dict[str, Any] = {"id": shown.id, "mine": shown.mine, **body, "buttons": buttons, "turn": shown.turn, "key": shown.key}
    if shown.frame is not None and shown.frame.kept:
        data["picture"] = {"width": shown.frame.width, "height": shown.frame.height}
    return ServerSentEventMessage(data=json.dumps(data, ensure_ascii=False), id=None if shown.mine else shown.id)


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
