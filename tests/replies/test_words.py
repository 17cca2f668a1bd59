"""The words: rendered block by block, with facts that know their date; a mistake names its file and how to mend it."""

from datetime import date
from pathlib import Path

import pytest

from bot.model.dialogue import Say
from bot.model.errors import WrittenError
from bot.model.message import Button, Reply
from bot.replies.facts import Facts
from bot.replies.words import Words
from bot.written import Written

TODAY = date(2026, 11, 23)
SOURCES = "luat: {title: Luật, date: 2024-07-01}\n"
LAW = "source: luat, confidence: law, reviewed: 2026-11-23"
FACTS = f"""
fee.now: {{value: "15.000 đồng", safe: "một khoản phí", valid_from: 2025-07-01, valid_until: 2026-12-31, {LAW}}}
fee.unsure: {{value: "9 đồng", safe: "xem trên màn hình", valid_from: 2025-07-01, {LAW.replace("law", "uncertain")}}}
fee.coming: {{value: "30.000 đồng", safe: "chưa rõ", valid_from: 2027-01-01, {LAW}}}
"""
TOPIC = """
{% block plain %}  {{ You }} chờ {{ me }} nhé.

{% endblock %}
{% block fact %}Phí: {{ fact("fee.now") }}.{% endblock %}
{% block chosen %}{% if answers.card == "valid" %}có thẻ{% else %}không thẻ{% endif %}{% endblock %}
{% block undefined %}{{ nobody }}{% endblock %}
{% block no_fact %}{{ fact("no.such") }}{% endblock %}
{% block sum %}{{ 1 + "một" }}{% endblock %}
{% block sneaky %}{{ ().__class__.__base__.__subclasses__() }}{% endblock %}
"""


def make(folder: Path, topic: str = TOPIC, facts: str = FACTS, sources: str = SOURCES) -> Words:
    (folder / "facts").mkdir(parents=True)
    (folder / "account").mkdir()
    (folder / "facts/sources.yml").write_text(sources, encoding="utf-8")
    (folder / "facts/fees.yml").write_text(facts, encoding="utf-8")
    (folder / "account/card.md.j2").write_text(topic, encoding="utf-8")
    return Words(folder, Facts.load(folder / "facts"), {"keep_days": 90, "keep_hours": 24})


@pytest.fixture
def words(tmp_path: Path) -> Words:
    return make(tmp_path)


def test_a_block_is_worded_and_tidied(words: Words) -> None:
    reply = words.reply(Say("card.plain", buttons=(Button("Xong", "x:y"),), critical=True), TODAY)
    assert reply == Reply("card.plain", "Bà con chờ mình nhé.", (Button("Xong", "x:y"),), True)


def test_progress_stands_before_the_words(words: Words) -> None:
    assert words.reply(Say("card.plain", {"progress": "2/5"}), TODAY).text == "**Bước 2/5.** Bà con chờ mình nhé."


def test_a_question_not_asked_is_just_not_answered(words: Words) -> None:
    assert words.text("card.chosen", TODAY, {"answers": {"card": "valid"}}) == "có thẻ"
    assert words.text("card.chosen", TODAY, {"answers": {}}) == "không thẻ"


@pytest.mark.parametrize(
    ("fact", "day", "said"),
    [
        ("fee.now", date(2025, 6, 30), "một khoản phí"),
        ("fee.now", date(2025, 7, 1), "15.000 đồng"),
        ("fee.now", date(2026, 12, 31), "15.000 đồng"),
        ("fee.now", date(2027, 1, 1), "một khoản phí"),
        ("fee.unsure", TODAY, "xem trên màn hình"),
        ("fee.coming", date(2026, 12, 31), "chưa rõ"),
        ("fee.coming", date(2027, 1, 1), "30.000 đồng"),
    ],
)
def test_a_fact_is_said_only_while_it_holds(tmp_path: Path, fact: str, day: date, said: str) -> None:
    make(tmp_path)
    assert Facts.load(tmp_path / "facts").said(fact, day) == said


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ("card.gone", "thiếu lời «card.gone»"),
        ("nothing.main", "thiếu lời «nothing.main»"),
        ("card.undefined", "nobody"),
        ("card.no_fact", "không có dữ kiện «no.such»"),
        ("card.sneaky", "__class__"),
        ("card.sum", "unsupported operand"),
    ],
)
def test_a_mistake_in_words_names_file_block_and_remedy(words: Words, block: str, says: str) -> None:
    with pytest.raises(WrittenError) as raised:
        words.text(block, TODAY)
    (fault,) = raised.value.faults
    assert says in fault.what
    assert fault.file.endswith(".md.j2")
    assert fault.line == next((n for n, line in enumerate(TOPIC.splitlines(), 1) if f"block {block.split('.')[1]} " in line), None)
    assert fault.remedy


def test_a_template_that_cannot_be_read_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(WrittenError) as raised:
        make(tmp_path, topic="{% block a %}\n{% if %}\n{% endblock %}")
    assert (raised.value.faults[0].file, raised.value.faults[0].line) == ("content/account/card.md.j2", 2)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ("a: [1", "không đúng YAML"),
        ("- a\n", "phải gồm các mục"),
        ("a: {value: x}\n", "content/facts/fees.yml:1: «a»: safe: thiếu mục này"),
        (FACTS + FACTS, "content/facts/fees.yml:6: «fee.now» đã có ở dòng 2"),
        (FACTS.replace('"15.000 đồng"', "15"), "value: phải là chữ"),
        (FACTS.replace("2026-12-31", "2020-12-31"), "hết hạn (valid_until) trước khi bắt đầu"),
        ("a: 7\n", "phải gồm các mục"),
        ("a: {reviewed: 2026-13-40}\n", "không đọc được"),
        (FACTS.replace("confidence: law", "confidence: rumour"), "confidence: chỉ nhận một trong 'law'"),
        (FACTS.replace("2026-12-31", "mai"), "valid_until: ngày viết như 2026-11-23"),
        (FACTS.replace("source: luat", "source: bao"), "nguồn lạ «bao»"),
        (FACTS.replace("confidence: law", "confidence: law, colour: red"), "colour: không có mục này"),
    ],
)
def test_a_broken_fact_names_file_and_remedy(tmp_path: Path, facts: str, says: str) -> None:
    with pytest.raises(WrittenError) as raised:
        make(tmp_path, facts=facts)
    assert any(says in str(fault) for fault in raised.value.faults)
    assert all(fault.file.startswith("content/facts/") and fault.remedy for fault in raised.value.faults)


def test_every_block_that_is_written_can_be_said(written: Written) -> None:
    from bot.replies.sample import SAMPLE

    said = [written.words.text(f"{t}.{b}", TODAY, SAMPLE) for t in written.words.topics for b in written.words.blocks(t)]
    assert len(said) > 200
    assert all(said)


@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 1), date(2031, 1, 1)])
def test_every_block_can_still_be_said_later(written: Written, day: date) -> None:
    from bot.replies.sample import SAMPLE

    assert all(written.words.text(f"{t}.{b}", day, SAMPLE) for t in written.words.topics for b in written.words.blocks(t))


@pytest.mark.parametrize(
    ("fact", "last_day", "after"),
    [
        ("card.fee.reissue", date(2026, 12, 31), date(2027, 1, 1)),
        ("record.fee", date(2026, 12, 31), date(2027, 1, 1)),
        ("card.waiver", date(2027, 2, 28), date(2027, 3, 1)),
        ("linking.deadline", date(2027, 6, 30), date(2027, 7, 1)),
    ],
)
def test_what_ends_is_said_to_its_last_day_and_not_a_day_longer(written: Written, fact: str, last_day: date, after: date) -> None:
    kept = written.facts.facts[fact]
    assert written.facts.said(fact, last_day) == kept.value
    assert written.facts.said(fact, after) == kept.safe
    blocks = [
        f"{topic}.{name}" for topic in written.words.topics for name, block in written.words.written(topic).items() if fact in block.facts
    ]
    assert blocks
    assert not any(kept.value in written.words.text(block, after, {"answers": {}}) for block in blocks)


ASPECTS = ("fee", "time", "documents", "where", "who", "online")


def test_every_topic_answers_every_aspect(written: Written) -> None:
    assert len(written.library.topics) >= 20
    missing = [f"{topic}.{aspect}" for topic in written.library.topics for aspect in ASPECTS if not written.words.has(topic, aspect)]
    assert missing == []


def test_no_message_is_longer_than_people_read(written: Written) -> None:
    """A message holds at most 420 characters; numbered steps of an answer may take what three short steps need."""
    from bot.replies.sample import SAMPLE

    long = {
        f"{topic}.{block}": len(text)
        for topic in written.words.topics
        for block in written.words.blocks(topic)
        if topic != "web" and len(text := written.words.text(f"{topic}.{block}", TODAY, SAMPLE)) > 420
    }
    assert long == {}


def test_every_question_can_be_explained(written: Written) -> None:
    """A question that was not understood gets an example or a reason of its own."""
    from bot.dialogue.guide import Ask

    questions = [(t, step.name) for t, topic in written.library.topics.items() for step in topic.steps if isinstance(step, Ask)]
    assert questions
    assert [q for q in questions if not any(written.words.has(q[0], f"{q[1]}__{kind}") for kind in ("example", "why"))] == []
