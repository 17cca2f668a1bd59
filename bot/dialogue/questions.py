"""Questions that are answered in words: a number, a day, a commune, the citizen's own words; and how each answer is shown again."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..model.meaning import Figure, Heard
from ..model.place import Gazetteer, Place
from .answers import choice_with_id, counted
from .guide import MOST_LETTERS, Ask, Era, Question

SHORT = {Question.NUMBER: 7, Question.DATE: 9, Question.PLACE: 6}
"""Words of a text that is an answer before it is anything else; a longer one may be about something else that only names a number."""
MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that cannot be: which words say so, and what they may mention."""

    block: str
    values: dict[str, Any] = field(default_factory=dict)


def is_short(step: Ask, heard: Heard) -> bool:
    return step.kind in SHORT and len(heard.folded.split()) <= SHORT[step.kind]


def answer(step: Ask, heard: Heard, today: date, places: Gazetteer) -> str | Refused | None:
    """What is kept of the answer; why it is none; or None where nothing of that kind was said."""
    match step.kind:
        case Question.NUMBER:
            return _number(step, heard)
        case Question.DATE:
            return _date(step, heard, today)
        case Question.PLACE:
            found = communes(heard.places_if_asked, places)
            return found[0].id if len(found) == 1 else None
        case Question.TEXT:
            return heard.text.strip()[:MOST_LETTERS] or None
    return None


def communes(named: tuple[Place, ...], places: Gazetteer) -> tuple[Place, ...]:
    """Today's communes that may be meant by what was named."""
    return tuple(dict.fromkeys(commune for place in named for commune in places.now(place)))


def shown(step: Ask, kept: str, places: Gazetteer) -> str:
    """An answer as people read it."""
    match step.kind:
        case Question.NUMBER:
            return f"{kept} {step.unit}" if step.unit else kept
        case Question.DATE:
            day = _day(kept)
            return f"{day.day}/{day.month}/{day.year}" if day else kept
        case Question.PLACE:
            return places.title(kept)
        case Question.TEXT:
            return kept if len(kept) <= MOST_SHOWN else f"{kept[:MOST_SHOWN].rstrip()}…"
    choice = choice_with_id(step, kept)
    return choice.label if choice else kept


def _number(step: Ask, heard: Heard) -> str | Refused | None:
    figure = heard.figure or (None if heard.number is None else Figure(heard.number))
    value = None if figure is None else counted(figure, step.unit)
    if value is None:
        return None
    if (step.least is not None and value < step.least) or (step.most is not None and value > step.most):
        return Refused("common.number_bounds", {"least": step.least, "most": step.most, "unit": step.unit or ""})
    return str(value)


def _date(step: Ask, heard: Heard, today: date) -> str | Refused | None:
    if heard.day is None:
        day = _of_this_month(heard.number, today, step.era)
        return None if day is None else day.isoformat()
    if heard.day.day is None:
        return Refused("common.no_such_day", {"said": heard.day.said})
    day = heard.day.day if heard.day.exact else _on_side(heard.day.day, today, step.era)
    if step.era is Era.PAST and day > today:
        return Refused("common.day_not_yet", {"said": heard.day.said})
    if step.era is Era.FUTURE and day < today:
        return Refused("common.day_gone", {"said": heard.day.said})
    return day.isoformat()


def _on_side(day: date, today: date, era: Era | None) -> date:
    """A day without its year is last year's or next year's where this year's makes no sense."""
    if (era is Era.PAST and day > today) or (era is Era.FUTURE and day < today):
        return _safe(day.year + (1 if era is Era.FUTURE else -1), day.month, day.day) or day
    return day


def _of_this_month(number: int | None, today: date, era: Era | None) -> date | None:
    """A bare "20" is the twentieth of this month, or of the month before or after."""
    if number is None:
        return None
    day = _safe(today.year, today.month, number)
    if day is not None and era is Era.PAST and day > today:
        return _safe(today.year - (today.month == 1), (today.month - 2) % 12 + 1, number)
    if day is not None and era is Era.FUTURE and day < today:
        return _safe(today.year + (today.month == 12), today.month % 12 + 1, number)
    return day


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day(kept: str) -> date | None:
    try:
        return date.fromisoformat(kept)
    except ValueError:
        return None
