"""Vietnamese text for the bot: the one door to `nlu.text`, so that the bot and the language model read a text alike."""

from nlu.text import clean, fold, has_letters, normalise, strip

__all__ = ["clean", "fold", "has_letters", "normalise", "strip"]
