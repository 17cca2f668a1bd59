"""What about a topic is asked: its fee, time, papers, place, who may, or whether it can be done online; or none of these.

Learnt from the lines that are labelled with an aspect (`metadata: {aspect: fee}` in the training data) and from those that ask none,
with the cues of `cues.py` as one more thing that the model sees: it learns when to believe them.
"""

from __future__ import annotations

from typing import Optional, Sequence

import numpy as np

from .cues import ASPECTS, aspect
from .linear import Linear
from .text import fold, normalise
from .tfidf import Row, side_by_side
from .views import Views

NONE = "none"


class Aspects:
    """A trained model: texts in, an aspect or None out, with how sure that is."""

    def __init__(self, views: Views, model: Linear) -> None:
        self._views = views
        self._model = model

    def read_many(self, texts: Sequence[str]) -> list[tuple[Optional[str], float]]:
        lines = [normalise(text) for text in texts]
        sure = 1 / (1 + np.exp(-self._model.scores(with_cues(self._views, self._views.rows(lines), lines))))
        shares = sure / sure.sum(axis=1, keepdims=True)
        best = shares.argmax(axis=1)
        names = [self._model.labels[place] for place in best]
        return [(None if name == NONE else name, float(row[place])) for name, row, place in zip(names, shares, best, strict=True)]


def with_cues(views: Views, rows: Sequence[Row], lines: Sequence[str]) -> list[Row]:
    """The views, and beside them the cue that the word lists find."""
    return [side_by_side((row, _cue(line)), (views.size, len(ASPECTS))) for row, line in zip(rows, lines, strict=True)]


def _cue(line: str) -> Row:
    found = aspect(fold(line))
    columns = [] if found is None else [ASPECTS.index(found)]
    return Row(np.array(columns, np.int64), np.ones(len(columns), np.float32))
