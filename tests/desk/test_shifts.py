"""A weekly plan, however it is written."""

import pytest

from bot.desk.shifts import brief, shifts, told

MORNINGS = "T2 7:30-11:30, T3 7:30-11:30, T4 7:30-11:30, T5 7:30-11:30, T6 7:30-11:30"


@pytest.mark.parametrize(
    ("written", "plan"),
    [
        ("T2-T6 7:30-11:30", MORNINGS),
        ("t2 – t6: 7h30 – 11h30", MORNINGS),
        ("thứ 2-thứ 6 7.30 đến 11.30", MORNINGS),
        ("T2-T6 7:30-11:30, T7 8:00-10:00", f"{MORNINGS}, T7 8:00-10:00"),
        ("T7, CN 8-10; 14h-16h", "T7 8:00-10:00, T7 14:00-16:00, CN 8:00-10:00, CN 14:00-16:00"),
        ("chủ nhật 20:00-24:00", "CN 20:00-24:00"),
        ("CN-T2 8-9", "T2 8:00-9:00, CN 8:00-9:00"),
        ("T3 8-10 T2 8-9", "T2 8:00-9:00, T3 8:00-10:00"),
        ("T2 8-10, T2 9-11, T2 11-12, T2 8-9", "T2 8:00-12:00"),
        ("", ""),
    ],
)
def test_a_plan_is_read(written: str, plan: str) -> None:
    read = shifts(written)
    assert read is not None
    assert told(read) == plan
    assert shifts(plan) == read
    assert shifts(brief(read)) == read


@pytest.mark.parametrize(
    "written", ["T2-T6 7:30-11:30, 13:30-17:00; CN 8:00-10:00", "T2 8:00-9:00; T4-T5 8:00-9:00; T6 8:00-10:00", "T2-CN 0:00-24:00", ""]
)
def test_a_plan_is_told_briefly(written: str) -> None:
    assert brief(shifts(written) or ()) == written


@pytest.mark.parametrize(
    "written", ["T2", "8-10", "T8 8-10", "T2 10-8", "T2 8-8", "T2 8:60-10", "T2 8-25", "T2 8-10 sáng", "sáng thứ hai", "T2 8-100"]
)
def test_what_is_no_plan_is_none(written: str) -> None:
    assert shifts(written) is None
