"""A province that does not exist: teams and people in the shape of the real list, drawn by lot, every name plainly made up."""

import csv
import io
import random
from collections.abc import Iterable, Sequence

from bot.desk.languages import LANGUAGES
from bot.model.place import Gazetteer, Level

TEAMS, MEMBERS = 2071, 12131
"""What the province counted in 2022."""
HEADS = (
    *("mã tổ", "tên tổ", "cấp", "xã", "mã tổ cấp trên"),
    *("mã người", "họ tên", "điện thoại", "vai trò", "tiếng", "nhiều nhất", "trực"),
)
_GIVEN = ("Mận", "Đào", "Lê", "Mơ", "Bưởi", "Sa Mộc", "Trẩu", "Thảo Quả", "Ngải", "Tam Giác Mạch")
_PLANS = ("", "", "T2-T6 7:30-11:30", "T2-T6 7:30-11:30, 13:30-17:00", "T7 8:00-10:00", "T2-T6 7:30-11:30, T7 8:00-10:00")


def roster(gazetteer: Gazetteer, teams: int = TEAMS, members: int = MEMBERS, seed: int = 1) -> list[tuple[str, ...]]:
    """The rows of a list, without its head: first the teams (clusters, communes, villages), then the people."""
    lot = random.Random(seed)
    communes = sorted((place for place in gazetteer.places.values() if place.level is Level.COMMUNE), key=lambda place: place.id)
    districts = sorted({place.district for place in communes})
    clusters = {district: f"CUM-{number:02}" for number, district in enumerate(districts, 1)}
    of_commune = {place.id: f"XA-{number:03}" for number, place in enumerate(communes, 1)}
    listed = [(code, f"Tổ cụm {district}", "cụm", "", "tinh") for district, code in clusters.items()]
    listed += [(of_commune[place.id], f"Tổ {place.title}", "xã", place.title, clusters[place.district]) for place in communes]
    for number in range(1, teams - len(listed) + 1):
        place = communes[number % len(communes)]
        listed.append((f"THON-{number:04}", f"Tổ thôn Thử {number}", "thôn", place.title, of_commune[place.id]))
    listed = listed[:teams]
    people = [_person(lot, number, listed[number % len(listed)][0]) for number in range(1, members + 1)]
    return [(*team, *[""] * 7) for team in listed] + people


def _person(lot: random.Random, number: int, team: str) -> tuple[str, ...]:
    role = lot.choices(("tình nguyện viên", "người kèm", "điều phối"), (95, 4, 1))[0]
    languages = "; ".join(lot.sample(LANGUAGES, lot.choice((0, 1, 1, 2))))
    name = f"{lot.choice(('Mẫu', 'Thử'))} Thị {lot.choice(_GIVEN)}"
    about = (f"TNV-{number:05}", name, f"09{number:08}", role, languages, str(lot.choice((2, 3, 5))), lot.choice(_PLANS))
    return (team, "", "", "", "", *about)


def as_csv(rows: Iterable[Sequence[str]], heads: Sequence[str] = HEADS, separator: str = ",", ends: str = "\r\n") -> str:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator, lineterminator=ends)
    writer.writerow(heads)
    writer.writerows(rows)
    return written.getvalue()
