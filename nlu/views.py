"""What a model sees of a text: three views side by side in one row.

Its words as typed, its words without diacritics, and runs of 2 to 5 letters without diacritics. The last two make "dang ky dinh danh"
and "đăng ký định danh" one sentence; the first still tells "mã" from "mà".
"""

from __future__ import annotations

from typing import Sequence

from .text import fold
from .tfidf import Letters, Row, Tfidf, Words, side_by_side


class Views:
    """The three views of normalised texts. `longest`: words in the longest run of words that counts; `fewest`: see Tfidf."""

    def __init__(self, longest: int = 2, fewest: int = 1) -> None:
        self._words = Tfidf(Words(longest), fewest)
        self._bare_words = Tfidf(Words(longest), fewest)
        self._bare_letters = Tfidf(Letters(2, 5), fewest)

    @property
    def size(self) -> int:
        """How many features there are."""
        return sum(self._sizes)

    def learn(self, texts: Sequence[str]) -> list[Row]:
        bare = [fold(text) for text in texts]
        self._words.learn(texts)
        self._bare_words.learn(bare)
        self._bare_letters.learn(bare)
        return self.rows(texts)

    def rows(self, texts: Sequence[str]) -> list[Row]:
        return [self._row(text, fold(text)) for text in texts]

    def _row(self, text: str, bare: str) -> Row:
        return side_by_side((self._words.row(text), self._bare_words.row(bare), self._bare_letters.row(bare)), self._sizes)

    @property
    def _sizes(self) -> tuple[int, int, int]:
        return len(self._words), len(self._bare_words), len(self._bare_letters)
