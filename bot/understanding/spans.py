"""Where in a text numbers stand, and which words stand near them. Works on the text's shadow: as long as the text, lower case, without
diacritics, every script's digits as 0-9, so that a place in the shadow is the same place in the text."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from .text import strip

HIDDEN = "\x00"
"""What stands in the shadow where something is masked already or must not be: no digit, no letter, no space."""

_GROUP = re.compile(r"\d+")
_JOINT = re.compile(r"[ .\-_()•·*+]{1,3}")
_DATE = re.compile(r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])([-./])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d(?!\d)")
_DOSSIER = re.compile(r"(?<![a-z\d])(?:\d{3}\.\d\d\.\d\d\.)?[a-z]\d{1,3}(?:\.\d{1,3}){0,5}-\d{6}-\d{4,6}(?![a-z\d])")
_UNIT = r"(?:[dk]| ?(?:dong|vnd|trieu|nghin|ngan|ty|usd))(?![a-z])"
_MONEY = re.compile(_UNIT)
_SUM = re.compile(rf"(?<![\d.,])[1-9]\d{{0,2}}(?:[.,]\d{{3}})+(?={_UNIT})")
_NEAR = 48
"""How far back, in characters, a word may stand from the number it speaks of."""

_LINK = r"[a-z :=,.()'\"/\-]{0,28}"
_BANK = re.compile(
    r"(?<![a-z])(?:stk|so (?:tai khoan|tk)|tai khoan ngan hang|tk ngan hang|vietcombank|vcb|agribank|vietinbank|bidv|techcombank|mb ?bank|"
    rf"sacombank|vpbank|tpbank|acb|lpbank|momo|so the)(?P<link>{_LINK})$"
)
_NOT_BANK = re.compile(r"\b(?:tru|mat|tien|rut|con lai|phi|sinh|ngay|nam|luc|goi|tong dai|muc|otp|ma|can cuoc|dinh danh)\b")
_ID = re.compile(rf"(?<![a-z])(?:cccd|cmnd|cmt|can cuoc|chung minh|dinh danh|so the){_LINK}$")
_CODE_WORDS = r"(?:otp|ma (?:so )?(?:xac thuc|xac nhan|xac minh|kich hoat|bi mat|pin|6 so)|mat khau|passcode|password|pass|pin|mk)"
_CODE = re.compile(rf"(?<![a-z]){_CODE_WORDS}(?P<link>[a-z :=,.()'\"/\-]{{0,24}})$")
_CODE_LINK = re.compile(r"[ :=,.('\"\-]*(?:(?:la|cua (?:toi|minh|em|anh|chi|bac|chau|no|vneid)|moi|day|nay|ve|vneid)[ :=,.('\"\-]*){0,3}")
_NOT_CODE = re.compile(r"\b(?:goi|tong dai|hotline|nam|ngay|thang|luc|tu|sau|phi|so cu)\b")
_THEN_CODE = re.compile(rf" ?(?:la|:|=) ?(?:cai |so )?(?:ma )?{_CODE_WORDS}(?![a-z])")


@dataclass(frozen=True, slots=True)
class Group:
    """Digits in a row."""

    start: int
    stop: int
    digits: str


def shadow(text: str) -> str:
    return "".join(map(_shade, text))


def protected(shade: str, masks: Iterable[str]) -> str:
    """The shadow with masks, dates, dossier codes and sums of money hidden."""
    for mask in masks:
        shade = shade.replace(shadow(mask), HIDDEN * len(mask))
    for pattern in (_DOSSIER, _DATE, _SUM):
        shade = pattern.sub(lambda match: HIDDEN * len(match[0]), shade)
    return shade


def runs(shade: str) -> Iterator[list[Group]]:
    """Groups of digits with nothing between them but what people put between the digits of one number."""
    run: list[Group] = []
    for match in _GROUP.finditer(shade):
        group = Group(match.start(), match.end(), match[0])
        if run and not _JOINT.fullmatch(shade, run[-1].stop, group.start):
            yield run
            run = []
        run.append(group)
    if run:
        yield run


def money_after(shade: str, stop: int) -> bool:
    return _MONEY.match(shade, stop) is not None


def id_near(shade: str, start: int) -> bool:
    return _ID.search(_before(shade, start)) is not None


def bank_near(shade: str, start: int) -> bool:
    """Whether the words before speak of a bank account, and of nothing else in between."""
    match = _BANK.search(_before(shade, start))
    return match is not None and not _NOT_BANK.search(match["link"])


def code_near(shade: str, start: int, stop: int, size: int) -> bool:
    """Whether the words around speak of a one-time code or a password. Short numbers must stand right beside the word."""
    if _THEN_CODE.match(shade, stop):
        return True
    match = _CODE.search(_before(shade, start))
    if match is None or _NOT_CODE.search(match["link"]):
        return False
    return size >= 6 or _CODE_LINK.fullmatch(match["link"]) is not None


def _before(shade: str, start: int) -> str:
    return shade[max(0, start - _NEAR) : start]


@lru_cache(maxsize=4096)
def _shade(character: str) -> str:
    """One character for one: a digit for a digit, a plain small letter for a letter, a dash or space for any other of its kind."""
    digit = unicodedata.digit(character, -1)
    if digit >= 0:
        return str(digit)
    category = unicodedata.category(character)
    if category == "Pd" or character == "\u2212":
        return "-"
    if category.startswith("Z") or category in ("Cc", "Cf"):
        return " "
    plain = strip(unicodedata.normalize("NFKC", character)).lower()
    return plain if len(plain) == 1 else character.lower()[:1]
