"""What of a message the language model is asked. Rasa's server answers some texts with nonsense and full confidence: they stop here."""

import re

from .redact import MASKS
from .text import clean, has_letters

LIMIT = 500
BEGINNING = 200
"""Of a story longer than LIMIT the beginning and the end are asked: people say first what it is about, and last what they want."""

_MASK = re.compile("|".join(map(re.escape, MASKS.values())))
_COMMAND = re.compile(r"^[\s/\\]+")


def question(text: str) -> str | None:
    """The text to ask, or None where there is nothing to read: no letters once the masks of private numbers are taken out."""
    plain = clean(_COMMAND.sub("", clean(_MASK.sub(" ", text))))
    return _shortened(plain) if has_letters(plain) else None


def _shortened(text: str) -> str:
    """At most LIMIT characters, cut between words where there are any."""
    if len(text) <= LIMIT:
        return text
    first, last = text[:BEGINNING], text[-(LIMIT - BEGINNING - 1) :]
    first = first.rpartition(" ")[0] or first
    last = last.partition(" ")[2] or last
    return f"{first} {last}"
