"""The console's routes as the built application has them: found, not listed, so that those to come are swept too."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from litestar.routes import HTTPRoute

from bot.desk.pages.access import ASKS, NEWCOMERS

from .serving import CSRF, Browser, Served

_PARAMETER = re.compile(r"\{\w+:(\w+)\}")


@dataclass(frozen=True)
class Way:
    method: str
    path: str
    asks: Any
    newcomers: bool

    @property
    def address(self) -> str:
        return _PARAMETER.sub(lambda found: "1" if found[1] == "int" else "x", self.path)


def ways(served: Served) -> list[Way]:
    return list(_ways(served))


def _ways(served: Served) -> Iterator[Way]:
    for route in served.app.routes:
        if isinstance(route, HTTPRoute) and route.path.startswith("/desk"):
            for handler in route.route_handlers:
                for method in sorted(handler.http_methods):
                    yield Way(str(method), route.path, handler.opt.get(ASKS), bool(handler.opt.get(NEWCOMERS)))


def posts(served: Served) -> list[Way]:
    return [way for way in ways(served) if way.method not in ("GET", "HEAD", "OPTIONS")]


async def ask(browser: Browser, way: Way, **headers: str) -> httpx.Response:
    if way.method in ("GET", "OPTIONS"):
        return await browser.asks(way.method, way.address, headers=headers)
    return await browser.asks(way.method, way.address, data={CSRF: await browser.csrf(), "key": uuid4().hex}, headers=headers)
