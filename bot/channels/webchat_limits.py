"""How much one visitor, and one network address, may ask of the web chat in a minute, and of what stands beside it."""

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import reduce
from typing import Any

from litestar import Litestar, Request
from litestar.middleware.base import DefineMiddleware
from litestar.middleware.rate_limit import RateLimitConfig
from litestar.stores.base import Store
from litestar.stores.memory import MemoryStore
from litestar.types import ASGIApp, Receive, Scope, Send

from ..loops import Loop
from .webchat import Visitors

PER_VISITOR = 40
"""Messages of one visitor: nobody types faster, a script does."""
PICTURES = 10
"""Pictures of one visitor: each is painted anew."""
LOOKS = 120
"""Pictures that one visitor is shown: a page that is opened anew fetches those of its history again."""
PER_ADDRESS = 1200
"""Requests of one network address: a whole village may share one."""
PER_ADDRESS_NEW = 240
"""New visitors of one network address, for each is a row in the database."""
PER_ADDRESS_HOOK = 6000
"""Updates that one network address brings for a platform: a platform's own machines share a few, and what is refused is brought again."""
PER_ADDRESS_READY = 240
"""Questions of one network address whether we are well, for each asks the database."""
COUNTERS = "counters"
"""The name of the store that counts."""
SWEEP = 60.0

Who = Callable[[Request[Any, Any, Any]], str | None]
"""Under which name a request is counted; None: not at all."""


def limits(visitors: Visitors) -> list[DefineMiddleware]:
    """Strangers are counted by their network address alone, so that made-up tokens cost no memory."""

    def visitor(request: Request[Any, Any, Any]) -> str | None:
        address = visitors.read(request.headers.get("authorization", "").removeprefix("Bearer "))
        return None if address is None else hashlib.sha256(address.id.encode()).hexdigest()

    rules = {
        path: limit(most, path, who)
        for path, most, who in (
            ("/chat/", PER_ADDRESS, network),
            ("/channels/", PER_ADDRESS_HOOK, network),
            ("/readyz", PER_ADDRESS_READY, network),
            ("/chat/session", PER_ADDRESS_NEW, network),
            ("/chat/messages", PER_VISITOR, visitor),
            ("/chat/pictures", PICTURES, visitor),
            ("/chat/shown/", LOOKS, visitor),
        )
    }
    return [DefineMiddleware(_of_its_path, rules=rules)]


def _of_its_path(app: ASGIApp, rules: Mapping[str, DefineMiddleware]) -> ASGIApp:
    """A request passes only the limits of its own path: each layer costs, also one that looks away."""
    guarded: dict[tuple[str, ...], ASGIApp] = {(): app}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        paths = tuple(path for path in rules if scope["path"].startswith(path))
        if paths not in guarded:
            guarded[paths] = reduce(lambda inner, path: rules[path](inner), reversed(paths), app)
        await guarded[paths](scope, receive, send)

    return answer


def swept(counters: Store) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """Counters in memory of those who are gone are thrown away; the store itself forgets only whom it is asked about again."""

    async def sweep() -> None:
        if isinstance(counters, MemoryStore):
            await counters.delete_expired()

    @asynccontextmanager
    async def running(_app: Litestar) -> AsyncIterator[None]:
        loop = Loop("counters", sweep, SWEEP)
        loop.start()
        try:
            yield
        finally:
            await loop.stop()

    return running


def limit(most: int, path: str, who: Who) -> DefineMiddleware:
    """At most so many requests a minute to what begins with that path."""

    async def counts(request: Request[Any, Any, Any]) -> bool:  # a plain function would be sent to a thread, for every request
        return request.url.path.startswith(path) and who(request) is not None

    return RateLimitConfig(
        ("minute", most),
        identifier_for_request=lambda request: f"{path} {who(request)}",
        check_throttle_handler=counts,
        store=COUNTERS,
        set_rate_limit_headers=False,
    ).middleware


def network(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else "?"
