"""One Rasa process as its client sees it: how many questions it gets at once, whether it is trusted, whether it rests after failures."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

FAILURES = 3
"""So many failures in a row open the breaker."""


class Peer:
    """Closed: asked. Open for `rest` seconds after failures: not asked. Then half open: one question probes it."""

    def __init__(self, url: str, at_once: int, rest: float, clock: Callable[[], float]) -> None:
        self.url = url.rstrip("/")
        self.trusted = False
        """Whether its status named the expected model since it last failed."""
        self.trouble = ""
        """Why it failed last."""
        self._places = asyncio.Semaphore(at_once)
        self._rest = rest
        self._clock = clock
        self._failures = 0
        self._open_until: float | None = None
        self._probing = False

    @property
    def rests(self) -> bool:
        """Whether the breaker is open, or one question is to find out."""
        return self._open_until is not None

    def may_be_asked(self) -> bool:
        if self._open_until is None:
            return True
        return self._clock() >= self._open_until and not self._probing

    @asynccontextmanager
    async def asked(self) -> AsyncIterator[None]:
        """A place among the few questions at once. A timeout while it works is its failure; one while waiting for a place is not."""
        probe = self._open_until is not None
        self._probing = self._probing or probe
        try:
            async with self._places:
                try:
                    yield
                except asyncio.CancelledError:
                    self.failed("timeout")
                    raise
        finally:
            if probe:
                self._probing = False

    def works(self) -> None:
        self._failures, self._open_until, self.trouble = 0, None, ""

    def failed(self, why: str) -> None:
        """Note a failure. What serves another model than ours rests at once: it will not mend itself by being asked."""
        self.trusted, self.trouble = False, why
        self._failures += 1
        if self._failures >= FAILURES or self._open_until is not None or why.startswith("wrong model"):
            self._open_until = self._clock() + self._rest
