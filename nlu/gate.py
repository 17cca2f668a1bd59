"""Is it ours at all? Decided apart from the ranking, from two signs of it, and learnt from lines that the model had not seen."""

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

OUTSIDE_SHARE = 0.15
"""How many messages are taken to be out of scope, whatever share of the training lines is."""
TINY = 1e-9


class Gate:
    """How likely a text is out of scope, from the probabilities of that class and of the best other one."""

    def __init__(self, weights: Any, bias: float) -> None:
        self._weights = weights
        self._bias = bias

    @classmethod
    def learn(cls, likely: Any, out: int, outside: Any) -> "Gate":
        """`likely`: probabilities of unseen lines; `out`: the column of the class out of scope; `outside`: which lines are."""
        weight = np.where(outside, OUTSIDE_SHARE / outside.mean(), (1 - OUTSIDE_SHARE) / (1 - outside.mean()))
        model = LogisticRegression(C=10.0).fit(cls._signs(likely, out), outside, sample_weight=weight)
        return cls(model.coef_[0], float(model.intercept_[0]))

    def decide(self, likely: Any, out: int) -> Any:
        """The probabilities with that decision made: what is left is shared by the other intents as before."""
        outside = 1 / (1 + np.exp(-(self._signs(likely, out) @ self._weights + self._bias)))
        inside = np.delete(likely, out, axis=1).sum(axis=1)
        decided = likely * ((1 - outside) / np.maximum(inside, TINY))[:, None]
        decided[:, out] = outside
        return decided

    @staticmethod
    def _signs(likely: Any, out: int) -> Any:
        best = np.delete(likely, out, axis=1).max(axis=1)
        return np.column_stack([np.log(likely[:, out] + TINY), np.log(best + TINY) - np.log(1 - best + TINY)])
