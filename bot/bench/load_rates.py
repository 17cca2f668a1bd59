"""How many turns a second each contender keeps up with: the same rates for all, in turn, each until it falls behind."""

from collections.abc import Sequence

from .figures import percentile
from .ground import Contender, Ground
from .load_figures import Point, Table, most, ms, point
from .machine import worked


async def measure(ground: Ground, contender: Contender, rate: float, seconds: float) -> Point:
    """One contender at one rate."""
    before = contender.worked(), _model(contender)
    seen = await ground.load(contender, rate, seconds)
    after = contender.worked(), _model(contender)
    if seen.why:
        ground.note(f"{contender.name}, {rate:g}/giây: {next(iter(seen.why))}")
    return point(contender.name, rate, seen, seconds, after[0] - before[0], after[1] - before[1], contender.memory())


def _model(contender: Contender) -> float:
    return worked(contender.model.pid) if contender.model is not None and contender.model.pid is not None else 0.0


async def ladder(ground: Ground, contenders: Sequence[Contender], rates: Sequence[float], seconds: float) -> list[Point]:
    """Every contender at every rate until the first that it does not hold; those at one rate follow each other at once."""
    points: list[Point] = []
    standing = list(contenders)
    for rate in rates:
        for contender in tuple(standing):
            found = await measure(ground, contender, rate, seconds)
            points.append(found)
            ground.note(f"{found.name}, {rate:g}/giây: p50 {ms(found.p50)}, p95 {ms(found.p95)} ms, {found.cpu:.1f} ms CPU")
            if not found.holds:
                standing.remove(contender)
    return points


def rates_table(points: Sequence[Point], contenders: Sequence[Contender], seconds: float) -> Table:
    rows = []
    for contender in contenders:
        mine = [found for found in points if found.name == contender.name]
        first, best = mine[0], most(points, contender.name)
        fell = next((found for found in mine if not found.holds), None)
        loads = sorted(found.machine_load for found in mine)
        rows.append(
            (
                contender.name,
                "–" if best is None else f"{best.rate:g}",
                "–" if best is None else f"{ms(best.p50)} / {ms(best.p95)}",
                "–" if fell is None else f"{fell.rate:g}: p95 {ms(fell.p95)}, {fell.answered:g}/giây",
                f"{ms(first.p50)} / {ms(first.p95)} ({first.rate:g}/giây)",
                f"{(best or first).cpu:.1f} + {(best or first).model:.1f}",
                f"{mine[-1].memory:.0f}",
                f"{sum(found.wrong for found in mine)} / {sum(found.lost for found in mine)}",
                f"{loads[0]:g}–{loads[-1]:g}",
            )
        )
    late = percentile(sorted(found.late for found in points if found.late is not None), 0.95)
    said = (
        f"Tải đều (open loop) từ một tiến trình khác, {seconds:g} giây mỗi mức, các bên thay phiên ở từng mức. Thời gian tính từ lúc tin "
        f"lẽ ra phải gửi đến lời đáp cuối; phía gửi tự chậm không quá {ms(late)} ms (p95). Giữ được: p95 dưới 1 giây, không mất, không "
        "sai, không dồn lại. Nơi có chờ gộp thì không tính thời gian chờ ấy."
    )
    head = (
        "bên",
        "lượt/giây giữ được",
        "p50 / p95 ms ở mức ấy",
        "mức không giữ được",
        "p50 / p95 ms khi vắng",
        "CPU ms một lượt + mô hình",
    )
    return Table("Lượt một giây", said, (*head, "bộ nhớ MB", "sai / mất", "tải máy"), rows)
