"""Streams to open pages: looked at anew each second, told only where something is another, kept alive where nothing is."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from ...model.errors import StoreError

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def changing(render: Callable[[], Awaitable[str | None]], look_again: float, keepalive: float) -> AsyncIterator[str | None]:
    """The text each time it is another; None to keep the line alive. Ends where there is nothing to render for any more."""
    shown, silent = "", 0.0
    while True:
        try:
            text = await render()
        except StoreError:
            return  # the page comes again by itself
        if text is None:
            return
        if text != shown:
            shown, silent = text, 0.0
            yield text
        elif silent >= keepalive:
            silent = 0.0
            yield None
        await asyncio.sleep(look_again)
        silent += look_again
