"""Vietnamese text for the bot: the one door to `nlu.text`, so that the bot and the language model read a text alike.

What was just folded or normalised is remembered: a message is read several times on its way, the buttons' labels with every one.
Of citizens' texts only masked ones are, and no more than are under way, for nobody's words should linger.
"""

from functools import lru_cache

from nlu import text
from nlu.text import clean, has_letters, strip

REMEMBERED = 128

fold = lru_cache(REMEMBERED)(text.fold)
normalise = lru_cache(REMEMBERED)(text.normalise)
fold_unremembered = text.fold
"""For what is not masked yet."""


def forget() -> None:
    """Remember no text any more: somebody asked for theirs to be deleted."""
    for remembering in (fold, normalise, text.normalise):
        remembering.cache_clear()


__all__ = ["clean", "fold", "fold_unremembered", "forget", "has_letters", "normalise", "strip"]
