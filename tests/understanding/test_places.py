"""Places as people name them: communes new and old, districts that are no more, with diacritics or without, and names that are none."""

from collections import Counter
from pathlib import Path

import pytest
import vietnam_provinces as packaged

from bot.model.errors import WrittenError
from bot.model.place import Level
from bot.settings import ROOT
from bot.understanding.places import FILE, Places
from bot.understanding.text import normalise

PLACES = Places.load(ROOT)


def ids(text: str, expected: bool = False) -> list[str]:
    return [place.id for place in PLACES.named(text, expected)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("xã Tả Phìn giờ là xã nào", ["xa_ta_phin_cu"]),
        ("xa ta phin gio la xa nao", ["xa_ta_phin_cu"]),
        ("em ở Lũng Cú, Đồng Văn", ["xa_lung_cu"]),
        ("tt vinh quang", ["thi_tran_vinh_quang_cu"]),
        ("tôi ở phường Hà Giang 1", ["phuong_ha_giang_1"]),
        ("tp hà giang", ["thanh_pho_ha_giang_cu"]),
        ("huyện Đồng Văn cũ", ["huyen_dong_van_cu"]),
        ("xã đồng văn mới", ["xa_dong_van"]),
        ("xax Mefo Vacj", ["xa_meo_vac"]),
        ("nhà cháu bên Sín Mần ạ", ["xa_xin_man", "huyen_xin_man_cu"]),
        ("xã Tả Nhìu", ["xa_ta_nhiu_cu"]),
        ("thị trấn Nông trường Việt Lâm", ["thi_tran_nong_truong_viet_lam_cu"]),
    ],
)
def test_a_place_is_found_however_it_is_typed(text: str, meant: list[str]) -> None:
    assert ids(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("meo vac", ["xa_meo_vac", "huyen_meo_vac_cu"]),
        ("xã Tả Lủng", ["xa_ta_lung_huyen_dong_van_cu", "xa_ta_lung_huyen_meo_vac_cu"]),
        ("xã Tả Lủng, Mèo Vạc", ["xa_ta_lung_huyen_meo_vac_cu"]),
        ("ta lung dong van", ["xa_ta_lung_huyen_dong_van_cu"]),
        ("xã Việt Lâm", ["xa_viet_lam", "xa_viet_lam_cu"]),
        ("xã Minh Tân", ["xa_minh_tan"]),
    ],
)
def test_what_one_name_leaves_open_stays_open(text: str, meant: list[str]) -> None:
    assert ids(text) == meant


@pytest.mark.parametrize(
    "text",
    ["đạo đức", "bán máy cũ", "bản máy nào cài được", "ở Hà Giang", "tôi cần tỷ giá", "chị Minh Ngọc", "xã hội", "toi o dau", "", "🙂"],
)
def test_what_only_looks_like_a_place_is_none(text: str) -> None:
    assert ids(text) == []


def test_a_bare_name_that_is_an_everyday_word_is_a_place_where_one_was_asked_for() -> None:
    assert ids("đạo đức", expected=True) == ["xa_dao_duc_cu"]
    assert ids("Trung Thành") == []
    assert ids("xã Trung Thành") == ["xa_trung_thanh_cu"]


def test_a_text_that_is_nothing_but_a_place() -> None:
    assert all(map(PLACES.is_all, ["meo vac", "xã Tả Phìn", "huyện Đồng Văn cũ", "ta lung dong van"]))
    assert not any(map(PLACES.is_all, ["tôi ở Mèo Vạc", "xã tôi", "", "đạo đức"]))


def test_a_text_that_only_tells_where_its_writer_is_from() -> None:
    assert all(map(PLACES.tells_home, ["tôi ở Mèo Vạc", "xã tôi là Mèo Vạc", "dạ em ở xã đạo đức", "nha bac o dong van"]))
    assert not any(map(PLACES.tells_home, ["xã tôi", "tôi ở nhà", "tôi ở Mèo Vạc mất thẻ", "ở Hà Giang"]))


@pytest.mark.parametrize(
    "text",
    [
        "xã lũng táo giờ là xã nào",
        "xa lung tao nay thuoc xa nao vay",
        "Yên Định bắc mê bây giờ thuộc xã nào?",
        "huyện xín mần giờ là gì",
        "Mèo Vạc nay thuộc tỉnh nào",
        "quan ba gio la xa nao",
        "huyện vị xuyên còn không",
        "huyen dong van con nua khong",
    ],
)
def test_a_text_that_asks_what_a_place_is_today(text: str) -> None:
    assert PLACES.what_became(text)


@pytest.mark.parametrize("text", ["xã lũng táo làm căn cước ở đâu", "xã tôi giờ là xã nào", "giờ là xã nào", "tôi ở mèo vạc giờ là gì đây"])
def test_a_text_that_asks_something_else_of_a_place(text: str) -> None:
    assert not PLACES.what_became(text)


def test_every_name_finds_its_place() -> None:
    for place in PLACES.gazetteer.places.values():
        found = [one.now for one in PLACES.named(f"{place.title}, {place.district}")]
        assert place.now in found, place.title
        assert len(found) == 1 or place.title == "xã Việt Lâm"


def test_there_are_as_many_as_the_resolution_made() -> None:
    assert Counter(place.level for place in PLACES.gazetteer.places.values()) == {
        Level.COMMUNE: 73,
        Level.OLD_COMMUNE: 193,
        Level.OLD_DISTRICT: 11,
    }
    split = sorted(place.name for place in PLACES.gazetteer.places.values() if place.level is Level.OLD_COMMUNE and len(place.now) > 1)
    assert split == ["Quang Trung", "Việt Lâm", "Yên Định"]


def test_todays_communes_are_those_of_the_packaged_list() -> None:
    province = {normalise(ward.name) for ward in packaged.Ward.iter_by_province(packaged.ProvinceCode.P_08)}
    today = [place for place in PLACES.gazetteer.places.values() if place.level is Level.COMMUNE]
    assert {normalise(place.title) for place in today} <= province
    assert len(province) == 124


def test_a_list_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / FILE).write_text("communes: [{name: X}]", encoding="utf-8")
    with pytest.raises(WrittenError, match=r"places\.yml"):
        Places.load(tmp_path)
