"""What one row of the province's list says of a team and of a person, each cell read by itself.

An empty cell says nothing: what is stored stays. «-» says that there is none.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ..model.people import PROVINCE_DESK, Role, Shift, TeamLevel
from ..model.place import Level
from ..understanding.places import Places
from ..understanding.text import fold
from .languages import LANGUAGES, called
from .roster_file import Line
from .shifts import shifts

T = TypeVar("T")
NONE = "-"
MOST_OPEN = 20
"""More cases than that nobody answers at once."""
CODE = re.compile(r"\w[\w./-]{0,39}")
CODE_RULE = "mã chỉ gồm chữ, số và . / - _, không có dấu cách, nhiều nhất 40 ký tự"
MOST_NAME = 100
NO_LANGUAGES: tuple[str, ...] = ()
NO_PLAN: tuple[Shift, ...] = ()

LEVELS = {
    "thôn": TeamLevel.VILLAGE,
    "bản": TeamLevel.VILLAGE,
    "tổ dân phố": TeamLevel.VILLAGE,
    "xã": TeamLevel.COMMUNE,
    "phường": TeamLevel.COMMUNE,
    "cụm": TeamLevel.CLUSTER,
    "tỉnh": TeamLevel.PROVINCE,
}
ROLES = {"tình nguyện viên": Role.VOLUNTEER, "người kèm": Role.COACH, "điều phối": Role.COORDINATOR, "điều phối viên": Role.COORDINATOR}
_LEVELS = {fold(name): level for name, level in LEVELS.items()}
_ROLES = {fold(name): role for name, role in ROLES.items()} | {"tnv": Role.VOLUNTEER}
_ADMIN = frozenset(("admin", "quan tri", "quan tri vien"))
_MORE = re.compile(r"[,;|\"]|\d{3}")
"""What stands in a name where other cells, or lines, ran into it."""
_MOTHER_TONGUE = frozenset(("kinh", "viet", "tieng kinh", "tieng viet"))


class BadRow(Exception):
    """That row cannot be taken; why, and what mends it. Neither repeats what a cell says, for it may be anybody's name."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class TeamSaid:
    """What is said of a team; None: nothing. An empty parent or commune: it has none."""

    name: str | None = None
    level: TeamLevel | None = None
    commune: str | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class MemberSaid:
    """What is said of a person; None: nothing. An empty phone: they have none."""

    code: str
    name: str
    phone: str | None = None
    role: Role | None = None
    languages: tuple[str, ...] | None = None
    most_open: int | None = None
    plan: tuple[Shift, ...] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    team: str
    said: TeamSaid
    member: MemberSaid | None


class Rows:
    """Reads rows. A commune's name is looked up once."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._communes: dict[str, str | BadRow] = {}

    def row(self, line: Line) -> Row:
        """Raises BadRow."""
        cells = line.cells
        code = _code(cells, "mã tổ")
        if code is None:
            raise BadRow("thiếu mã tổ", "ghi mã tổ, hoặc xóa dòng này")
        said = TeamSaid(_name(cells, "tên tổ"), _level(cells, code), self._commune(cells), _parent(cells, code))
        return Row(line.number, code, said, _member(cells))

    def _commune(self, cells: Mapping[str, str]) -> str | None:
        cell = cells.get("xã")
        if cell is None or cell == NONE:
            return cell and ""
        if cell not in self._communes:
            try:
                self._communes[cell] = commune(self._places, cell)
            except BadRow as bad:
                self._communes[cell] = bad
        found = self._communes[cell]
        if isinstance(found, BadRow):
            raise BadRow(found.what, found.remedy)
        return found


def commune(places: Places, name: str) -> str:
    """The id of the commune of today that is called so, or that the old commune of that name became. Raises BadRow naming the choices."""
    gazetteer = places.gazetteer
    by_id = gazetteer.get(name)
    named = (by_id,) if by_id else places.named(name, expected=True)
    communes = [place for place in named if place.level is not Level.OLD_DISTRICT]
    today = {place.id for place in communes if not place.is_old} or {now for place in communes for now in place.now}
    if len(today) == 1:
        return today.pop()
    if today:
        choices = " hoặc ".join(sorted(gazetteer.title(one) for one in today))
        raise BadRow("tên xã cũ nay thuộc nhiều xã", f"ghi tên xã mới: {choices}")
    if named:
        choices = ", ".join(gazetteer.title(one) for one in dict.fromkeys(now for place in named for now in place.now))
        raise BadRow("cột xã ghi một huyện cũ", f"ghi một xã: {choices}")
    raise BadRow("không có xã tên như vậy ở Hà Giang cũ", "ghi đúng tên xã, phường hiện nay; tên các xã ở content/places.yml")


def _member(cells: Mapping[str, str]) -> MemberSaid | None:
    code = _code(cells, "mã người")
    if code is None:
        about = next((column for column in ("họ tên", "điện thoại") if column in cells), None)
        if about is not None:
            raise BadRow(f"có {about} mà thiếu mã người", "ghi mã người; dòng chỉ nói về tổ thì để trống các cột về người")
        return None
    name = _name(cells, "họ tên")
    if name is None:
        raise BadRow("thiếu họ tên", "ghi họ tên của người này")
    if _MORE.search(name):
        raise BadRow("họ tên lẫn thứ khác", "chỉ ghi họ tên; xem lại dấu ngoặc kép của dòng này")
    return MemberSaid(
        code,
        name,
        _of(cells, "điện thoại", _phone, ""),
        _of(cells, "vai trò", _role, Role.VOLUNTEER),
        _of(cells, "tiếng", _languages, NO_LANGUAGES),
        _of(cells, "nhiều nhất", _most_open, 3),
        _of(cells, "trực", _plan, NO_PLAN),
    )


def _of(cells: Mapping[str, str], column: str, read: Callable[[str], T], none: T) -> T | None:
    cell = cells.get(column)
    return None if cell is None else none if cell == NONE else read(cell)


def _code(cells: Mapping[str, str], column: str) -> str | None:
    cell = cells.get(column)
    if cell is None or cell == NONE:
        return None
    if not CODE.fullmatch(cell):
        raise BadRow(f"{column} không đúng dạng", CODE_RULE)
    return cell


def _name(cells: Mapping[str, str], column: str) -> str | None:
    cell = cells.get(column)
    if cell is not None and (len(cell) > MOST_NAME or not any(character.isalpha() for character in cell)):
        raise BadRow(f"{column} không phải một cái tên", f"ghi tên bằng chữ, nhiều nhất {MOST_NAME} ký tự")
    return cell


def _level(cells: Mapping[str, str], code: str) -> TeamLevel | None:
    cell = cells.get("cấp")
    if cell is None:
        return None
    level = _LEVELS.get(fold(cell))
    if level is None:
        raise BadRow("không rõ cấp của tổ", "ghi thôn, xã, cụm hoặc tỉnh")
    if (level is TeamLevel.PROVINCE) != (code == PROVINCE_DESK):
        raise BadRow("cấp và mã tổ không hợp nhau", f"cấp tỉnh chỉ có một bàn trực, mã tổ là {PROVINCE_DESK}")
    return level


def _parent(cells: Mapping[str, str], code: str) -> str | None:
    if cells.get("mã tổ cấp trên") == NONE:
        return ""
    parent = _code(cells, "mã tổ cấp trên")
    if parent is not None and code == PROVINCE_DESK:
        raise BadRow("bàn trực của tỉnh không có tổ cấp trên", "để trống mã tổ cấp trên")
    return parent


def _phone(cell: str) -> str:
    """As it is dialled within Vietnam. A spreadsheet drops a leading nought, which comes back."""
    digits = re.sub(r"[\s().='\"-]", "", cell)
    digits = re.sub(r"^(\+84|0084|84(?=\d{9,10}$))0?", "0", digits)
    digits = f"0{digits}" if re.fullmatch(r"[35789]\d{8}", digits) else digits
    if not re.fullmatch(r"0\d{9,10}", digits, re.ASCII):
        raise BadRow("số điện thoại không đúng", "ghi số bắt đầu bằng 0, đủ 10 hoặc 11 số; trong Excel đặt cột này là Văn bản (Text)")
    return digits


def _role(cell: str) -> Role:
    if fold(cell) in _ADMIN:
        raise BadRow("quản trị không nhập từ tệp", "ghi vai trò khác; quản trị chỉ lập bằng lệnh: danloi user role MÃ admin")
    role = _ROLES.get(fold(cell))
    if role is None:
        raise BadRow("không rõ vai trò", "ghi tình nguyện viên, người kèm hoặc điều phối")
    return role


def _languages(cell: str) -> tuple[str, ...]:
    """In the order of the list of ours, so that another order in the file is no change."""
    found = set()
    for part in re.split(r"[;,/]", cell):
        if fold(part) and fold(part) not in _MOTHER_TONGUE:
            language = called(part)
            if language is None:
                raise BadRow("có tiếng không rõ", f"chỉ ghi trong số: {', '.join(LANGUAGES)}; cách nhau bằng dấu ;")
            found.add(language)
    return tuple(language for language in LANGUAGES if language in found)


def _most_open(cell: str) -> int:
    if not re.fullmatch(r"\d{1,2}([.,]0+)?", cell, re.ASCII) or not 1 <= int(re.split("[.,]", cell)[0]) <= MOST_OPEN:
        raise BadRow("số ca nhiều nhất không đúng", f"ghi một số từ 1 đến {MOST_OPEN}")
    return int(re.split("[.,]", cell)[0])


def _plan(cell: str) -> tuple[Shift, ...]:
    plan = shifts(cell)
    if plan is None:
        raise BadRow("không đọc được lịch trực", "ghi như: T2-T6 7:30-11:30, T7 8:00-10:00; ca qua nửa đêm chia làm hai")
    return plan
