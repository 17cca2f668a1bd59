"""What a model sees of a text: three views side by side in one sparse matrix.

Its words as typed, its words without diacritics, and runs of 2 to 5 letters without diacritics. The last two make "dang ky dinh danh"
and "đăng ký định danh" one sentence; the first still tells "mã" from "mà". Every training line is learnt again without its diacritics,
for that is how it will be typed.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from .text import fold, normalise, strip

T = TypeVar("T")


class Views:
    """The three views of normalised texts. `longest`: words in the longest run of words that counts."""

    def __init__(self, longest: int = 2) -> None:
        self._words = _words(longest)
        self._bare_words = _words(longest)
        self._bare_letters = TfidfVectorizer(analyzer="char_wb", lowercase=False, ngram_range=(2, 5), sublinear_tf=True)

    def learn(self, texts: list[str]) -> Any:
        bare = [fold(text) for text in texts]
        parts = (self._words.fit_transform(texts), self._bare_words.fit_transform(bare), self._bare_letters.fit_transform(bare))
        return hstack(parts, format="csr")

    def features(self, texts: list[str]) -> Any:
        bare = [fold(text) for text in texts]
        return hstack((self._words.transform(texts), self._bare_words.transform(bare), self._bare_letters.transform(bare)), format="csr")


def with_copies(texts: Sequence[str], labels: Sequence[T]) -> tuple[list[str], list[T]]:
    """Each line, normalised, and again without its diacritics. Noisier copies were tried: cross-validated, they help no variant."""
    lines: list[str] = []
    names: list[T] = []
    for text, label in zip(texts, labels, strict=True):
        for typed in dict.fromkeys((normalise(text), normalise(strip(text)))):
            lines.append(typed)
            names.append(label)
    return lines, names


def _words(longest: int) -> Any:
    return TfidfVectorizer(tokenizer=str.split, token_pattern=None, lowercase=False, ngram_range=(1, longest), sublinear_tf=True)
