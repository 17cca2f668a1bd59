"""Citizens who speak of places: told what became of them, asked back where two have one name, remembered for who will help."""

from dataclasses import replace
from pathlib import Path

import pytest

from .village import Citizen, library


@pytest.fixture
def citizen(tmp_path: Path) -> Citizen:
    return Citizen(library(tmp_path))


def test_an_old_commune_is_told_what_became_of_it(citizen: Citizen) -> None:
    assert citizen.says("xã Tả Phìn giờ là xã nào", intent="merger_changes") == ["common.place_became", "common.place_then"]
    assert citizen.move.says[0].values["now"] == ["xã Đồng Văn"]
    assert citizen.state.place == "xa_ta_phin_cu"


def test_a_name_of_two_places_is_asked_back_and_a_tap_or_words_tell(citizen: Citizen) -> None:
    assert citizen.says("meo vac") == ["common.place_which"]
    assert citizen.labels == ["Xã Mèo Vạc (mới)", "Huyện Mèo Vạc (cũ)"]
    assert citizen.says("huyện cũ") == ["common.place_district", "common.place_then"]
    citizen.says("xa ta lung")
    assert citizen.labels == ["Xã Tả Lủng (huyện Đồng Văn cũ)", "Xã Tả Lủng (huyện Mèo Vạc cũ)"]
    assert citizen.says("mèo vạc") == ["common.place_became", "common.place_then"]
    assert citizen.state.place == "xa_ta_lung_huyen_meo_vac_cu"


def test_a_split_commune_names_both_parts(citizen: Citizen) -> None:
    citizen.says("xã Yên Định giờ về đâu", intent="merger_changes")
    assert citizen.move.says[0].values["now"] == ["xã Ngọc Đường", "xã Minh Ngọc"]


def test_a_place_in_another_question_is_remembered_and_the_question_answered(citizen: Citizen) -> None:
    assert citizen.says("ở xã Lũng Cú làm định danh mức 2 mất bao nhiêu", intent="eid_level_2", aspect="fee") == ["eid_level_2.fee"]
    assert citizen.state.place == "xa_lung_cu"


def test_a_name_that_leaves_it_open_is_not_remembered(citizen: Citizen) -> None:
    citizen.says("ở Mèo Vạc làm định danh mức 2", intent="eid_level_2")
    assert citizen.state.place is None


def test_inside_a_guide_a_place_alone_is_no_change_of_subject(citizen: Citizen) -> None:
    citizen.standing_at("1")
    assert "common.place_became" not in citizen.says("xã Tả Phìn", intent="merger_changes", confidence=0.1)
    assert citizen.step == "sim"


def test_asked_inside_a_guide_the_guide_comes_back(citizen: Citizen) -> None:
    citizen.standing_at("1")
    assert citizen.says("xã Tả Phìn giờ là xã nào", intent="merger_changes") == [
        "common.place_became",
        "common.back_to_step",
        "eid_level_2.sim",
    ]


def test_a_tap_on_a_place_that_is_no_more_shows_where_we_stand(citizen: Citizen) -> None:
    citizen.says("meo vac")
    assert citizen.taps_value("place:xa_khong_co", citizen.turn) == ["common.old_tap"]


def test_a_place_told_after_where_was_asked_is_the_answer(citizen: Citizen) -> None:
    citizen.library = replace(citizen.library, words=lambda topic, block: (topic, block) == ("eid_about", "where"))
    citizen.says("công an xã ở đâu", intent="eid_about", aspect="where")
    assert citizen.says("tôi ở xã Lũng Cú", intent="out_of_scope") == ["common.place_today", "eid_about.where"]
    assert citizen.state.place == "xa_lung_cu"


def test_a_district_that_is_no_more_and_a_name_without_its_marks(citizen: Citizen) -> None:
    assert citizen.says("huyện vị xuyên còn không", intent="out_of_scope") == ["common.place_district", "common.place_then"]
    assert citizen.says("quan ba gio la xa nao", intent="household_business", confidence=0.3) == ["common.place_which"]
