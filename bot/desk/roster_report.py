"""What bringing in a list came to, for who brought it: counts, and each row that was skipped with its remedy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..model.errors import Fault


@dataclass(frozen=True, slots=True)
class Tally:
    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.new + other.new, self.changed + other.changed, self.unchanged + other.unchanged)

    def __str__(self) -> str:
        return f"{self.new} mới, {self.changed} đổi, {self.unchanged} như cũ"


@dataclass(frozen=True, slots=True)
class Report:
    """What a file changed, or would."""

    teams: Tally
    people: Tally
    faults: Sequence[Fault]
    """The rows that were skipped, in order."""
    missing: int = 0
    """People who are not in the file, and stay."""
    removed: int = 0
    requeued: int = 0
    """Cases of those removed, which wait again."""
    ignored: Sequence[str] = ()
    kept_because: str | None = None
    """Why nobody was removed though it was asked for."""
    dry: bool = False

    def __str__(self) -> str:
        return "\n".join(self._told())

    def _told(self) -> Iterator[str]:
        if self.dry:
            yield "Chỉ xem thử, chưa ghi gì. Nếu nhập thật:"
        yield f"Tổ: {self.teams}."
        yield f"Người: {self.people}."
        if self.removed:
            yield f"Gỡ {self.removed} người không có trong tệp; {self.requeued} ca của họ trở về hàng chờ."
        if self.kept_because:
            yield f"Không gỡ ai: {self.kept_because}."
        if self.missing:
            yield f"{self.missing} người không có trong tệp vẫn được giữ; muốn gỡ thì thêm --remove-missing."
        if self.ignored:
            yield f"Không dùng các cột: {', '.join(self.ignored)}."
        yield f"Bỏ qua {len(self.faults)} dòng{':' if self.faults else '.'}"
        yield from (f"  {fault}" for fault in self.faults)
