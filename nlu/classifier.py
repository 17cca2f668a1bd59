"""Which intent a sentence has, and how sure that is: TF-IDF over words and letters, logistic regression. Knows nothing of Rasa.

Three views of a text: its words as typed, its words without diacritics, and runs of 2 to 5 letters without diacritics. The last
two make "dang ky dinh danh" and "đăng ký định danh" one sentence; the first still tells "mã" from "mà". Every training line is
learnt again without its diacritics, for that is how it will be typed.
"""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import joblib
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from .text import fold, has_letters, normalise, strip

Ranking = list[tuple[str, float]]

STRENGTH = 20.0
"""Inverse of the regularisation: the lab's value, confirmed by cross-validation."""
SEED = 320
FOLDS = 4
TEMPERATURES = [round(0.3 + 0.05 * step, 2) for step in range(25)]


class Classifier:
    """A trained model: texts in, rankings out. Pickled whole, so it is loaded only from a file that we trained."""

    def __init__(self, views: Any, model: Any, temperature: float) -> None:
        self._views = views
        self._model = model
        self._temperature = temperature

    def rank(self, text: str) -> Ranking:
        """Every intent with its probability, the likeliest first."""
        return self.rank_many([text])[0]

    def rank_many(self, texts: Sequence[str]) -> list[Ranking]:
        features = self._views.features([normalise(text) for text in texts])
        known = features.getnnz(axis=1)
        scores = self._model.decision_function(features)
        return [
            self._ranking(list(row)) if count and has_letters(text) else self._undecided()
            for text, count, row in zip(texts, known, scores, strict=True)
        ]

    def save(self, path: Path) -> None:
        joblib.dump(self, path, compress=3)

    @staticmethod
    def load(path: Path) -> "Classifier":
        classifier: Classifier = joblib.load(path)
        return classifier

    def _ranking(self, scores: list[float]) -> Ranking:
        confidences = _softmax(scores, self._temperature)
        return sorted(zip(map(str, self._model.classes_), confidences, strict=True), key=lambda reading: -reading[1])

    def _undecided(self) -> Ranking:
        """Nothing in the text was ever seen: every intent is as likely as any other and none is believed; out of scope is named first."""
        intents = sorted(map(str, self._model.classes_), key=lambda intent: intent != "out_of_scope")
        return [(intent, 1.0 / len(intents)) for intent in intents]


class Views:
    """The three views of normalised texts, side by side in one sparse matrix."""

    def __init__(self) -> None:
        self._words = _words()
        self._bare_words = _words()
        self._bare_letters = TfidfVectorizer(analyzer="char_wb", lowercase=False, ngram_range=(2, 5), sublinear_tf=True)

    def learn(self, texts: list[str]) -> Any:
        bare = [fold(text) for text in texts]
        parts = (self._words.fit_transform(texts), self._bare_words.fit_transform(bare), self._bare_letters.fit_transform(bare))
        return hstack(parts, format="csr")

    def features(self, texts: list[str]) -> Any:
        bare = [fold(text) for text in texts]
        return hstack((self._words.transform(texts), self._bare_words.transform(bare), self._bare_letters.transform(bare)), format="csr")


def train(texts: Sequence[str], intents: Sequence[str], calibrate: bool = True) -> Classifier:
    """Learn from lines and their intents. Deterministic: the same lines make the same model."""
    if len(texts) != len(intents) or len(set(intents)) < 2:
        raise ValueError("training needs as many intents as texts, and at least two different intents")
    temperature = _temperature(texts, intents) if calibrate else 1.0
    return _fit(texts, intents, temperature)


def folds(size: int, count: int = FOLDS) -> Iterable[tuple[list[int], list[int]]]:
    """Splits of `size` lines into (learn, judge). A line's copies are made after the split, so they never stand on both sides."""
    order = list(range(size))
    Random(SEED).shuffle(order)  # noqa: S311
    for fold_number in range(count):
        judge = order[fold_number::count]
        yield sorted(set(order) - set(judge)), sorted(judge)


def with_copies(texts: Sequence[str], intents: Sequence[str]) -> tuple[list[str], list[str]]:
    """Each line, normalised, and again without its diacritics. Noisier copies were tried: cross-validated, they help no variant."""
    lines: list[str] = []
    names: list[str] = []
    for text, intent in zip(texts, intents, strict=True):
        for typed in dict.fromkeys((normalise(text), normalise(strip(text)))):
            lines.append(typed)
            names.append(intent)
    return lines, names


def _words() -> Any:
    return TfidfVectorizer(tokenizer=str.split, token_pattern=None, lowercase=False, ngram_range=(1, 2), sublinear_tf=True)


def _fit(texts: Sequence[str], intents: Sequence[str], temperature: float) -> Classifier:
    views = Views()
    lines, names = with_copies(texts, intents)
    features = views.learn(lines)
    # One intent against the rest each: as right as the multinomial solver on our lines, and ten times faster.
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", solver="liblinear", random_state=SEED)
    model.fit(features, names)
    return Classifier(views, model, temperature)


def _temperature(texts: Sequence[str], intents: Sequence[str]) -> float:
    """What the scores are divided by so that a confidence is how often it proves right, judged on lines the model had not seen."""
    rows: list[tuple[list[float], int]] = []
    for learn, judge in folds(len(texts)):
        learnt = {intents[i] for i in learn}
        if len(learnt) < 2:
            continue
        classifier = _fit([texts[i] for i in learn], [intents[i] for i in learn], 1.0)
        places = {str(intent): place for place, intent in enumerate(classifier._model.classes_)}
        known = [i for i in judge if intents[i] in places]
        if known:
            scores = classifier._model.decision_function(classifier._views.features([normalise(texts[i]) for i in known]))
            rows += [(list(row), places[intents[i]]) for row, i in zip(scores, known, strict=True)]
    return min(TEMPERATURES, key=lambda temperature: _surprise(rows, temperature)) if rows else 1.0


def _surprise(rows: list[tuple[list[float], int]], temperature: float) -> float:
    return sum(-math.log(max(_softmax(scores, temperature)[right], 1e-12)) for scores, right in rows)


def _softmax(scores: list[float], temperature: float) -> list[float]:
    top = max(scores)
    powers = [math.exp((score - top) / temperature) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]
