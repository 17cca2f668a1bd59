"""When a send that is under way counts as lost. By the clock alone, one that jumps would call every send late, and overtake it."""

from collections.abc import Callable, Collection, Iterable

from ..store.deliveries import UnderWay

Try = tuple[int, int]
"""A message's id and how manieth its try is."""


class Patience:
    """A send whose deadline is over is waited for until it has been seen so for `seconds` of our own timer; one of our own for as long
    as it runs, which its channel's limit ends; one whose sender is known to be dead, not at all."""

    def __init__(self, seconds: float, timer: Callable[[], float]) -> None:
        self._seconds = seconds
        self._timer = timer
        self._seen: dict[Try, float] = {}

    def is_over(self, send: UnderWay, running: Collection[int]) -> bool:
        """`running`: the messages whose sends this process has under way."""
        since = self._seen.get((send.id, send.tries))
        seen_enough = since is not None and self._timer() - since >= self._seconds
        return send.orphaned or (seen_enough and send.id not in running)

    def saw(self, overdue: Iterable[UnderWay]) -> None:
        """Remember since when each of them has been late, and forget all others."""
        now = self._timer()
        self._seen = {(send.id, send.tries): self._seen.get((send.id, send.tries), now) for send in overdue}
