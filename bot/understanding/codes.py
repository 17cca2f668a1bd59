"""Codes that take a guide to another channel: how they look, how they are found in what a citizen writes, and masked.

Eight letters that no Vietnamese keyboard changes: no vowel, no key that makes a tone or another letter (s f r x j z w d), no digit.
Capitals, spaces and dashes count for nothing: «CHUYEN BKTM HLPN», «chuyển bktmhlpn ạ», «b k t m h l p n» tell the same code.
"""

import re
import secrets

from ..model.moving import ALPHABET, LENGTH
from .text import fold, fold_unremembered, normalise

MASK = "[mã đã che]"
"""What is kept of a code."""
MOST_WORDS = 20
"""Of a message in which a code is looked for."""

_LETTER = f"[{ALPHABET.lower()}]"
_FOURS = rf"{_LETTER}{{4}} ?{_LETTER}{{4}}"
_CODE = rf"(?:{_FOURS}|{_LETTER}{{2}}(?: {_LETTER}{{2}}){{3}}|{_LETTER}(?: {_LETTER}){{7}})"
_BEFORE = r"(?:(?:start|chuyen|ma|so|la|cua|toi|em|minh|chau|bac|co|chu|cho|da|vang|day|u|nhap|nhan|code|sang|tiep) )*"
_AFTER = r"(?: (?:a|ah|nhe|nha|day|do|ne|di|voi|oi|em|chau|ban|bac))*"
_ALL = re.compile(rf"{_BEFORE}({_CODE}){_AFTER}")
_WITHIN = re.compile(rf"\bchuyen (?:ma )?({_FOURS})\b")
_NEARLY = re.compile(rf"(?:start ma |chuyen (?:ma )?)((?:[^\W\daeiouy] ?){{{LENGTH - 3},{LENGTH + 3}}}){_AFTER}")
"""The word for it, and letters of about that number: one was left out, doubled or misread."""


def fresh() -> str:
    """A code that nobody can guess, and without two equal letters side by side, for those are hard to read out and to copy."""
    code = ""
    while len(code) < LENGTH:
        code += secrets.choice(ALPHABET.replace(code[-1:] or " ", ""))
    return code


def shown(code: str) -> str:
    """As it is read aloud: "BKTM HLPN"."""
    return f"{code[:4]} {code[4:]}"


def read(text: str) -> str | None:
    """The code that a message tells, be it right or nearly so; None where it tells none. Nothing of the text is remembered."""
    folded = fold_unremembered(text)
    if len(folded.split()) > MOST_WORDS:
        return None
    found = _ALL.fullmatch(folded) or _WITHIN.search(folded) or _nearly(folded)
    return None if found is None else found[1].replace(" ", "").upper()


def masked(text: str, code: str) -> str:
    """The message without the code that it tells."""
    there = re.compile(r"[\W_]*".join(code), re.IGNORECASE)
    return there.sub(MASK, text) if there.search(text) else MASK


def _nearly(folded: str) -> re.Match[str] | None:
    """«chuyen hktt ntn» asks about a household: shorthand is no code."""
    found = _NEARLY.fullmatch(folded)
    return found if found is not None and fold(normalise(found[1])) == found[1].strip() else None
