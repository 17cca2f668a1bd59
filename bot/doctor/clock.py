"""This machine's clock beside the others': signed times and certificates want it right within minutes.

Vietnam's time is a fixed distance from UTC in this program, so that no time zone data is needed.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from .finding import Finding, mend, unsure, well

MOST = timedelta(minutes=2)
REMEDY = "bật đồng bộ giờ của máy (timedatectl set-ntp true, hoặc cài chrony), rồi soát lại"


def compare(ours: datetime, others: Mapping[str, datetime | None]) -> list[Finding]:
    """`others`: who was asked, and what time it is there; None where they did not tell."""
    told = {name: time for name, time in others.items() if time is not None}
    if not told:
        return [unsure("clock", f"đồng hồ máy này là {ours:%Y-%m-%d %H:%M} UTC; không có nơi nào để so", "so với một chiếc điện thoại")]
    wrong = {name: ours - time for name, time in told.items() if abs(ours - time) > MOST}
    if not wrong:
        return [well("clock", f"đồng hồ đúng, so với {', '.join(told)}; giờ Việt Nam không cần dữ liệu múi giờ")]
    lines = [f"{'nhanh' if off > timedelta(0) else 'chậm'} hơn {name} {_length(off)}" for name, off in wrong.items()]
    return [mend("clock", f"đồng hồ máy này {'; '.join(lines)}", REMEDY)]


def _length(off: timedelta) -> str:
    minutes = round(abs(off.total_seconds()) / 60)
    return f"{minutes} phút" if minutes < 120 else f"{minutes // 60} giờ"
