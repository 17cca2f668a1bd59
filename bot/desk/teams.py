"""The teams as text, for a coordinator at a terminal."""

from ..model.errors import DeskError
from ..model.people import Team, TeamLevel
from ..model.place import Gazetteer
from ..store import people
from ..store.database import Database, Tx
from ..understanding.places import Places
from .roster_rows import BadRow, commune

LEVELS = {TeamLevel.VILLAGE: "thôn", TeamLevel.COMMUNE: "xã", TeamLevel.CLUSTER: "cụm", TeamLevel.PROVINCE: "tỉnh"}
MOST = 100_000


async def listing(database: Database, places: Places, of: str | None) -> str:
    """All teams with how many members they have, or those of a commune. Raises DeskError where the commune is unknown."""
    try:
        communes = None if of is None else [commune(places, of)]
    except BadRow as bad:
        raise DeskError(f"{of}: {bad.what}. Xin {bad.remedy}.") from bad

    def look(tx: Tx) -> tuple[list[Team], dict[int, int]]:
        found = people.teams(tx, communes, limit=MOST)
        return found, people.sizes(tx, [team.id for team in found])

    teams, sizes = await database.read(look)
    lines = [_line(team, sizes.get(team.id, 0), places.gazetteer) for team in teams]
    return "\n".join(lines) if lines else "Chưa có tổ nào. Nhập danh sách bằng `danloi team import`."


def _line(team: Team, size: int, gazetteer: Gazetteer) -> str:
    where = f", {gazetteer.title(team.commune)}" if team.commune else ""
    return f"{team.code:<16} {team.name} (cấp {LEVELS[team.level]}{where}) · {size} người"
