"""A weekly plan as people write it: "T2-T6 7:30-11:30, 13:30-17:00; T7, CN 8h-10h"."""

import re
from collections import defaultdict
from collections.abc import Iterable

from ..model.people import Shift
from ..understanding.text import strip

DAY = 24 * 60
_DAY = r"(?:(?:t|thu)\s*[2-7]|cn|chu\s*nhat)"
_TIME = r"(\d{1,2})(?:\s*[:hg.]\s*(\d{2})?)?"
_SPAN = re.compile(rf"((?:{_DAY}[\s,;&-]*)+:?\s*)?{_TIME}\s*(?:-|den)\s*{_TIME}(?!\d)[\s,;.]*")
_DAYS = re.compile(rf"({_DAY})(?:\s*-\s*({_DAY}))?")
_DASHES = str.maketrans("–—−", "---")


def shifts(text: str) -> tuple[Shift, ...] | None:
    """The plan in order, what overlaps made one; a span without days has those before it. None: not readable as a plan."""
    line = strip(text).lower().translate(_DASHES).strip()
    found: list[Shift] = []
    days: list[int] = []
    at = 0
    while at < len(line):
        span = _SPAN.match(line, at)
        if span is None:
            return None
        days = _days(span[1]) if span[1] else days
        starts, ends = _minute(span[2], span[3]), _minute(span[4], span[5])
        if not days or starts is None or ends is None or starts >= ends:
            return None
        found += [Shift(day, starts, ends) for day in days]
        at = span.end()
    return _merged(found)


def told(plan: Iterable[Shift]) -> str:
    """The same as text, day by day; `shifts` reads it back."""
    return ", ".join(f"{_name(one.weekday)} {_clock(one.starts)}-{_clock(one.ends)}" for one in plan)


def brief(plan: Iterable[Shift]) -> str:
    """The same as people write it: "T2-T6 7:30-11:30, 13:30-17:00; CN 8:00-10:00"; `shifts` reads it back too."""
    spans: dict[int, str] = {}
    for one in plan:
        before = f"{spans[one.weekday]}, " if one.weekday in spans else ""
        spans[one.weekday] = f"{before}{_clock(one.starts)}-{_clock(one.ends)}"
    runs: list[list[int]] = []
    for day in sorted(spans):
        if runs and day == runs[-1][-1] + 1 and spans[day] == spans[runs[-1][-1]]:
            runs[-1].append(day)
        else:
            runs.append([day])
    return "; ".join(f"{_name(run[0])}{f'-{_name(run[-1])}' if len(run) > 1 else ''} {spans[run[0]]}" for run in runs)


def _days(text: str) -> list[int]:
    """Weekdays, 0 is Monday; a span may run over the week's end."""
    listed: list[int] = []
    for one in _DAYS.finditer(text):
        first = _weekday(one[1])
        last = first if one[2] is None else _weekday(one[2])
        listed += [(first + ahead) % 7 for ahead in range((last - first) % 7 + 1)]
    return listed


def _weekday(name: str) -> int:
    return int(name[-1]) - 2 if name[-1].isdecimal() else 6


def _name(weekday: int) -> str:
    return "CN" if weekday == 6 else f"T{weekday + 2}"


def _minute(hour: str, minute: str | None) -> int | None:
    of_day = int(hour) * 60 + int(minute or 0)
    return of_day if int(minute or 0) < 60 and of_day <= DAY else None


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def _merged(found: Iterable[Shift]) -> tuple[Shift, ...]:
    by_day: dict[int, list[Shift]] = defaultdict(list)
    for one in sorted(found, key=lambda each: (each.weekday, each.starts)):
        before = by_day[one.weekday]
        if before and one.starts <= before[-1].ends:
            before[-1] = Shift(one.weekday, before[-1].starts, max(before[-1].ends, one.ends))
        else:
            before.append(one)
    return tuple(one for day in sorted(by_day) for one in by_day[day])
