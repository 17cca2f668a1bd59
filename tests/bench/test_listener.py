"""The server's connections do not keep a body back until its head is acknowledged, which would cost 40 ms of every page."""

import asyncio
import socket

from bot.web import _listen


async def test_an_answer_leaves_at_once() -> None:
    set_at: list[int] = []

    async def accept(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        set_at.append(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listener = _listen("127.0.0.1", 0)
    async with await asyncio.start_server(accept, sock=listener):
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        assert await reader.read() == b""
        writer.close()
    assert set_at
    assert all(set_at)
