"""Where things are done: the names follow from the commune, numbers are said only where the province filled them in and looked lately."""

from datetime import date
from pathlib import Path

import pytest
import vietnam_provinces as packaged

from bot.model.errors import WrittenError
from bot.replies.offices import COLUMNS, FILE, Kind, Offices
from bot.settings import ROOT
from bot.understanding.places import Places
from bot.understanding.text import normalise

GAZETTEER = Places.load(ROOT).gazetteer
MEO_VAC = GAZETTEER.get("xa_meo_vac")
TODAY = date(2026, 11, 24)
FILLED = "xã Mèo Vạc,0219 000 0000,Thôn Thử,,,,bảng của xã,2026-11-01"  # made up: no such number


def offices(tmp_path: Path, *rows: str) -> Offices:
    (tmp_path / "content" / "facts").mkdir(parents=True)
    (tmp_path / FILE).write_text("\n".join(["# ghi chú", ",".join(COLUMNS), *rows]), encoding="utf-8")
    return Offices.load(tmp_path)


def test_the_shipped_list_holds_every_commune_of_the_province_and_invents_nothing() -> None:
    shipped = Offices.load(ROOT)
    names = {normalise(ward.name) for ward in packaged.Ward.iter_by_province(packaged.ProvinceCode.P_08)}
    assert len(shipped) == len(names) == 124
    assert {normalise(name) for name in shipped._offices} == names
    assert all(shipped.knows(GAZETTEER.now(place)[0]) for place in GAZETTEER.places.values())
    assert not any(office.phones[Kind.POLICE] or office.addresses[Kind.CENTRE] for office in shipped._offices.values())


def test_an_office_is_called_by_its_commune_or_just_by_what_it_is(tmp_path: Path) -> None:
    known = offices(tmp_path)
    assert known.name("police", MEO_VAC) == "Công an xã Mèo Vạc"
    assert known.name("centre", None) == "Trung tâm Phục vụ hành chính công xã"
    with pytest.raises(LookupError, match="police, centre"):
        known.name("district", None)


def test_a_number_is_said_with_the_day_it_was_looked_at_and_no_longer_than_a_year(tmp_path: Path) -> None:
    known = offices(tmp_path, FILLED)
    assert known.contact("police", MEO_VAC, TODAY) == "Thôn Thử, số 0219 000 0000, soát ngày 01/11/2026"
    assert known.contact("centre", MEO_VAC, TODAY) == ""
    assert known.contact("police", MEO_VAC, date(2027, 11, 2)) == ""
    assert known.contact("police", None, TODAY) == ""


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("xã A,abc,,,,,nguồn,2026-11-01", "số máy «abc»"),
        ("xã A,0219 000 0000,,,,,,", "thiếu nguồn hoặc ngày soát"),
        ("xã A,,,,,,nguồn,hôm qua", "ngày «hôm qua»"),
        ("xã A,,,", "hàng này có 4 ô"),
    ],
)
def test_a_row_filled_in_wrongly_is_named_with_its_line(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(WrittenError) as raised:
        offices(tmp_path, "xã B,,,,,,,", row)
    (fault,) = raised.value.faults
    assert says in fault.what
    assert fault.line == 4


def test_a_commune_twice_and_a_file_of_another_shape(tmp_path: Path) -> None:
    with pytest.raises(WrittenError, match="có hai hàng"):
        offices(tmp_path / "a", "xã B,,,,,,,", "xã B,,,,,,,")
    (tmp_path / "content" / "facts").mkdir(parents=True)
    (tmp_path / FILE).write_text("a;b\n", encoding="utf-8")
    with pytest.raises(WrittenError, match="tên các cột"):
        Offices.load(tmp_path)
