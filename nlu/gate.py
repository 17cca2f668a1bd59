"""Is it ours at all? Decided apart from the ranking, from what the class out of scope got and what the best of the others got."""

from __future__ import annotations

from typing import Any

import numpy as np

TINY = 1e-9


class Gate:
    """How likely a text is out of scope."""

    def __init__(self, weights: Any, bias: float) -> None:
        self._weights = weights
        self._bias = bias

    def decide(self, likely: Any, out: int) -> Any:
        """The probabilities with that decision made: what is left is shared by the other intents as before. `out`: that class's column."""
        outside = 1 / (1 + np.exp(-(signs(likely, out) @ self._weights + self._bias)))
        inside = np.delete(likely, out, axis=1).sum(axis=1)
        decided = likely * ((1 - outside) / np.maximum(inside, TINY))[:, None]
        decided[:, out] = outside
        return decided


def signs(likely: Any, out: int) -> Any:
    """What the decision is made from, a row a text."""
    best = np.delete(likely, out, axis=1).max(axis=1)
    return np.column_stack([np.log(likely[:, out] + TINY), np.log(best + TINY) - np.log(1 - best + TINY)])
