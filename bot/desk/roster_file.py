"""The province's list of teams as a file: whatever a spreadsheet saved, as rows of named cells.

What cannot be a list at all is one error; a line that cannot be read is a fault of its own, and the lines after it are read.
"""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ..model.errors import DanLoiError, Fault
from ..understanding.text import clean, fold

MOST_BYTES = 32 * 1024 * 1024
"""The whole province is about two."""
HEAD_WITHIN = 10
"""A title may stand above the head, but no more lines than that."""
MOST_LINES = 20
"""Over how many lines one quoted row may run: a quotation mark that was never closed is not looked for any further."""

NEEDED = ("mã tổ", "tên tổ", "cấp", "xã", "mã người", "họ tên")
COLUMNS = (*NEEDED, "mã tổ cấp trên", "điện thoại", "vai trò", "tiếng", "nhiều nhất", "trực")
_ALSO = {
    "họ và tên": "họ tên",
    "số điện thoại": "điện thoại",
    "sđt": "điện thoại",
    "cấp tổ": "cấp",
    "xã, phường": "xã",
    "mã tình nguyện viên": "mã người",
    "tiếng dân tộc": "tiếng",
    "lịch trực": "trực",
}
_HEADS = {fold(name): name for name in COLUMNS} | {fold(other): name for other, name in _ALSO.items()}
_REMEDY = "trong Excel: Lưu thành (Save As), chọn «CSV UTF-8», rồi nhập lại"


@dataclass(frozen=True, slots=True)
class Line:
    """One row: where it begins in the file, and what its cells say; an empty cell is not there."""

    number: int
    cells: Mapping[str, str]
    height: int = 1
    """Over how many lines it runs."""


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    """What the file is called."""
    lines: Sequence[Line]
    faults: Sequence[Fault]
    """Rows that cannot be read, so that nobody knows whom they are about."""
    ignored: Sequence[str]
    """Columns that are none of ours."""


def read(path: Path) -> Table:
    """Raises DanLoiError where that is no list of teams, with what to do."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DanLoiError(f"{path}: không đọc được ({error.strerror}). Xem lại tên tệp và quyền đọc.") from error
    if len(data) > MOST_BYTES:
        raise DanLoiError(f"{path}: lớn hơn {MOST_BYTES >> 20} MB, không phải danh sách tổ. Chọn đúng tệp CSV.")
    try:
        return table(data, path.name)
    except DanLoiError as error:
        raise DanLoiError(f"{path}: {error}") from error


def table(data: bytes, name: str) -> Table:
    """The rows of a file of that name. Raises DanLoiError."""
    text = decoded(data)
    lines = list(io.StringIO(text, newline=""))  # every line break is one, and stays: the reader wants to see it inside quotes
    separator, heads, after = _head(lines)
    rows: list[Line] = []
    faults: list[Fault] = []
    for number, cells, end in _records(lines, separator, after):
        if isinstance(cells, str):
            faults.append(Fault(name, number, cells, "xem lại dấu ngoặc kép của dòng này, hoặc lưu lại tệp từ Excel"))
        elif any(cells[len(heads) :]):
            faults.append(Fault(name, number, "có nhiều ô hơn dòng tiêu đề", "đặt ô có dấu phân cách trong ngoặc kép, hoặc xóa ô thừa"))
        elif any(cells):
            named = zip(heads, cells, strict=False)  # a row may end early
            rows.append(Line(number, {_HEADS[head]: cell for head, cell in named if head in _HEADS and cell}, end - number + 1))
    return Table(name, rows, faults, [head for head in heads if head and head not in _HEADS])


def decoded(data: bytes) -> str:
    """The text of a file that a spreadsheet saved. Raises DanLoiError."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(data, "utf-16")
    if data.startswith(b"PK"):
        raise DanLoiError(f"đây là tệp Excel, chưa phải CSV: {_REMEDY}.")
    if b"\0" in data:
        raise DanLoiError(f"đây không phải tệp CSV: {_REMEDY}.")
    try:
        return _decoded(data, "utf-8-sig")
    except DanLoiError:
        hurt = data.decode("utf-8-sig", "replace")
        broken = hurt.count("\ufffd")
        if sum(character > "\x7f" for character in hurt) > 2 * broken:
            line = hurt.count("\n", 0, hurt.index("\ufffd")) + 1
            raise DanLoiError(f"dòng {line} có chữ bị hỏng, không đúng UTF-8: {_REMEDY}.") from None
        return unicodedata.normalize("NFC", _decoded(data, "cp1258"))


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise DanLoiError(f"không rõ bảng mã chữ của tệp: {_REMEDY}.") from None


def _head(lines: Sequence[str]) -> tuple[str, list[str], int]:
    """The separator, the folded heads, and after how many lines the rows begin: whichever reading knows most of the heads."""
    best: tuple[int, str, list[str], int] = (0, "", [], 0)
    for separator in ";,\t":
        for _, cells, end in islice(_records(lines, separator, 0), HEAD_WITHIN):
            heads = [fold(cell) for cell in cells] if isinstance(cells, list) else []
            known = len({_HEADS[head] for head in heads if head in _HEADS})
            if known > best[0]:
                best = (known, separator, heads, end)
    _, separator, heads, after = best
    named = [_HEADS[head] for head in heads if head in _HEADS]
    missing = [name for name in NEEDED if name not in named]
    if missing:
        raise DanLoiError(f"không thấy cột {_listed(missing)}. Dòng tiêu đề cần có: {_listed(COLUMNS)}.")
    double = sorted({name for name in named if named.count(name) > 1})
    if double:
        raise DanLoiError(f"có hai cột {_listed(double)}. Giữ lại một cột.")
    return separator, heads, after


def _records(lines: Sequence[str], separator: str, at: int) -> Iterator[tuple[int, list[str] | str, int]]:
    """Each row with the number of its first line, and how many lines are read after it; of one that cannot be read, why."""
    while at < len(lines):
        begins = at
        reader = csv.reader(islice(lines, at, at + MOST_LINES), delimiter=separator, strict=True)
        cells: list[str] | str
        try:
            cells = [clean(cell) for cell in next(reader)]
            at += reader.line_num
        except csv.Error:
            cells = "ngoặc kép không khép đúng"
            at += 1
        yield begins + 1, cells, at


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"«{name}»" for name in names)
