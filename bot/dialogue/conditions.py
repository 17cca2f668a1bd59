"""What a check may ask of the answers: how it is written, and whether it holds."""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date

from .guide import Ask, Branch, Condition, Question

WORDS = ("past", "today", "future", "answered", "unanswered")
HELPING = "helping"
"""Stands for no question: whether the citizen does it for somebody else, "yes" or "no"."""
DAYS = {"ngày": 1, "tuần": 7, "tháng": 30, "năm": 365}
_COMPARED = re.compile(rf"(<=|>=|<|>)\s*(\d{{1,6}})(?:\s+({'|'.join(DAYS)}))?")
_SIGNS: Mapping[str, Callable[[int, int], bool]] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def condition(asked: str, written: str) -> Condition:
    """A condition as it stands in a file: `valid`, `< 14`, `> 7 ngày`, `past`."""
    compared = _COMPARED.fullmatch(written)
    if compared:
        return Condition(asked, compared[1], compared[2], DAYS.get(compared[3]) if compared[3] else None)
    return Condition(asked, written) if written in WORDS else Condition(asked, "is", written)


def holds(branch: Branch, answers: Mapping[str, str], helping: bool, today: date, may_be_said: Callable[[str, date], bool]) -> bool:
    """`may_be_said`: whether a fact's value, and not only its safe form, may be said on that day."""
    known = {**answers, HELPING: "yes" if helping else "no"}
    fits = all(_holds(condition, known.get(condition.asked), today) for condition in branch.conditions)
    return fits and (branch.fact is None or may_be_said(branch.fact, today))


def written(branch: Branch) -> str:
    """A branch as people read it in a drawing."""
    parts = [f"{one.asked}: {' '.join(spelt(one))}" for one in branch.conditions]
    return ", ".join([*parts, *([f"fact: {branch.fact}"] if branch.fact else [])])


def can_hold(one: Condition, asked: Ask | None) -> bool:
    """Whether an answer to that question can ever be so; None is no question of the guide."""
    if asked is None:
        return one.asked == HELPING and one.sign == "is" and one.value in ("yes", "no")
    if one.sign in ("answered", "unanswered"):
        return True
    if one.sign == "is":
        return any(choice.id == one.value for choice in asked.choices)
    return asked.kind is (Question.NUMBER if one.sign in _SIGNS and one.days is None else Question.DATE)


def spelt(one: Condition) -> list[str]:
    """A condition as it is written."""
    unit = next((name for name, days in DAYS.items() if days == one.days), None)
    return [word for word in (one.sign if one.sign != "is" else "", one.value, unit) if word]


def _holds(condition: Condition, answer: str | None, today: date) -> bool:
    if condition.sign in ("answered", "unanswered"):
        return (answer is not None) == (condition.sign == "answered")
    if answer is None:
        return False
    if condition.sign == "is":
        return answer == condition.value
    try:
        if condition.sign in _SIGNS and condition.days is None:
            return _SIGNS[condition.sign](int(answer), int(condition.value))
        day = date.fromisoformat(answer)
    except ValueError:
        return False  # another version of the guide asked for something else
    if condition.sign in _SIGNS:
        return _SIGNS[condition.sign]((today - day).days, int(condition.value) * (condition.days or 1))
    return {"past": day < today, "today": day == today, "future": day > today}[condition.sign]
