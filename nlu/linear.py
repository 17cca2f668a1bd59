"""A learnt linear model as three arrays: labels, weights, bias. scikit-learn fits it; to ask it takes numpy alone."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np

from .tfidf import Row


class Linear:
    """One label against all others, each."""

    def __init__(self, labels: Sequence[str], weights: Any, bias: Any) -> None:
        """`weights`: a row a feature, a column a label."""
        self.labels = [str(label) for label in labels]
        self._weights = np.ascontiguousarray(weights, dtype=np.float32)
        self._bias = np.asarray(bias, dtype=np.float32)

    def scores(self, rows: Sequence[Row]) -> Any:
        """A row a text, a column a label: how much speaks for it."""
        scores = np.empty((len(rows), len(self.labels)), np.float64)
        for place, row in enumerate(rows):
            scores[place] = row.weights @ self._weights[row.columns] + self._bias
        return scores
