"""What a sentence means, and how sure that is: a linear model over words and letters. Knows nothing of Rasa, and needs numpy alone.

    text ─► three views ─► a score for each intent ─► probabilities (temperature) ─► is it ours at all? (gate) ─► ranking
        └─► what about it is asked? (aspects)

Temperature and gate are learnt from what the model says of lines that it has not seen (`training.py`); the confidences that leave here
are final.
"""

from __future__ import annotations

import gzip
import pickle
from pathlib import Path
from typing import IO, Any, NamedTuple, Optional, Sequence, Union

import numpy as np

from .aspects import Aspects
from .gate import Gate
from .linear import Linear
from .text import has_letters, normalise
from .views import Views

Ranking = list[tuple[str, float]]

OUT = "out_of_scope"


class Read(NamedTuple):
    """What a text was read as."""

    ranking: Ranking
    """Every intent with its probability, the likeliest first."""
    aspect: Optional[str] = None
    """What about the topic is asked."""
    aspect_confidence: float = 1.0


class Classifier:
    """A trained model: texts in, readings out. Pickled whole, so it is loaded only from a file that we trained."""

    def __init__(
        self, views: Views, model: Linear, temperature: float = 1.0, gate: Optional[Gate] = None, aspects: Optional[Aspects] = None
    ) -> None:
        self._views = views
        self._model = model
        self._temperature = temperature
        self._gate = gate
        self._aspects = aspects

    @property
    def intents(self) -> list[str]:
        return self._model.labels

    def read(self, text: str) -> Read:
        return self.read_many([text])[0]

    def read_many(self, texts: Sequence[str]) -> list[Read]:
        rankings = self.rank_many(texts)
        if self._aspects is None:
            return [Read(ranking) for ranking in rankings]
        asked = self._aspects.read_many(texts)
        return [Read(ranking, name, sure) for ranking, (name, sure) in zip(rankings, asked, strict=True)]

    def rank_many(self, texts: Sequence[str]) -> list[Ranking]:
        rows = self._views.rows([normalise(text) for text in texts])
        shares = self._confidences(self._model.scores(rows))
        return [
            self._ranking(share) if len(row.columns) and has_letters(text) else self._undecided()
            for text, row, share in zip(texts, rows, shares, strict=True)
        ]

    def before_many(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """The best intent of each text and its plain probability: no temperature, no gate."""
        likely = softmax(self.scores(texts), 1.0)
        return [(self.intents[place], float(row[place])) for row, place in zip(likely, likely.argmax(axis=1), strict=True)]

    def scores(self, texts: Sequence[str]) -> Any:
        """One row a text, one column an intent (`intents`): what the model says before temperature and gate."""
        return self._model.scores(self._views.rows([normalise(text) for text in texts]))

    def save(self, path: Path) -> None:
        with gzip.open(path, "wb", compresslevel=3) as file:
            pickle.dump(self, file, protocol=pickle.HIGHEST_PROTOCOL)

    @staticmethod
    def load(file: Union[Path, IO[bytes]]) -> "Classifier":
        """Raises TypeError where the file holds something else, and whatever pickle raises."""
        with gzip.open(file, "rb") as opened:
            classifier = pickle.load(opened)  # noqa: S301  (a model is code; ours alone are read)
        if not isinstance(classifier, Classifier):
            raise TypeError(f"a {type(classifier).__name__} instead of our classifier")
        return classifier

    def _confidences(self, scores: Any) -> Any:
        likely = softmax(scores, self._temperature)
        return likely if self._gate is None else self._gate.decide(likely, self.intents.index(OUT))

    def _ranking(self, confidences: Any) -> Ranking:
        order = np.argsort(-confidences, kind="stable")
        return [(self.intents[place], float(confidences[place])) for place in order]

    def _undecided(self) -> Ranking:
        """Nothing in the text was ever seen: every intent is as likely as any other and none is believed; out of scope is named first."""
        return [(intent, 1.0 / len(self.intents)) for intent in sorted(self.intents, key=lambda intent: intent != OUT)]


def softmax(scores: Any, temperature: float) -> Any:
    powers = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    return powers / powers.sum(axis=1, keepdims=True)
