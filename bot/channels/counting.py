"""How often whom asks for what in a minute, and a refusal where it is too often: the same for the web chat, the webhooks and the desk."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.exceptions import TooManyRequestsException
from litestar.middleware import DefineMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

MINUTE = 60.0
MOST_KNOWN = 100_000
"""Names counted at once; beyond that those who began longest ago are forgotten."""

Who = Callable[[Request[Any, Any, Any]], str | None]
"""Under which name a request is counted; None: not at all."""


@dataclass(slots=True)
class _Minute:
    until: float
    times: int = 0


class Counts:
    """In memory, each process its own, for it needs no durability. Somebody's minute begins with the first that is counted.

    Litestar's limits keep every request of the minute as a list in a store and write it anew with each, one at a time: 0.2 ms of the
    processor where six thousand a minute come.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, most_known: int = MOST_KNOWN) -> None:
        self._clock, self._most_known = clock, most_known
        self._minutes: OrderedDict[str, _Minute] = OrderedDict()

    def one_more(self, who: str) -> int:
        """How many that makes in their minute."""
        now = self._clock()
        self._forget(now)
        minute = self._minutes.setdefault(who, _Minute(now + MINUTE))
        minute.times += 1
        return minute.times

    def clear(self) -> None:
        self._minutes.clear()

    def __len__(self) -> int:
        return len(self._minutes)

    def _forget(self, now: float) -> None:
        """Whose minute is over, oldest first."""
        while self._minutes:
            who, minute = next(iter(self._minutes.items()))
            if minute.until > now and len(self._minutes) <= self._most_known:
                return
            del self._minutes[who]


@dataclass(frozen=True, slots=True)
class Rule:
    """At most so many requests a minute of each to what begins with that path."""

    path: str
    most: int
    who: Who


def limited(rules: Sequence[Rule], counts: Counts) -> DefineMiddleware:
    """Requests by those rules; beyond them TooManyRequestsException is raised, before anything is read of what was sent."""
    return DefineMiddleware(_guard, rules=rules, counts=counts)


def _guard(app: ASGIApp, rules: Sequence[Rule], counts: Counts) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            for rule in (rule for rule in rules if scope["path"].startswith(rule.path)):
                who = rule.who(Request(scope))
                if who is not None and counts.one_more(f"{rule.path} {who}") > rule.most:
                    raise TooManyRequestsException
        await app(scope, receive, send)

    return answer


def network(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else "?"
