"""Vietnamese as people type it: with, without and with half of their diacritics, in shorthand, in unfinished Telex.

    clean      what may be stored and shown: nothing invisible, nothing that reverses the line
    fold       what is compared: no capitals, no diacritics, no punctuation
    strip      diacritics away, everything else as it was
    normalise  what the classifier reads: one spelling for each word, shorthand written out where it can mean one thing only

Standard library only: the bot and the language model's process share this file, so both read a text alike.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from .shorthand import IN_CONTEXT, WORDS
from .telex import decoded

# The order of the tone marks is that of the Telex keys s f r x j: sắc, huyền, hỏi, ngã, nặng.
TONES = "\u0301\u0300\u0309\u0303\u0323"
QUALITIES = "\u0302\u0306\u031b"
"""Circumflex (â ê ô), breve (ă), horn (ơ ư): they make another letter; a tone mark only sings it."""
VOWELS = frozenset("aeiouy")

_WORD = re.compile(r"[^\W_]+")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}(?![^\W\d_])")  # at a word's end only: "cccd" is a word
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """The text in NFC on one line: without control characters, zero-width and bidirectional marks, lone surrogates."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text).translate(_SEEN)).strip()


def fold(text: str) -> str:
    """Lower case, without diacritics (đ is d) and punctuation, single spaces: «Quay lại, nhé!» is "quay lai nhe"."""
    return " ".join(_WORD.findall(strip(unicodedata.normalize("NFKC", text)).lower()))


def strip(text: str) -> str:
    """The text without its diacritics; capitals and punctuation stay. As most citizens type."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).translate(_BARE))


@lru_cache(maxsize=1024)
def normalise(text: str) -> str:
    """One spelling for each word, the words apart by single spaces; what is not surely shorthand stays as it was typed."""
    plain = unicodedata.normalize("NFKC", clean(text)).lower()
    words = [_spelling(word) for word in _WORD.findall(_STRETCHED.sub(r"\1", plain).translate(_ETH))]
    line = f" {' '.join(words)} "
    for pattern, written_out in IN_CONTEXT:
        line = pattern.sub(written_out, line)
    return line.strip()


def has_letters(text: str) -> bool:
    return any(character.isalpha() for character in text)


@lru_cache(maxsize=8192)
def place_tone(word: str) -> str:
    """The tone mark on the vowel where schools put it: "hoà" and "hòa", "qúy" and "quý" become one word.

    A word with no tone, or with two, is nothing we could mend: it comes back as it was.
    """
    marks = unicodedata.normalize("NFD", word)
    tones = [c for c in marks if c in TONES]
    if len(tones) != 1:
        return word
    letters = [unicodedata.normalize("NFC", letter) for letter in _letters(marks.replace(tones[0], ""))]
    nucleus = _nucleus(letters)
    if not nucleus:
        return word
    letters[_bearer(letters, nucleus)] += tones[0]
    return unicodedata.normalize("NFC", "".join(letters))


class _Table(dict[int, str]):
    """For `str.translate`: what becomes of a character, worked out once for each that is often seen."""

    def __init__(self, rule: Callable[[str], str]) -> None:
        self._rule = rule

    def __missing__(self, code: int) -> str:
        became = self._rule(chr(code))
        if code < _OFTEN:
            self[code] = became
        return became


def _bare(character: str) -> str:
    """Nothing for a mark; of a decomposed text the letters are left."""
    return "" if unicodedata.category(character).startswith("M") else character.translate(_D)


def _kept(character: str) -> str:
    """The character itself, a space for one that separates, nothing for one that nobody sees."""
    category = unicodedata.category(character)
    if category.startswith("Z") or character in "\t\n\r\v\f\x85":
        return " "
    return "" if category in ("Cc", "Cf", "Cs", "Co", "Cn") else character


def _spelling(word: str) -> str:
    """One word, its tone mark in place; written out where it is shorthand, or keys that were left as typed."""
    placed = place_tone(word)
    written_out = WORDS.get(placed)
    if written_out is not None:
        return written_out
    made = decoded(placed)
    return placed if made is None else place_tone(made)


def _letters(marks: str) -> list[str]:
    """A decomposed word cut into letters, each with its own marks."""
    letters: list[str] = []
    for character in marks:
        if letters and unicodedata.combining(character):
            letters[-1] += character
        else:
            letters.append(character)
    return letters


def _nucleus(letters: list[str]) -> range:
    """Where the one run of vowels stands, without the u of "qu" and the i of "gi" before a vowel; empty where there is no such run."""
    places = [i for i, letter in enumerate(letters) if _base(letter) in VOWELS]
    if not places or places[-1] - places[0] + 1 != len(places):
        return range(0)
    first = places[0]
    glide = first > 0 and _base(letters[first - 1]) + letters[first] in ("qu", "gi")
    return range(first + 1 if glide and len(places) > 1 else first, places[-1] + 1)


def _bearer(letters: list[str], nucleus: range) -> int:
    """The vowel that carries the tone: one with a mark of its own (ê, ơ), else the last before a consonant, else the middle or first."""
    marked = [i for i in nucleus if _base(letters[i]) != letters[i]]
    if marked:
        return marked[-1]
    if nucleus[-1] + 1 < len(letters):
        return nucleus[-1]
    return nucleus[1] if len(nucleus) == 3 else nucleus[0]


def _base(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0]


_D = str.maketrans("đĐðÐ", "dDdD")
_ETH = str.maketrans("ðÐ", "đĐ")
_OFTEN = 0x2000
"""Below it lie all letters that Vietnamese is written with, and their marks."""
_BARE = _Table(_bare)
_SEEN = _Table(_kept)
