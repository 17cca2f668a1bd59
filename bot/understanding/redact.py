"""What must never be kept: numbers that open doors. Masked before the database, the logs and the language model see a text.

Masked are id numbers (12 digits, old ones of 9), phones, bank cards and accounts, one-time codes and passwords, also with spaces, dots or
dashes between the digits and in any script's digits. Left alone are dates, amounts of money, dossier codes, hotlines and short numbers.
When in doubt about twelve digits and more it masks: a wrongly masked number is asked again, a kept one cannot be taken back.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .spans import Group, bank_near, code_near, id_near, money_after, protected, runs, shadow

MASKS = {
    "id_number": "[số định danh đã che]",
    "phone": "[số điện thoại đã che]",
    "bank": "[số tài khoản đã che]",
    "otp": "[mã bí mật đã che]",
}
"""Kind -> what is written instead."""

LEAST_DIGITS, MOST_DIGITS = 4, 19
_PHONE = re.compile(r"(?:0[35789]\d{8}|(?:00)?840?[35789]\d{8}|02\d{9}|01[2689]\d{8})")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+")
_THREES = re.compile(r"\d{3}[^\d]{1,3}\d{3}[^\d]{1,3}\d{3}")
_CARD = re.compile(r"\d(?:[^\d]{1,3}\d)+|\d{3,}(?:[^\d]{1,3}\d{3,})+")
"""A card's digits as people part them: one by one, or in groups of three and more."""
_HOTLINE = re.compile(r"1[89]00\d{4,6}")
_PASSWORD = re.compile(r"(?<![a-z])(?:mat khau|pass(?:word|code)?|mk|ma pin)(?: [a-z]{1,8}){0,3}? ?(?:la|:|=) ?([^\s\x00]{4,64})")


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text that may be kept, and the kinds of private things that were in it, in order of appearance."""

    text: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Near:
    """What the words before a number speak of."""

    bank: bool
    id: bool


MOST_PASSES = 10


def redact(text: str) -> Redacted:
    """The text with every private number masked. Masking it again changes nothing: a mask may part what hid a second number."""
    kinds: list[str] = []
    for _ in range(MOST_PASSES):
        once = _redacted(text)
        kinds += once.kinds
        if once.text == text:
            break
        text = once.text
    return Redacted(text, tuple(dict.fromkeys(kinds)))


def phones(text: str) -> tuple[str, ...]:
    """The phone numbers in a text, as they are dialled within Vietnam: "0912345678"."""
    shade = protected(shadow(text), MASKS.values())
    found = ("".join(filter(str.isdigit, shade[start:stop])) for start, stop, kind in _found(text) if kind == "phone")
    return tuple(dict.fromkeys(_domestic(digits) for digits in found))


def _domestic(digits: str) -> str:
    bare = digits.removeprefix("00")
    return "0" + bare.removeprefix("84").removeprefix("0") if bare.startswith("84") and len(bare) > 10 else digits


def _redacted(text: str) -> Redacted:
    found = sorted(_found(text), key=lambda span: (span[0], -span[1]))
    parts, kinds, end = [], [], 0
    for start, stop, kind in found:
        if start >= end:
            parts += [text[end:start], MASKS[kind]]
            kinds.append(kind)
            end = stop
    return Redacted("".join([*parts, text[end:]]), tuple(dict.fromkeys(kinds)))


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    shade = protected(shadow(text), MASKS.values())
    for run in runs(shade):
        yield from _in_run(shade, run)
    for match in _PASSWORD.finditer(shade):
        secret = match[1].rstrip(".,;!?)")
        if any(c.isdigit() for c in secret) and any(c.isalpha() or c in "@#$%&*!_" for c in secret):
            yield match.start(1), match.start(1) + len(secret), "otp"


def _in_run(shade: str, run: list[Group]) -> Iterator[tuple[int, int, str]]:
    """The private numbers in one run of digit groups. A number may be a few neighbouring groups, never a part of one."""
    first = 0
    while first < len(run):
        found = _starting_at(shade, run, first)
        if found is None:
            first += 1
            continue
        last, kind = found
        yield _with_plus(shade, run[first].start), run[last].stop, kind
        first = last + 1


def _starting_at(shade: str, run: list[Group], first: int) -> tuple[int, str] | None:
    """The longest private number that begins with group `first`: its last group and its kind."""
    start = run[first].start
    near = _Near(bank=bank_near(shade, start), id=id_near(shade, start))
    digits, best = "", None
    for last in range(first, len(run)):
        digits += run[last].digits
        if len(digits) > MOST_DIGITS and last > first:
            break
        kind = _kind(shade, Group(start, run[last].stop, digits), last > first, near)
        if kind is not None:
            best = last, kind
    return best


def _kind(shade: str, number: Group, parted: bool, near: _Near) -> str | None:
    """What a number is, judged by its digits, its look and the words around it."""
    digits, looks = number.digits, shade[number.start : number.stop]
    if len(digits) < LEAST_DIGITS or _HOTLINE.fullmatch(digits) or _is_money(shade, number):
        return None
    amount = _THOUSANDS.fullmatch(looks) is not None
    if near.bank and 6 <= len(digits) <= MOST_DIGITS and not amount:
        return "bank"
    if len(digits) <= 8:
        return "otp" if not amount and code_near(shade, number.start, number.stop, len(digits)) else None
    if _PHONE.fullmatch(digits):
        return "phone"
    if amount and not near.id:
        return None
    return _long_number(shade, number, parted, near)


def _is_money(shade: str, number: Group) -> bool:
    """Whether a unit follows that makes it a sum. No sum begins with 0, and none of twelve digits is written without its dots."""
    plain = shade[number.start : number.stop] == number.digits
    return not number.digits.startswith("0") and not (plain and len(number.digits) >= 12) and money_after(shade, number.stop)


def _long_number(shade: str, number: Group, parted: bool, near: _Near) -> str | None:
    """A number of nine digits and more that is neither a phone nor money."""
    digits, looks = number.digits, shade[number.start : number.stop]
    if len(digits) == 12:
        return "id_number" if not parted or near.id or digits.startswith("0") else None
    if len(digits) == 9:
        inside_a_word = shade[number.start - 1 : number.start].isalpha() and shade[number.stop : number.stop + 1].isalpha()
        return None if inside_a_word or (parted and not near.id and not _THREES.fullmatch(looks)) else "id_number"
    if len(digits) >= 13 and (not parted or (_CARD.fullmatch(looks) and (digits.startswith("9704") or _luhn(digits)))):
        return "bank"
    return None


def _with_plus(shade: str, start: int) -> int:
    """Where a number really begins: at the "+" or "(+" before its country code."""
    for sign in ("(+", "+"):
        if start >= len(sign) and shade[start - len(sign) : start] == sign:
            return start - len(sign)
    return start


def _luhn(digits: str) -> bool:
    """Whether the check digit of a bank card is right."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return 13 <= len(digits) <= MOST_DIGITS and sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0
