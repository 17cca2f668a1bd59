"""When the desk can be expected to answer: office hours, Vietnam's holidays, and what may honestly be promised.

Holidays are those of the Labour Code and the government's yearly swaps, as the package `holidays` carries them; the hours are what
commune offices commonly keep, and a province may set its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from holidays import country_holidays

from ..model.clock import VIETNAM, today

MORNING = (time(7, 30), time(11, 30))
AFTERNOON = (time(13, 30), time(17, 0))
ROUND = timedelta(minutes=5)
DAYS_AHEAD = 30
"""No run of days off is longer; Tết is nine."""


class Closed(StrEnum):
    """Why nobody is expected to answer right now."""

    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Soon:
    """How long an answer takes: with somebody on shift, in office hours without, after the office opens, and when it is urgent."""

    on_shift: timedelta = timedelta(minutes=15)
    in_hours: timedelta = timedelta(minutes=45)
    after_opening: timedelta = timedelta(minutes=60)
    urgent: timedelta = timedelta(minutes=10)


class Hours:
    def __init__(self, spans: Sequence[tuple[time, time]] = (MORNING, AFTERNOON), soon: Soon | None = None) -> None:
        """`spans`: of a working day, in Vietnam, in order."""
        self._spans = tuple(spans)
        self._soon = soon or Soon()
        self._holidays = country_holidays("VN", language="vi")

    def closed(self, now: datetime) -> Closed | None:
        """Why the office is closed; None while it is open."""
        there = now.astimezone(VIETNAM)
        if there.date() in self._holidays:
            return Closed.HOLIDAY
        if not self._is_workday(there.date()):
            return Closed.WEEKEND
        return None if any(begin <= there.time() < end for begin, end in self._spans) else Closed.HOURS

    def holiday(self, now: datetime) -> str | None:
        """What the holiday of that day is called."""
        name: str | None = self._holidays.get(today(now))
        return name

    def opens(self, now: datetime) -> datetime:
        """When the office is open next; now, while it is."""
        if self.closed(now) is None:
            return now
        there = now.astimezone(VIETNAM)
        for ahead in range(DAYS_AHEAD):
            day = there.date() + timedelta(days=ahead)
            if self._is_workday(day):
                for begin, _ in self._spans:
                    opening = datetime.combine(day, begin, VIETNAM)
                    if opening > there:
                        return opening.astimezone(UTC)
        raise AssertionError("no working day within a month")

    def promise(self, now: datetime, on_shift: bool, urgent: bool = False) -> datetime:
        """By when a person will have answered: rounded up, so that the clock on the wall shows it plainly."""
        if urgent:
            return _rounded(now + self._soon.urgent)
        if on_shift:
            return _rounded(now + self._soon.on_shift)
        if self.closed(now) is None:
            return self._within(now, self._soon.in_hours)
        return self._within(self.opens(now), self._soon.after_opening)

    def after_workdays(self, now: datetime, days: int) -> datetime:
        """The end of the working day that is so many after today; today does not count."""
        day = now.astimezone(VIETNAM).date()
        for _ in range(days):
            day = next(one for ahead in range(1, DAYS_AHEAD) if self._is_workday(one := day + timedelta(days=ahead)))
        return datetime.combine(day, self._spans[-1][1], VIETNAM).astimezone(UTC)

    def _within(self, now: datetime, span: timedelta) -> datetime:
        """That much office time after `now`, pausing while the office is closed."""
        left, at = span, now
        while True:
            end = self._end(at)
            if at + left <= end:
                return _rounded(at + left)
            left -= end - at
            at = self.opens(end)

    def _end(self, now: datetime) -> datetime:
        there = now.astimezone(VIETNAM)
        end = next(end for begin, end in self._spans if begin <= there.time() < end)
        return datetime.combine(there.date(), end, VIETNAM).astimezone(UTC)

    def _is_workday(self, day: date) -> bool:
        return day not in self._holidays and (day.weekday() < 5 or day in self._holidays.weekend_workdays)


_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def told(moment: datetime, now: datetime) -> str:
    """A moment as one says it: "14 giờ 30", "8 giờ 30 sáng mai", "8 giờ 30 thứ Hai 30/11"."""
    there, here = moment.astimezone(VIETNAM), now.astimezone(VIETNAM)
    clock = f"{there.hour} giờ {there.minute:02}" if there.minute else f"{there.hour} giờ"
    days = (there.date() - here.date()).days
    if days == 0:
        return clock
    if days == 1:
        return f"{clock} {'sáng' if there.hour < 12 else 'chiều'} mai"
    return f"{clock} {_WEEKDAYS[there.weekday()]} {there.day}/{there.month}"


def _rounded(moment: datetime) -> datetime:
    """Up to the next five minutes."""
    over = timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return moment if not over else moment + ROUND - over
