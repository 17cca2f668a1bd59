"""What the rows of the list say of one another: codes twice, parents that are not there, circles. Found before anything is written.

What is refused does not hang on the order of the rows, but where two rows disagree: then the first one counts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from ..model.people import TeamLevel
from ..store.roster import KnownTeam
from .roster_rows import BadRow, MemberSaid, Row, TeamSaid

_GROUNDED = (TeamLevel.VILLAGE, TeamLevel.COMMUNE)


@dataclass(frozen=True, slots=True)
class Checked:
    rows: Sequence[Row]
    """Those that can be written as they stand, teams above before teams below. Who stands twice is in the first row only."""
    teams: Mapping[str, TeamSaid]
    """What all rows together say of each team."""
    refused: Sequence[tuple[int, BadRow]]
    """Lines, each with what is wrong."""


def checked(rows: Iterable[Row], stored: Mapping[str, KnownTeam]) -> Checked:
    refused: list[tuple[int, BadRow]] = []
    good, teams = _agreeing(rows, refused)
    bad = _alone(teams, stored)
    while True:
        kept = {code: said for code, said in teams.items() if code not in bad}
        found = _orphans(kept, stored, bad) or _circles(kept, stored)
        if not found:
            break
        bad |= found
    first = _first_lines(good, bad, stored)
    for row in good:
        if row.team in first and _hurt(row, stored):
            here = row.line == first[row.team]
            refused.append((row.line, bad[row.team] if here else _because(row.team, first[row.team])))
    lines = {line for line, _ in refused}
    kept = {code: _settled(said, stored.get(code)) for code, said in teams.items() if code not in bad}
    depth = {code: len(list(_above(code, kept, stored))) for code in {row.team for row in good}}
    return Checked(sorted((row for row in good if row.line not in lines), key=lambda row: depth[row.team]), kept, refused)


def _agreeing(rows: Iterable[Row], refused: list[tuple[int, BadRow]]) -> tuple[list[Row], dict[str, TeamSaid]]:
    """Rows that contradict none before them, and what they say of each team together."""
    good: list[Row] = []
    teams: dict[str, TeamSaid] = {}
    people: dict[str, tuple[int, str, MemberSaid]] = {}
    for row in rows:
        try:
            said = _together(row, teams.get(row.team, TeamSaid()))
            again = _is_again(row, people)
        except BadRow as bad:
            refused.append((row.line, bad))
            continue
        teams[row.team] = said
        good.append(replace(row, member=None) if again else row)
        if row.member is not None and not again:
            people[row.member.code] = (row.line, row.team, row.member)
    return good, teams


def _together(row: Row, before: TeamSaid) -> TeamSaid:
    said = {}
    for column in fields(TeamSaid):
        earlier, now = getattr(before, column.name), getattr(row.said, column.name)
        if earlier is not None and now is not None and earlier != now:
            raise BadRow(f"tổ {row.team} ghi khác một dòng ở trên", "sửa cho các dòng của một tổ giống nhau, hoặc đổi mã tổ")
        said[column.name] = now if earlier is None else earlier
    return TeamSaid(**said)


def _is_again(row: Row, people: Mapping[str, tuple[int, str, MemberSaid]]) -> bool:
    """Whether the person stands in an earlier row, just so."""
    if row.member is None or row.member.code not in people:
        return False
    line, team, member = people[row.member.code]
    if (team, member) != (row.team, row.member):
        raise BadRow(f"mã người {row.member.code} đã có ở dòng {line}, ghi khác", "mỗi người một mã, một dòng: sửa mã hoặc xóa dòng thừa")
    return True


def _alone(teams: Mapping[str, TeamSaid], stored: Mapping[str, KnownTeam]) -> dict[str, BadRow]:
    """Teams that lack something, whatever the others are."""
    bad = {}
    for code, said in teams.items():
        known = stored.get(code)
        level = said.level or (known.level if known else None)
        commune = said.commune if said.commune is not None else known.commune if known else None
        if known is None and said == TeamSaid():
            bad[code] = BadRow(f"chưa có tổ {code}, cả trong tệp lẫn trong hệ thống", "thêm dòng của tổ này: tên tổ, cấp, xã")
        elif known is None and (said.name is None or level is None):
            bad[code] = BadRow(f"tổ {code} thiếu {'tên tổ' if said.name is None else 'cấp'}", "ghi vào một dòng của tổ này")
        elif level in _GROUNDED and not commune:
            bad[code] = BadRow(f"tổ {code} thiếu xã", "tổ cấp thôn, cấp xã phải ghi xã")
        elif level not in _GROUNDED and said.commune:
            bad[code] = BadRow(f"tổ {code} là cấp cụm hoặc tỉnh mà ghi một xã", "để trống cột xã, hoặc sửa cấp")
    return bad


def _orphans(kept: Mapping[str, TeamSaid], stored: Mapping[str, KnownTeam], bad: Mapping[str, BadRow]) -> dict[str, BadRow]:
    """Teams whose parent is nowhere."""
    return {
        code: BadRow(
            f"tổ cấp trên {said.parent} của tổ {code} {'chưa dùng được' if said.parent in bad else 'không có'}",
            f"thêm hoặc sửa dòng của tổ {said.parent}, hoặc sửa mã tổ cấp trên",
        )
        for code, said in kept.items()
        if said.parent and said.parent not in kept and said.parent not in stored
    }


def _circles(kept: Mapping[str, TeamSaid], stored: Mapping[str, KnownTeam]) -> dict[str, BadRow]:
    """Teams that stand above themselves, by what the file says of them."""
    return {
        code: BadRow(f"tổ {code} thành cấp trên của chính nó", "sửa mã tổ cấp trên của một trong các tổ vòng quanh")
        for code, said in kept.items()
        if said.parent and code in _above(code, kept, stored)
    }


def _above(code: str, teams: Mapping[str, TeamSaid], stored: Mapping[str, KnownTeam]) -> Iterator[str]:
    """The teams above one, nearest first; round a circle once."""
    seen: set[str] = set()
    at = _parent(code, teams, stored)
    while at is not None and at not in seen:
        seen.add(at)
        yield at
        at = _parent(at, teams, stored)


def _parent(code: str, teams: Mapping[str, TeamSaid], stored: Mapping[str, KnownTeam]) -> str | None:
    said = teams.get(code)
    if said is not None and said.parent is not None:
        return said.parent or None
    return stored[code].parent if code in stored else None


def _settled(said: TeamSaid, known: KnownTeam | None) -> TeamSaid:
    """A team that rose above the communes belongs to none any more."""
    level = said.level or (known.level if known else None)
    return said if level in _GROUNDED or said == TeamSaid() else replace(said, commune="")


def _first_lines(rows: Iterable[Row], bad: Mapping[str, BadRow], stored: Mapping[str, KnownTeam]) -> dict[str, int]:
    """The line of each bad team that is told what is wrong: the first that says anything of it."""
    first: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: (row.said == TeamSaid(), row.line)):
        if row.team in bad and _hurt(row, stored):
            first.setdefault(row.team, row.line)
    return first


def _hurt(row: Row, stored: Mapping[str, KnownTeam]) -> bool:
    """Whether a row falls with what is wrong of its team: one that only names a team that we have does not."""
    return row.said != TeamSaid() or row.team not in stored


def _because(team: str, line: int) -> BadRow:
    return BadRow(f"tổ {team} chưa dùng được", f"sửa dòng {line} trước")
