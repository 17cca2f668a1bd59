"""Where things are done in each commune: names that follow from the commune's own, and numbers and addresses as the province fills them in.

Nothing here is invented: what the province left empty is not said. There is no office above the commune any more but the province's.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self

from ..model.errors import Fault, WrittenError
from ..model.place import Place

FILE = "content/facts/offices.csv"
COLUMNS = ("commune", "police_phone", "police_address", "centre_phone", "centre_address", "hours", "source", "reviewed")
HOLDS = timedelta(days=365)
"""A number that nobody looked at for so long is not said any more."""
_PHONE = re.compile(r"\d[\d .]{6,14}\d")


class Kind(StrEnum):
    POLICE = "police"
    CENTRE = "centre"


NAMES = {Kind.POLICE: "Công an {commune}", Kind.CENTRE: "Trung tâm Phục vụ hành chính công {commune}"}
ANY_COMMUNE = "xã"


@dataclass(frozen=True, slots=True)
class Office:
    """What is known of the offices of one commune."""

    commune: str
    phones: Mapping[Kind, str]
    addresses: Mapping[Kind, str]
    hours: str
    reviewed: date | None


class Offices:
    def __init__(self, offices: Mapping[str, Office]) -> None:
        """`offices`: by the commune's title, "xã Đồng Văn"."""
        self._offices = offices

    def __len__(self) -> int:
        return len(self._offices)

    @classmethod
    def load(cls, root: Path) -> Self:
        """Raises WrittenError with every fault."""
        try:
            lines = (root / FILE).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise WrittenError([Fault(FILE, None, f"không đọc được: {error}", "lưu tệp dạng CSV UTF-8")]) from error
        rows = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
        faults: list[Fault] = []
        read = csv.reader(line for _, line in rows)
        head = next(read, [])
        if tuple(head) != COLUMNS:
            raise WrittenError([Fault(FILE, rows[0][0] if rows else None, "hàng đầu phải là tên các cột", ",".join(COLUMNS))])
        offices: dict[str, Office] = {}
        for (number, _), row in zip(rows[1:], read, strict=True):
            office = _office(number, row, faults)
            if office is not None and office.commune in offices:
                faults.append(Fault(FILE, number, f"«{office.commune}» có hai hàng", "bỏ bớt một"))
            elif office is not None:
                offices[office.commune] = office
        if faults:
            raise WrittenError(faults)
        return cls(offices)

    def knows(self, commune: Place) -> bool:
        return commune.title in self._offices

    def name(self, kind: str, commune: Place | None) -> str:
        """What the office is called: "Công an xã Đồng Văn"; "Công an xã" where the commune is not known. Raises LookupError."""
        try:
            return NAMES[Kind(kind)].format(commune=commune.title if commune else ANY_COMMUNE)
        except ValueError as error:
            raise LookupError(f"không có nơi «{kind}»; dùng một trong: {', '.join(Kind)}") from error

    def contact(self, kind: str, commune: Place | None, today: date) -> str:
        """Its address and number with the day they were looked at, ready to stand in brackets; "" where nothing surely holds."""
        office = self._offices.get(commune.title) if commune else None
        if office is None or office.reviewed is None or today - office.reviewed > HOLDS:
            return ""
        told = [office.addresses[Kind(kind)], f"số {office.phones[Kind(kind)]}" if office.phones[Kind(kind)] else ""]
        known = ", ".join(part for part in told if part)
        return f"{known}, soát ngày {office.reviewed.strftime('%d/%m/%Y')}" if known else ""


def _office(number: int, row: list[str], faults: list[Fault]) -> Office | None:
    if len(row) != len(COLUMNS):
        faults.append(Fault(FILE, number, f"hàng này có {len(row)} ô", f"cần {len(COLUMNS)} ô; chữ có dấu phẩy thì đặt trong ngoặc kép"))
        return None
    cells = dict(zip(COLUMNS, (cell.strip() for cell in row), strict=True))
    phones = {kind: cells[f"{kind}_phone"] for kind in Kind}
    faults += [
        Fault(FILE, number, f"số máy «{phone}» không đúng", "viết như 0219 3 xxx xxx, chỉ chữ số và dấu cách")
        for phone in filter(None, phones.values())
        if not _PHONE.fullmatch(phone)
    ]
    reviewed = None
    if cells["reviewed"]:
        try:
            reviewed = date.fromisoformat(cells["reviewed"])
        except ValueError:
            faults.append(Fault(FILE, number, f"ngày «{cells['reviewed']}» không đúng", "viết như 2026-11-23"))
    filled = any(cells[name] for name in COLUMNS[1:6])
    if filled and not (cells["reviewed"] and cells["source"]):
        faults.append(Fault(FILE, number, f"«{cells['commune']}» có số liệu mà thiếu nguồn hoặc ngày soát", "điền cột source và reviewed"))
    addresses = {kind: cells[f"{kind}_address"] for kind in Kind}
    return Office(cells["commune"], phones, addresses, cells["hours"], reviewed)
