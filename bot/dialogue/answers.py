"""One parser for each kind of question: a tap, a number, a label with or without diacritics and own words are the same answer.

The language model's "affirm" is never an answer: yes and no come from exact lists alone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..model.meaning import Figure, Heard
from ..model.message import Verb
from .guide import Ask, Choice, Do, Trouble

NOT = "khong phai"
_WHETHER = re.compile(r"(?:(?:the|ma|vay|a|u) )*co (?!.*\bkhong thay\b).+ khong(?: a| nhi| the| ha| vay| chau| em| ban| nhe)*")
"""«Có mất tiền không» asks; it tells of no money lost."""
_BARE = re.compile(r"(?:(?:da|vang|u|thi) )*(co|con|khong|ko|k|chua)(?: (?:a|nhe|roi|dau|chau|em|oi))*")
_SUBJECT = r"(?:(?:may|da|van|toi|minh|nha|dang) )*"
_BEGINS = {
    "co": re.compile(rf"{_SUBJECT}co\b"),
    "con": re.compile(rf"{_SUBJECT}(?:co va )?con\b"),
    "chua": re.compile(rf"{_SUBJECT}(?:chua|khong)\b"),
    **dict.fromkeys(("khong", "ko", "k"), re.compile(rf"{_SUBJECT}(?:khong|chua)\b")),
}
AGE = "tuổi"
_IN_A_YEAR = {"tháng": 12, "tuần": 52, "ngày": 365}
_DAYS_IN = {"tuần": 7, "tháng": 30, "năm": 365}
_A_DAY = re.compile(r"\b(?:thu|chu nhat|truoc|hom|qua|kia|cach day)\b")
"""«Thứ hai tuần trước» names a day and no age."""
MOST_TAPS = 9
"""A bare number as small as this was meant for a button."""
COUNTED = 7
"""Words of a text whose number is an answer before it is anything else."""
_COMPARES = re.compile(r"\b(?:duoi|tren|hon|chua (?:du|den|toi|day)|tu|tro len)\b")
"""«Dưới 14 tuổi» names a bound and no age."""
PLAIN_NAME = 3
"""So many words name a usual trouble even inside a question: «có tiền mai táng không»."""
MOSTLY = 0.4
"""The share of a text that a choice's phrase must make up to be taken for the answer before the model is heard."""


def answer_value(guide: str, step: str, choice: str) -> str:
    """What a tap carries that answers a step: it names the step, so that an old tap can never answer another."""
    return f"{Verb.ANSWER}:{guide}/{step}.{choice}"


@dataclass(frozen=True, slots=True)
class TappedAnswer:
    """A tap's answer, read back: to which step, and what."""

    guide: str
    step: str
    choice: str

    @classmethod
    def read(cls, named: str) -> "TappedAnswer | None":
        """From what stands behind `answer:`; None where it is not of that form."""
        guide, slash, rest = named.partition("/")
        step, dot, choice = rest.partition(".")
        return cls(guide, step, choice) if slash and dot else None


def choice_of(step: Ask, heard: Heard) -> Choice | None:
    """The choice that was meant, by exact signals: a number, the label, one of its words, yes or no where that is the question."""
    if heard.number is not None and 1 <= heard.number <= len(step.choices):
        return step.choices[heard.number - 1]
    if heard.number is not None:
        return _by_count(step, heard)
    if step.yes_no and heard.yes is not None:
        return choice_with_id(step, "yes" if heard.yes else "no")
    exact = [choice for choice in step.choices if any(form in (choice.folded, *choice.words) for form in heard.forms)]
    return exact[0] if len(exact) == 1 else _begun_so(step, heard) or _by_count(step, heard)


def _begun_so(step: Ask, heard: Heard) -> Choice | None:
    """A bare «có», «còn», «không» where just one label begins so: «Máy có NFC», «Không thấy»."""
    said = _BARE.fullmatch(heard.folded)
    begins = _BEGINS.get(said[1]) if said is not None and not step.yes_no else None
    fitting = [choice for choice in step.choices if begins is not None and begins.match(choice.folded)]
    return fitting[0] if len(fitting) == 1 else None


def _by_count(step: Ask, heard: Heard) -> Choice | None:
    """The choice within whose bounds the number lies that a short text names: «tôi 72 tuổi», «bé 7 tháng»."""
    bounded = [choice for choice in step.choices if (choice.least, choice.most) != (None, None)]
    figure, bare = heard.figure, heard.number is not None and heard.number > MOST_TAPS
    if not bounded or figure is None or _A_DAY.search(heard.folded) or heard.remind is not None or not (bare or figure.unit is not None):
        return None
    if len(heard.folded.split()) > COUNTED or _COMPARES.search(heard.folded):
        return None
    value = counted(figure, step.unit)
    fitting = [one for one in bounded if value is not None and (one.least or 0) <= value <= (value if one.most is None else one.most)]
    named = choice_within(step, heard)
    return named or (fitting[0] if len(fitting) == 1 else None)


def counted(figure: Figure, unit: str | None) -> int | None:
    """In the question's unit: a baby of eight months is no year old, two months are sixty days, and "3 ngày" is no number of times."""
    if unit is None or figure.unit in (None, unit) or (unit == AGE and figure.unit == "năm"):
        return figure.value
    if unit == AGE:
        return figure.value // _IN_A_YEAR[figure.unit] if figure.unit in _IN_A_YEAR else None
    return figure.value * _DAYS_IN[figure.unit] if unit == "ngày" and figure.unit in _DAYS_IN else None


def choice_within(step: Ask, heard: Heard) -> Choice | None:
    """The one choice whose label or words stand in a longer text; None where none does, or two do and neither says more."""
    return next((choice for form in heard.forms if (choice := _within(step, form))), None)


def _within(step: Ask, folded: str) -> Choice | None:
    folded = _asserted(step, folded)
    found = {choice.id: longest for choice in step.choices if (longest := _longest(folded, _phrases(step, choice)))}
    best = max(found.values(), default=0)
    winners = [choice for choice in step.choices if found.get(choice.id) == best > 0]
    return winners[0] if len(winners) == 1 else None


def mostly_answers(step: Ask, heard: Heard) -> bool:
    """Whether a short text says little else than one of the choices: «hết hạn rồi» is an answer before it is anything else."""
    return any(_mostly(step, form) for form in heard.forms)


def _mostly(step: Ask, folded: str) -> bool:
    choice, folded = _within(step, folded), _asserted(step, folded)
    return choice is not None and _longest(folded, _phrases(step, choice)) >= MOSTLY * len(folded)


def _asserted(step: Ask, folded: str) -> str:
    """A text without the choices that it says are not meant: «không phải trẻ con, người lớn» is «người lớn»."""
    if NOT not in folded:
        return folded
    phrases = sorted((phrase for choice in step.choices for phrase in _phrases(step, choice)), key=len, reverse=True)
    left = f" {folded} "
    for phrase in phrases:
        for negated in (f" {NOT} la {phrase} ", f" {NOT} {phrase} "):
            left = left.replace(negated, " ")
    return " ".join(left.split()) or folded


def is_done(step: Do, heard: Heard) -> bool:
    """Xong, by exact signals: "1", a yes, the command."""
    return heard.act == "step_done" or heard.yes is True or heard.number == 1


def is_stuck(step: Do, heard: Heard) -> bool:
    return heard.act == "step_stuck" or heard.yes is False or heard.number == 2


def names_trouble(step: Do, heard: Heard) -> Trouble | None:
    """The usual trouble whose label or words are all that was said: then it is that, though elsewhere it would be a command."""
    if heard.number is not None or heard.yes is not None:
        return None
    return next((trouble for trouble in step.stuck if any(form in (trouble.folded, *trouble.words) for form in heard.forms)), None)


def trouble_of(step: Do, heard: Heard) -> Trouble | None:
    """The usual trouble that was tapped, named, or told in words."""
    if heard.tap is not None:
        return next((trouble for trouble in step.stuck if heard.tap.value == f"{Verb.TROUBLE}:{trouble.id}"), None)
    least = PLAIN_NAME if _WHETHER.fullmatch(heard.folded) else 1
    named = [(trouble, [phrase for phrase in (trouble.folded, *trouble.words) if len(phrase.split()) >= least]) for trouble in step.stuck]
    told = [(longest, trouble) for trouble, phrases in named if (longest := max(_longest(form, phrases) for form in heard.forms))]
    return max(told, key=lambda pair: pair[0])[1] if told else None


def _phrases(step: Ask, choice: Choice) -> tuple[str, ...]:
    """A bare "có" or "không" stands in half of all sentences, so a yes or no within one is known by its words alone."""
    return choice.words if step.yes_no else (choice.folded, *choice.words)


def choice_with_id(step: Ask, name: str) -> Choice | None:
    return next((choice for choice in step.choices if choice.id == name), None)


def _longest(folded: str, phrases: Iterable[str]) -> int:
    """The length of the longest phrase that stands in the text as whole words; 0 where none does."""
    padded = f" {folded} "
    return max((len(phrase) for phrase in phrases if phrase and f" {phrase} " in padded), default=0)
