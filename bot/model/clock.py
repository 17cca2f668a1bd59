"""Time as the program sees it: a clock is an argument, so that tests move it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

Clock = Callable[[], datetime]

VIETNAM = timezone(timedelta(hours=7), "ICT")
"""Vietnam's time, all year; no time zone database is needed for it."""


def now() -> datetime:
    return datetime.now(UTC)


EARLY = 8
"""The hour at which nobody is woken by a message."""


def morning(day: date) -> datetime:
    """When, on that day in Vietnam, a citizen may be written to."""
    return datetime(day.year, day.month, day.day, EARLY, tzinfo=VIETNAM).astimezone(UTC)


def today(moment: datetime) -> date:
    """The date in Vietnam at that moment: what facts are valid by."""
    return moment.astimezone(VIETNAM).date()


def minute_of_week(moment: datetime) -> tuple[int, int]:
    """The weekday in Vietnam (0 is Monday) and the minute of that day."""
    there = moment.astimezone(VIETNAM)
    return there.weekday(), there.hour * 60 + there.minute
