"""Keys of a Vietnamese keyboard that was not switched on: «ddawng kys» (Telex) and «d9ang8 ky1» (VNI) are "đăng ký".

A word is decoded where that makes a Vietnamese syllable, for as typed it is none: no syllable ends in s, f, r, x or j, doubles a
vowel or d, or holds a w or a digit. English words and steps that look alike («max», «muc2») are left. Standard library only.
"""

import re
import unicodedata
from typing import List, Optional

_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
_TELEX_TONES = {"s": _ACUTE, "f": _GRAVE, "r": _HOOK, "x": _TILDE, "j": _DOT}
_VNI_TONES = {"1": _ACUTE, "2": _GRAVE, "3": _HOOK, "4": _TILDE, "5": _DOT}
_ROOF = {"a": "â", "e": "ê", "o": "ô"}
_HORN = {"u": "ư", "o": "ơ"}
_SYLLABLE = re.compile(r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?P<coda>ng|nh|ch|[cmnpt])?")
_STOPPED = frozenset({"c", "ch", "p", "t"})
"""Before these only two tones are possible."""
_ENGLISH = frozenset(
    [
        *("max", "own", "quest", "queen", "gif", "bus", "gas", "tax", "car", "pass", "pos", "as", "is", "or", "us"),
        *("law", "how", "now", "her", "his", "box", "see", "too", "low", "row"),
    ]
)
_NUMBERED = re.compile(r"(?:muc|so|buoc|cau|cap|cach|lop|nut|loai|y|a|bac|ban|lan|thu)\d")
"""A number written close to its noun, no key of a tone."""


def decoded(word: str) -> Optional[str]:
    """The word that these keys make, its tone on the first vowel; None where they make none. `word` is in lower case."""
    if not re.fullmatch(r"[a-zđ][a-z0-9đ]+", word) or word in _ENGLISH or _NUMBERED.fullmatch(word):
        return None
    press = _vni if any(key.isdigit() for key in word) else _telex
    letters: List[str] = []
    tone = ""
    for key in word:
        mark = press(letters, key, tone)
        if mark is None:
            return None
        tone = tone or mark
    made = unicodedata.normalize("NFC", _toned(letters, tone))
    return made if made != word and _possible(letters, tone) else None


def _telex(letters: List[str], key: str, tone: str) -> Optional[str]:
    """Press one key: the tone it gives, or an empty text where it made or changed a letter; None where it can do neither."""
    if key in _TELEX_TONES and not tone and _vowels(letters):
        return _TELEX_TONES[key]
    if key == "w":
        return "" if _horned(letters) else None
    if key == "d" and letters[:1] == ["d"]:
        letters[0] = "đ"
    elif key in _ROOF and key in letters and (letters[-1] == key or letters[-1] not in "aeiouy"):
        letters[_last(letters, key)] = _ROOF[key]
    else:
        letters.append(key)
    return ""


def _vni(letters: List[str], key: str, tone: str) -> Optional[str]:
    if not key.isdigit():
        letters.append(key)
        return ""
    if key in _VNI_TONES:
        return _VNI_TONES[key] if not tone and _vowels(letters) else None
    roofed = [letter for letter in letters if letter in _ROOF]
    if key == "6" and roofed:
        letters[_last(letters, roofed[-1])] = _ROOF[roofed[-1]]
    elif key == "8" and "a" in letters:
        letters[_last(letters, "a")] = "ă"
    elif key == "9" and "d" in letters:
        letters[letters.index("d")] = "đ"
    elif key != "7" or not _horned([letter for letter in letters if letter != "a"], letters):
        return None
    return ""


def _horned(heard: List[str], letters: Optional[List[str]] = None) -> bool:
    """Put the horn or the breve that `w` means: on "uo" on both, else on the last u, o or a. False: there is nothing to put it on."""
    letters = heard if letters is None else letters
    places = [place for place, letter in enumerate(letters) if letter in "uo" or (letter == "a" and heard is letters)]
    if not places:
        return False
    last = places[-1]
    after_u = last > 0 and letters[last - 1] == "u" and letters[:1] != ["q"]
    if letters[last] == "a" and not after_u:
        letters[last] = "ă"
    elif letters[last] in _HORN:
        letters[last] = _HORN[letters[last]]
    if after_u:
        letters[last - 1] = "ư"
    return True


def _toned(letters: List[str], tone: str) -> str:
    vowels = _vowels(letters)
    return "".join(letter + tone if vowels and place == vowels[0] else letter for place, letter in enumerate(letters))


def _possible(letters: List[str], tone: str) -> bool:
    found = _SYLLABLE.fullmatch("".join(map(_bare, letters)))
    return found is not None and (not tone or found["coda"] not in _STOPPED or tone in (_ACUTE, _DOT))


def _vowels(letters: List[str]) -> List[int]:
    return [place for place, letter in enumerate(letters) if _bare(letter) in "aeiouy"]


def _last(letters: List[str], letter: str) -> int:
    return len(letters) - 1 - letters[::-1].index(letter)


def _bare(letter: str) -> str:
    return "d" if letter == "đ" else unicodedata.normalize("NFD", letter)[0]
