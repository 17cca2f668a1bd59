"""What about a topic is asked: its fee, time, papers, place, who may, or whether it can be done online; or none of these.

Learnt from the lines that are labelled with an aspect (`metadata: {aspect: fee}` in the training data) and from those that ask none,
with the cues of `cues.py` as one more thing that the model sees: it learns when to believe them.
"""

from collections.abc import Sequence
from typing import Any, Optional

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from .cues import ASPECTS, aspect
from .text import fold, normalise
from .views import Views, with_copies

NONE = "none"
LONGEST = 3
"""Words in a run: «mất bao lâu» says more than its words."""
STRENGTH = 20.0
SEED = 320


class Aspects:
    """A trained model: texts in, an aspect or None out, with how sure that is."""

    def __init__(self, views: Views, model: Any) -> None:
        self._views = views
        self._model = model

    def read_many(self, texts: Sequence[str]) -> "list[tuple[Optional[str], float]]":
        shares = self._model.predict_proba(_features(self._views.features, [normalise(text) for text in texts]))
        best = shares.argmax(axis=1)
        names = [str(self._model.classes_[place]) for place in best]
        return [(None if name == NONE else name, float(row[place])) for name, row, place in zip(names, shares, best, strict=True)]


def train(texts: Sequence[str], asked: "Sequence[Optional[str]]") -> "Optional[Aspects]":
    """Learn from lines and what they ask. None where fewer than two kinds of lines are there to learn from."""
    lines, names = with_copies(texts, [name or NONE for name in asked])
    if len(set(names)) < 2:
        return None
    views = Views(LONGEST)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", solver="liblinear", random_state=SEED)
    return Aspects(views, model.fit(_features(views.learn, lines), names))


def _features(see: Any, lines: list[str]) -> Any:
    """The views, and the cue that the word lists find."""
    cues = np.zeros((len(lines), len(ASPECTS)))
    for row, line in enumerate(lines):
        found = aspect(fold(line))
        if found is not None:
            cues[row, ASPECTS.index(found)] = 1.0
    return hstack((see(lines), csr_matrix(cues)), format="csr")
