"""Looking at guides without running them: every step can be arrived at, drawn and previewed."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.dialogue.guide import Ask, Do
from bot.dialogue.picture import svg
from bot.dialogue.trying import arrive
from bot.following import placed_at
from bot.model.errors import DanLoiError
from bot.settings import Settings
from bot.writing import drawing, preview_page, previews
from bot.written import Written

from .test_questions import GUIDE
from .village import TODAY, library


def test_every_waiting_step_of_every_guide_can_be_arrived_at(written: Written) -> None:
    steps = [(name, one.name) for name, topic in written.library.topics.items() for one in topic.steps if isinstance(one, Ask | Do)]
    assert len(steps) > 40
    assert [(name, step) for name, step in steps if arrive(written.library, name, step, TODAY) is None] == []


def test_the_answers_on_the_way_are_those_that_lead_there(tmp_path: Path) -> None:
    made = library(tmp_path, {"account/eid_status": ("Đã duyệt chưa", GUIDE)})
    late = arrive(made, "eid_status", "late", TODAY)
    assert late is not None
    assert late.stack[0].answers == {"age": "14", "went": "2026-10-24"}
    assert arrive(made, "eid_status", "no_such_step", TODAY) is None


def test_who_wants_to_try_a_step_that_is_none_is_told_which_there_are(written: Written) -> None:
    with pytest.raises(DanLoiError, match=r"Các bước dừng chờ: .*sim"):
        placed_at(written, "eid_level_2", "nonsense", TODAY)
    with pytest.raises(DanLoiError, match=r"Không có hướng dẫn «eid_about»"):
        placed_at(written, "eid_about", None, TODAY)


def test_a_picture_shows_every_step_and_every_way_on(written: Written) -> None:
    for topic in written.library.topics.values():
        drawn = ElementTree.fromstring(svg(topic))
        told = " ".join("".join(node.itertext()) for node in drawn.iter() if node.tag.endswith("text"))
        for step in topic.steps:
            assert step.name.removeprefix("call_") in told, f"{topic.id}.{step.name}"
            labels = (
                [one.label for one in step.choices]
                if isinstance(step, Ask)
                else [one.label for one in step.stuck]
                if isinstance(step, Do)
                else []
            )
            for label in labels:
                assert label in told


def test_a_preview_shows_every_message_in_every_variant_on_every_channel(settings: Settings, written: Written) -> None:
    page = preview_page(settings, "eid_level_2")
    assert all(f"eid_level_2.{block}<" in page or f"eid_level_2.{block} <" in page for block in written.words.blocks("eid_level_2"))
    assert page.count("eid_level_2.go ") == 1  # the variant of those without a card
    assert "khi card: none" in page
    assert "<script" not in page
    assert page.count("<figure") == 3 * page.count("<h3>")
    assert any("1. Xong" in one for one in previews(settings, "eid_level_2"))


def test_a_preview_of_everything_holds_every_topic(settings: Settings, written: Written) -> None:
    page = preview_page(settings, None)
    assert all(f'id="{name}"' in page for name in written.library.topics)


def test_a_drawing_is_text_or_a_picture(settings: Settings) -> None:
    assert drawing(settings, "eid_otp").startswith("flowchart TD")
    assert drawing(settings, "eid_otp", as_svg=True).startswith("<svg")
    with pytest.raises(DanLoiError, match="Không có chủ đề"):
        drawing(settings, "nonsense")
