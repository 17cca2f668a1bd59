"""Numbers and days within a text, as people say them: "con 8 tuổi", "hai mươi mốt", "hôm kia", "ngày 5 tháng 3", "thứ hai tuần trước".

A text that names two different numbers, or two days, names none: nobody could tell which was meant.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from ..model.meaning import Figure, SaidDay
from .text import fold, normalise

LONGEST = 300
"""Characters read: an answer to a question is short."""
_DIGITS = {
    "khong": 0,
    "mot": 1,
    "hai": 2,
    "ba": 3,
    "bon": 4,
    "tu": 4,
    "nam": 5,
    "lam": 5,
    "nham": 5,
    "sau": 6,
    "bay": 7,
    "tam": 8,
    "chin": 9,
}
_DIGITS |= {
    "một": 1,
    "mốt": 1,
    "bốn": 4,
    "tư": 4,
    "năm": 5,
    "lăm": 5,
    "nhăm": 5,
    "sáu": 6,
    "bảy": 7,
    "bẩy": 7,
    "tám": 8,
    "chín": 9,
    "không": 0,
}
_TENS = frozenset({"muoi", "mươi", "mười", "chuc", "chục"})
_COUNTS = ("hôm", "đêm", "tuổi", "lần", "ngày", "tháng", "tuần", "năm", "người", "giờ")
_BESIDE = frozenset(form for word in _COUNTS for form in (word, fold(word)))
"""What a number written as a word must stand beside within a longer text: "ba" is a father, "năm" a year, "tư" a private matter."""
_DAY = "ngày"
_UNITS = {"hom": _DAY, "dem": _DAY} | {
    fold(unit): unit for unit in ("tuổi", "lần", "ngày", "tháng", "tuần", "năm", "người", "giờ", "phút", "bản", "đồng", "nghìn", "triệu")
}

_KIN = r"(?:(?:da|vang|nam nay|chau|bac|ba|ong|cu|me|bo|toi|em|minh|co|chu|anh|chi|be|con|no|nay) )"
_OF_AGE = re.compile(rf"{_KIN}+(?:(?:moi|gan|da|duoc|hon|ngoai|tam) )*(\d{{2,3}})(?: (?:roi|thoi|a|day))*")
"""«Bà 70» tells an age."""
_BORN = re.compile(r"\b(?:sinh|sn)(?: nam)? ((?:19|20)\d\d)\b")
_HALVES = {"nua thang": Figure(15, _DAY), "nua nam": Figure(6, "tháng")}
_SOME = re.compile(r"\bvai (hom|ngay|dem|tuan|thang)\b")
_A_FEW = 3
_FULL = re.compile(r"(?<![\d/.\-])(\d{1,2})\s?[/.\-]\s?(\d{1,2})(?:\s?[/.\-]\s?(\d{2}|\d{4}))?(?!\d|[/.\-]\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_SPOKEN = re.compile(r"(?:ngay )?(\d{1,2}|[a-z]+(?: muoi)?(?: [a-z]+)?) thang (\d{1,2}|[a-z]+(?: hai| mot)?)(?: nam (\d{4}))?\b")
_THIS_MONTH = re.compile(r"\b(?:ngay|hom) (\d{1,2})(?: thang nay)?\b(?! thang)")
_MOON = re.compile(r"\b(?:am lich|lich am|am|mung|mong|thang gieng|thang chap|ram|tet)\b")
"""Days by the moon are told by these words: no day of the calendar that offices use."""
_BEFORE = re.compile(r"\b(\d{1,3}|[a-z]+(?: muoi)?) (ngay|hom|tuan|thang|nam) (?:truoc|roi|nay)\b")
_SINCE = re.compile(r"\b(?:cach day|cach nay|duoc) (\d{1,3}|[a-z]+) (ngay|hom|tuan|thang|nam)\b")
_AFTER = re.compile(r"\b(\d{1,3}|[a-z]+) (ngay|hom|tuan|thang) nua\b")
_REMIND = re.compile(
    r"\bnhac (?:lai )?(?:cho |giup |ho |gium )?(?:toi|minh|em|chau|bac|co|chu|ong|ba|anh|chi|con|tui|nhe|nha|giup|viec nay)\b"
)
_LATER = re.compile(r"\bnhac (?:lai )?(?:[a-z]+ )?(?:sau|lan nua|hom sau)\b")
_RELATIVE = {
    "hom nay": 0,
    "sang nay": 0,
    "chieu nay": 0,
    "trua nay": 0,
    "toi nay": 0,
    "vua xong": 0,
    "hom qua": -1,
    "toi qua": -1,
    "chieu qua": -1,
    "hom kia": -2,
    "hom kia kia": -3,
    "ngay mai": 1,
    "hom sau": 1,
    "mai": 1,
    "sang mai": 1,
    "chieu mai": 1,
    "ngay kia": 2,
    "mot": 2,
    "tuan truoc": -7,
    "tuan roi": -7,
    "tuan sau": 7,
    "tuan toi": 7,
    "thang truoc": -30,
    "thang roi": -30,
    "thang sau": 30,
    "thang toi": 30,
    "nam ngoai": -365,
}
_WEEKDAYS = {"thu hai": 0, "thu ba": 1, "thu tu": 2, "thu nam": 3, "thu sau": 4, "thu bay": 5, "chu nhat": 6}
_WEEKDAYS |= {f"thu {number}": number - 2 for number in range(2, 8)}
_DAYS = {"ngay": 1, "hom": 1, "tuan": 7, "thang": 30, "nam": 365}
_CENTURY = 100


def figure(text: str, today: date | None = None) -> Figure | None:
    """The one number that a text names, with the word for what it counts; None where there is none, or more than one.

    `today`: what the age of one «sinh năm 1955» is reckoned by.
    """
    if len(text) > LONGEST:
        return None
    words = normalise(text).split()
    found = [*_told(fold(normalise(text)), today)] or [*_written(words), *_spelt(words)]
    values = {(one.value, one.unit) for one in found}
    return found[0] if len(values) == 1 else None


def day(text: str, today: date) -> SaidDay | None:
    """The day that a text names, seen from today; one that no calendar has ("30/2") is said to be none."""
    if len(text) > LONGEST:
        return None
    folded = fold(normalise(text))
    said = None if _MOON.search(folded) else _in_figures(text) or _in_words(folded, today)
    return None if said is None else SaidDay(_real(said, today), _shown(said), isinstance(said, date) or said[2] is not None)


def reminder(text: str, today: date) -> date | None:
    """The day on which the writer asks to be reminded; tomorrow, where they only say later."""
    folded = fold(normalise(text))
    if len(text) > LONGEST or not _REMIND.search(folded):
        return None
    named = day(text, today)
    if named is not None:
        return named.day if named.day is not None and named.day > today else None
    return today + timedelta(days=1) if _LATER.search(folded) else None


def _told(folded: str, today: date | None) -> Iterator[Figure]:
    """Numbers that are told without naming them as such: «sinh năm 1955», «bà 70», «nửa tháng», «vài hôm»."""
    if today is not None and (born := _BORN.search(folded)):
        yield Figure(today.year - int(born[1]), "tuổi")
    elif aged := _OF_AGE.fullmatch(folded):
        yield Figure(int(aged[1]), "tuổi")
    yield from (half for said, half in _HALVES.items() if f" {said} " in f" {folded} ")
    if some := _SOME.search(folded):
        yield Figure(_A_FEW, _UNITS[some[1]])


def _written(words: list[str]) -> list[Figure]:
    """Numbers in digits; "8t" and "8tuổi" too."""
    found = []
    for place, word in enumerate(words):
        parts = re.fullmatch(r"(\d{1,9})(t|tuổi|tuoi)?", word)
        if parts:
            after = words[place + 1] if place + 1 < len(words) else ""
            found.append(Figure(int(parts[1]), "tuổi" if parts[2] else _UNITS.get(fold(after))))
    return found


def _spelt(words: list[str]) -> list[Figure]:
    """Numbers in words up to ninety-nine, where they are all of the text or stand right before what they count."""
    found, place = [], 0
    while place < len(words):
        value, length = _spelt_at(words[place:])
        after = words[place + length] if place + length < len(words) else ""
        alone = length == len(words)
        if length and (alone or after in _BESIDE):
            found.append(Figure(value, _UNITS.get(fold(after))))
        place += max(length, 1)
    return found


def _spelt_at(words: list[str]) -> tuple[int, int]:
    """The value of the number in words that a text begins with, and how many words it takes; of none, none."""
    first = words[0]
    if first in ("mười", "muoi", "chục"):
        units = _DIGITS.get(words[1]) if len(words) > 1 and words[1] not in _BESIDE - {"năm", "nam"} else None
        return (10 + units, 2) if units else (10, 1)
    if first not in _DIGITS:
        return 0, 0
    if len(words) > 1 and words[1] in _TENS and _DIGITS[first]:
        units = _DIGITS.get(words[2]) if len(words) > 2 else None
        return (10 * _DIGITS[first] + units, 3) if units else (10 * _DIGITS[first], 2)
    short = _DIGITS.get(words[1]) if len(words) > 1 and words[1] in ("mốt", "mot", "lăm", "lam", "nhăm", "tư") else None
    return (10 * _DIGITS[first] + short, 2) if short and _DIGITS[first] > 1 else (_DIGITS[first], 1)


Said = tuple[int, int, int | None] | date
"""Day, month and year as they were said, or a day that was reckoned."""


def _in_figures(text: str) -> Said | None:
    iso = _ISO.findall(text)
    if len(iso) == 1:
        year, month, day_ = map(int, iso[0])
        return day_, month, year
    found = {(int(d), int(m), int(y) if y else None) for d, m, y in _FULL.findall(text)}
    return found.pop() if len(found) == 1 else None


def _in_words(folded: str, today: date) -> Said | None:
    spoken = _SPOKEN.search(folded)
    if spoken and (day_ := _count(spoken[1])) and (month := _month(spoken[2])):
        return day_, month, int(spoken[3]) if spoken[3] else None
    return _weekday(folded, today) or _shifted(folded, today) or _of_this_month(folded, today)


def _shifted(folded: str, today: date) -> date | None:
    """Days before or after today."""
    for pattern, sign in ((_BEFORE, -1), (_SINCE, -1), (_AFTER, 1)):
        found = pattern.search(folded)
        count = _count(found[1]) if found else None
        if found and count is not None:
            return today + timedelta(days=sign * count * _DAYS[found[2]])
    said = [phrase for phrase in _RELATIVE if f" {phrase} " in f" {folded} " and (phrase != "mot" or folded == "mot")]
    return today + timedelta(days=_RELATIVE[max(said, key=len)]) if said else None


def _weekday(folded: str, today: date) -> date | None:
    """The last one of that name, unless "tới" or "sau" says the next, or "tuần trước" the one a week before."""
    name = next((name for name in _WEEKDAYS if f" {name} " in f" {folded} "), None)
    if name is None:
        return None
    named, folded = _WEEKDAYS[name], f" {folded} ".replace(f" {name} ", " ")
    monday = today - timedelta(days=today.weekday())
    if re.search(r"\btuan (?:truoc|roi)\b", folded):
        return monday + timedelta(days=named - 7)
    if re.search(r"\btuan (?:sau|toi)\b", folded):
        return monday + timedelta(days=named + 7)
    this = monday + timedelta(days=named)
    ahead = re.search(r"\b(?:toi|sau|nay)\b", folded) is not None
    return this + timedelta(days=7 if ahead and this < today else 0 if ahead or this <= today else -7)


def _of_this_month(folded: str, today: date) -> Said | None:
    found = _THIS_MONTH.search(folded)
    return (int(found[1]), today.month, today.year) if found else None


def _real(said: Said, today: date) -> date | None:
    """The day in the calendar; a day without its year is the nearest to today."""
    if isinstance(said, date):
        return said
    day_, month, year = said
    if year is not None:
        return _calendar(year if year >= _CENTURY else _with_century(year, today), month, day_)
    near = [found for y in (today.year - 1, today.year, today.year + 1) if (found := _calendar(y, month, day_))]
    return min(near, key=lambda found: abs(found - today), default=None)


def _with_century(year: int, today: date) -> int:
    """Two digits of a year: not more than a few years ahead."""
    full = today.year - today.year % _CENTURY + year
    return full if full <= today.year + 20 else full - _CENTURY


def _calendar(year: int, month: int, day_: int) -> date | None:
    try:
        return date(year, month, day_)
    except ValueError:
        return None


def _shown(said: Said) -> str:
    day_, month, year = (said.day, said.month, said.year) if isinstance(said, date) else said
    return f"{day_}/{month}" + (f"/{year}" if year is not None else "")


def _count(words: str) -> int | None:
    if words.isdecimal():
        return int(words)
    value, length = _spelt_at(words.split())
    return value if length == len(words.split()) else None


def _month(words: str) -> int | None:
    return _count(words) or _count(words.split()[0])
