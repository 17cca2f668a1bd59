"""A citizen at the web page who keeps a record of their own: what they wrote, and everything that was ever shown to them."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

TROUBLE = (httpx.TransportError, httpx.TimeoutException)


@dataclass
class Citizen:
    """Writes one line, then taps the first button of whatever is asked, `taps` times. Retries everything with the same key."""

    http: httpx.AsyncClient
    opening: str
    taps: int
    token: str = ""
    shown: list[dict[str, Any]] = field(default_factory=list)
    """Every event of ours as it came, repeated ones too."""
    refused: list[int] = field(default_factory=list)
    """The statuses of answers that were no."""

    async def arrives(self) -> None:
        self.token = (await self._post("/chat/session", {"consent": True, "version": "1"}))["token"]

    async def says(self, text: str) -> None:
        await self._post("/chat/messages", {"key": uuid4().hex, "text": text})

    async def live(self) -> None:
        await self.arrives()
        await self.says(self.opening)
        events = self._events()
        try:
            for left in range(self.taps, -1, -1):
                button = await self._first_button(events)
                if left:
                    await self._post("/chat/messages", {"key": uuid4().hex, "tap": button})
        finally:
            await events.aclose()

    @property
    def texts(self) -> list[str]:
        return [event["html"] for event in self.shown]

    async def _first_button(self, events: AsyncIterator[dict[str, Any]]) -> str:
        """Read on until something is asked."""
        async for event in events:
            if event["buttons"]:
                return str(event["buttons"][0]["payload"])
        raise AssertionError("the stream ended")

    async def _events(self, last: int = 0) -> AsyncGenerator[dict[str, Any], None]:
        """Our messages as they come beyond that one, over as many connections as it takes."""
        while True:
            headers = {"Authorization": f"Bearer {self.token}", **({"Last-Event-ID": str(last)} if last else {})}
            try:
                async with self.http.stream("GET", "/chat/events", headers=headers, timeout=30) as stream:
                    async for line in stream.aiter_lines():
                        if not line.startswith("data:") or not line[5:].strip():
                            continue
                        event = json.loads(line[5:])
                        if not event["mine"]:
                            last = event["id"]
                            self.shown.append(event)
                            yield event
            except TROUBLE:
                pass
            await asyncio.sleep(0.05)

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Until it is taken, whatever happens to the server meanwhile."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        while True:
            try:
                response = await self.http.post(path, json=body, headers=headers)
                if response.status_code < 300:
                    answer: dict[str, Any] = response.json()
                    return answer
                assert response.status_code in (429, 502, 503, 504), response.text
                self.refused.append(response.status_code)
            except TROUBLE:
                pass
            await asyncio.sleep(0.05)
