"""What writers get wrong: every fault names its file, its line where it has one, and how to mend it; all faults come at once."""

from pathlib import Path

import pytest

from bot.dialogue.draw import mermaid
from bot.dialogue.lint import Around, lint
from bot.dialogue.load import load_topics
from bot.dialogue.paths import needed_blocks
from bot.model.errors import Fault, WrittenError
from bot.understanding.text import fold

from .village import CARD, CATALOGUE, HEAD, TOPICS, library

GOOD = HEAD.format(title="Thử")


def faults_of(tmp_path: Path, text: str, name: str = "account/eid_login.yml") -> list[Fault]:
    path = tmp_path / "flows" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    try:
        topics = load_topics(tmp_path / "flows", CATALOGUE, fold)
    except WrittenError as error:
        return error.faults
    blocks = {topic.id: frozenset(needed_blocks(topic)) for topic in topics.values()}
    return lint(topics, Around(lambda topic: blocks[topic] - {"unworded"}, frozenset({"a.fact"}), frozenset({"luat"})))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("title: [\n", 2, "không đúng YAML"),
        (GOOD + "steps:\n  - ask: x\n    coices: {a: A, b: B}\n", 7, "không có mục «coices»"),
        (GOOD + "colour: red\nanswer: [main]\n", 5, "không có mục «colour»"),
        ("title: Thử\nfor: ai\nsources: [luat]\nanswer: [main]\n", 1, "thiếu mục «reviewed»"),
        (HEAD.format(title="Thử").replace("2026-11-23", "hôm qua") + "answer: [main]\n", 3, "ngày không đúng"),
        (GOOD, 1, "đúng một trong"),
        (GOOD + "answer: [main]\nsteps: [{end: done}]\n", 1, "đúng một trong"),
        (GOOD + "steps:\n  - shout: x\n", 6, "đúng một động từ"),
        (GOOD + "steps:\n  - ask: x\n    choices: {a: A}\n", 6, "có 1 lựa chọn"),
        (GOOD + "steps:\n  - ask: x\n    kind: colour\n    choices: {a: A, b: B}\n", 7, "loại câu hỏi «colour»"),
        (GOOD + "steps:\n  - ask: x\n    choices: {a: A, b: B}\n    next: {c: end}\n", 8, "không có mục «c»"),
        (GOOD + "steps:\n  - ask: x\n    choices: {a: A, b: B}\n    next: {a: {fly: away}}\n", 8, "không có mục «fly»"),
        (GOOD + "answer: [main]\nurgent: perhaps\n", 6, "true hoặc false"),
        (GOOD + "answer: [main]\nanswer: [main]\n", 6, "viết hai lần"),
        (GOOD + "steps:\n  - ask: x\n    choices: {a: A, b: B}\n    next: {a: gone}\n", 6, "không có bước ấy"),
        (GOOD + "steps:\n  - say: a\n  - end: b\n  - say: c\n", 8, "không ai đi tới được bước «c»"),
        (GOOD + "steps:\n  - say: a\n  - check: b\n    when: []\n    else: a\n", 6, "đi vòng không dừng"),
        (GOOD + "steps:\n  - do: a\n  - check: b\n    when: [{if: {a: x}, then: end}]\n", 7, "không ai trả lời thế được"),
        (GOOD + "steps:\n  - call: no_such\n", 6, "không có tệp ấy"),
        (GOOD + "steps:\n  - say: a\n  - say: a\n", 7, "cùng tên"),
        (GOOD + "answer: [unworded]\n", None, "thiếu lời «unworded»"),
        (GOOD + "answer: [main]\noffer: [no_such]\n", 6, "không có tệp ấy"),
        (GOOD + "answer: [main]\naspects: {fee: [no.fact]}\n", 6, "dẫn dữ kiện"),
        (GOOD + "answer: [main]\naspects: {colour: [a.fact]}\n", 6, "không có mục «colour»"),
        (GOOD.replace("luat", "bao") + "answer: [main]\n", 4, "không có nguồn «bao»"),
        (GOOD + f"steps:\n  - ask: x\n    choices: {{a: {'A' * 41}, b: B}}\n", 6, "dài 41 chữ"),
        (GOOD + f"steps:\n  - ask: {'x' * 40}\n    choices: {{a: A, b: B}}\n", 6, "không gửi được qua mọi kênh"),
        (GOOD + "steps:\n  - ask: x\n    choices: {a: {label: A, words: [thẻ cũ]}, b: {label: B, words: [the cu]}}\n", 6, "hai lựa chọn"),
        (GOOD + "steps:\n  - say: a\n  - check: b\n    when: [{if: {}, then: c}]\n    else: a\n  - say: c\n", 6, "đi vòng không dừng"),
        (GOOD + "steps:\n  - do: a\n  - call: eid_login\n", 6, "gọi vòng nhau: eid_login → eid_login"),
        (GOOD + "answer: []\n", 5, "không có mục nào"),
        (GOOD + "steps: []\n", 5, "không có mục nào"),
        (GOOD + "steps: [{end: x}]\noffer: [eid_login]\n", 6, "chỉ dùng cho chủ đề trả lời"),
        (GOOD + "steps: [{do: a}, {end: end}]\n", 5, "từ dành riêng"),
        (GOOD + "steps:\n  - do: online\n", 6, "tên một khía cạnh"),
        (GOOD + "steps:\n  - do: Bước một\n", 6, "tên «Bước một» không dùng được"),
        (GOOD + "steps:\n  - ask: x\n    choices: {a.b: A, b: B}\n", 7, "tên «a.b» không dùng được"),
        (GOOD + "steps:\n  - do: x\n    picture: y.png\n", 7, "không có mục «picture»"),
    ],
)
def test_a_broken_guide_says_where_and_how_to_mend_it(tmp_path: Path, text: str, line: int | None, says: str) -> None:
    found = [fault for fault in faults_of(tmp_path, text) if says in fault.what]
    assert found, faults_of(tmp_path, text)
    assert found[0].line == line
    assert found[0].remedy
    assert "account/eid_login" in found[0].file


def test_a_file_in_the_wrong_place_or_of_no_known_topic(tmp_path: Path) -> None:
    assert "chuyển tệp vào flows/account/" in str(faults_of(tmp_path, GOOD + "answer: [main]\n", "safety/eid_login.yml")[0])
    assert "catalogue.yml" in str(faults_of(tmp_path / "b", GOOD + "answer: [main]\n", "account/nonsense.yml")[0])


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    assert len(faults_of(tmp_path, "colour: red\nsize: big\n")) >= 6


def test_a_good_library_has_no_faults(tmp_path: Path) -> None:
    topics = library(tmp_path).topics
    blocks = {topic.id: frozenset(needed_blocks(topic)) for topic in topics.values()}
    assert len(topics) == len(TOPICS)
    assert lint(topics, Around(lambda topic: blocks[topic], frozenset(), frozenset({"luat"}))) == []


def test_a_version_follows_the_routing_and_nothing_else(tmp_path: Path) -> None:
    def version(body: str, title: str, at: str) -> str:
        path = tmp_path / at / "flows/account/eid_level_2.yml"
        path.parent.mkdir(parents=True)
        path.write_text(HEAD.format(title=title) + body, encoding="utf-8")
        return load_topics(tmp_path / at / "flows", CATALOGUE, fold)["eid_level_2"].version

    first = version(CARD, "Một", "a")
    assert version(CARD, "Hai", "b") == first
    assert version(CARD.replace("  - say: old_card\n", ""), "Một", "c") != first


def test_a_step_is_reached_after_a_visit_though_every_choice_leads_somewhere(tmp_path: Path) -> None:
    ask = "  - ask: x\n    choices: {a: A, b: B}\n    next: {a: end, b: {say: more, then: {call: eid_about}}}\n"
    assert [fault for fault in faults_of(tmp_path, f"{GOOD}steps:\n{ask}  - end: done\n") if "không ai đi tới" in fault.what] == []


def test_a_drawing_keeps_clear_of_the_words_that_the_charts_language_keeps(tmp_path: Path) -> None:
    drawn = mermaid(library(tmp_path).current("eid_about"))
    assert [line.strip() for line in drawn.splitlines()[2:]] == [
        'title --> s_main["main"]',
        's_main --> s_more["more"]',
        's_more -.-> t_eid_level_2[/"eid_level_2"/]',
    ]


def test_a_drawing_shows_every_step_and_choice(tmp_path: Path) -> None:
    drawn = mermaid(library(tmp_path).current("eid_level_2"))
    for name in ("card", "sim", "go", "which", "wait", "Hết hạn hoặc loại cũ", "Công an ở xa", "eid_phone_number", "gặp người"):
        assert name in drawn
