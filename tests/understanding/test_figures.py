"""Numbers and days as people say them, and texts that only look as if they named one."""

from datetime import date

import pytest

from bot.model.meaning import Figure
from bot.understanding.figures import day, figure, reminder

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("con 8 tuổi", 8, "tuổi"),
        ("cháu nó tám tuổi", 8, "tuổi"),
        ("hai mươi mốt", 21, None),
        ("hai lăm tuổi", 25, "tuổi"),
        ("mười lăm tuổi", 15, "tuổi"),
        ("muoi lam tuoi", 15, "tuổi"),
        ("mười", 10, None),
        ("ba mươi", 30, None),
        ("năm lần", 5, "lần"),
        ("5 lan roi", 5, "lần"),
        ("8t", 8, "tuổi"),
        ("3 tháng tuổi", 3, "tháng"),
        ("bà 70", 70, "tuổi"),
        ("me 65 roi", 65, "tuổi"),
        ("bà sinh năm 1955", 71, "tuổi"),
        ("hai hôm", 2, "ngày"),
        ("một đêm thôi", 1, "ngày"),
        ("nửa tháng", 15, "ngày"),
        ("vài hôm", 3, "ngày"),
    ],
)
def test_a_number_and_what_it_counts(text: str, value: int, unit: str | None) -> None:
    assert figure(text, TUESDAY) == Figure(value, unit)


@pytest.mark.parametrize("text", ["bố mẹ em", "tôi có ba con", "25 tuổi, em 20 tuổi", "việc riêng tư", "năm ngoái", "", "😀", "1" * 5000])
def test_no_number(text: str) -> None:
    assert figure(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("20/11/2026", date(2026, 11, 20)),
        ("1.9.99", date(1999, 9, 1)),
        ("2026-01-02", date(2026, 1, 2)),
        ("hôm qua em đi rồi", date(2026, 11, 23)),
        ("thứ hai tuần trước", date(2026, 11, 16)),
        ("thứ sáu", date(2026, 11, 20)),
        ("chủ nhật tới", date(2026, 11, 29)),
        ("ngày mười hai tháng mười một", date(2026, 11, 12)),
        ("được ba hôm rồi", date(2026, 11, 21)),
        ("cách đây 10 ngày", date(2026, 11, 14)),
        ("2 tuần nữa", date(2026, 12, 8)),
        ("mai", date(2026, 11, 25)),
        ("ngày 20", date(2026, 11, 20)),
    ],
)
def test_a_day_seen_from_today(text: str, found: date) -> None:
    said = day(text, TUESDAY)
    assert said is not None
    assert said.day == found


@pytest.mark.parametrize("text", ["30/2", "31/4/2026", "ngày 40 tháng 2", "0/0/0000"])
def test_a_day_that_no_calendar_has(text: str) -> None:
    said = day(text, TUESDAY)
    assert said is not None
    assert said.day is None


@pytest.mark.parametrize(
    "text", ["xong rồi", "mùng 5/3", "rằm tháng giêng", "mồng mười", "192.168.1.1", "24/7 lúc nào cũng được 5/5", "9" * 4000]
)
def test_no_day(text: str) -> None:
    assert day(text, TUESDAY) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mai nhắc tôi nhé", date(2026, 11, 25)),
        ("3 ngày nữa nhắc em với", date(2026, 11, 27)),
        ("thu bay toi nhac minh", date(2026, 11, 28)),
        ("nhắc bác sau", date(2026, 11, 25)),
        ("nhắc lại", None),
        ("nhắc lại giúp em", None),
        ("hôm qua có nhắc tôi đâu", None),
        ("mai tôi ra xã", None),
    ],
)
def test_a_wish_to_be_reminded(text: str, found: date | None) -> None:
    assert reminder(text, TUESDAY) == found
