"""How citizens really type a sentence: copies of a training line with its diacritics gone, half gone, or in shorthand. Seeded."""

from collections.abc import Callable
from random import Random

from nlu.shorthand import WORDS
from nlu.text import fold, strip

_BACK: dict[str, list[str]] = {}
for _short, _meaning in WORDS.items():
    _BACK.setdefault(_meaning, []).append(_short)


def bare(text: str, random: Random) -> str:
    """Without diacritics, as on most phones."""
    return strip(text)


def half_lost(text: str, random: Random) -> str:
    """About half of the words lost their diacritics."""
    return " ".join(strip(word) if random.random() < 0.5 else word for word in text.split())


def mistyped(text: str, random: Random) -> str:
    """Without diacritics and with shorthand, a letter swapped, doubled or left out here and there."""
    words = [random.choice(_BACK[word]) if word in _BACK and random.random() < 0.5 else word for word in text.lower().split()]
    return " ".join(_slip(strip(word), random) for word in words)


def _slip(word: str, random: Random) -> str:
    if len(word) < 4 or random.random() > 0.12:
        return word
    place = random.randrange(1, len(word) - 1)
    return random.choice((word[:place] + word[place + 1 :], word[:place] + word[place] + word[place:], _swapped(word, place)))


def _swapped(word: str, place: int) -> str:
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


VARIANTS: dict[str, Callable[[str, Random], str]] = {"bare": bare, "half_lost": half_lost, "mistyped": mistyped}


def copies(text: str, random: Random) -> list[tuple[str, str]]:
    """The line's noisy copies as (variant, text), without those that noise left as they were."""
    made = [(name, noise(text, random)) for name, noise in VARIANTS.items()]
    return [(name, copy) for name, copy in made if copy != text and fold(copy)]
