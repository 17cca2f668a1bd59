"""Proofreading: what must not be said is found in every variant of a block, facts need their ends, and advice names the line."""

from datetime import date
from pathlib import Path

import pytest

from bot.replies.facts import Facts
from bot.replies.proof import Known, Proof, Rules
from bot.replies.words import Words
from bot.settings import ROOT, Settings
from bot.writing import TABLE, check_all, table

TODAY = date(2026, 11, 24)
SOURCES = "luat: {title: Luật thử, date: 2024-07-01}\n"
FACT = """{name}:
  value: {value}
  safe: hỏi cán bộ
  valid_from: 2024-01-01
  valid_until: {until}
  source: luat
  confidence: law
  reviewed: {reviewed}
"""
ASPECTS = "".join(
    f"{{% block {name} %}}Bà con hỏi Công an xã.{{% endblock %}}\n" for name in ("fee", "time", "documents", "where", "who", "online")
)


def proof(tmp_path: Path, words: str, facts: str = "", today: date = TODAY, aspects: str = ASPECTS) -> Proof:
    """A topic «card» whose guide says the block `main` and asks `asked`."""
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "sources.yml").write_text(SOURCES, encoding="utf-8")
    (tmp_path / "facts" / "a.yml").write_text(facts or "{}", encoding="utf-8")
    (tmp_path / "account").mkdir()
    (tmp_path / "account" / "card.md.j2").write_text(f"{words}\n{aspects}", encoding="utf-8")
    known = Facts.load(tmp_path / "facts")
    looked = Known(lambda topic: frozenset({"main"}), {"card": date(2026, 11, 1)}, lambda topic: frozenset({"asked__why"}))
    return Proof(Words(tmp_path, known, {}), known, Rules.load(ROOT), looked, today, {})


def block(text: str, name: str = "main") -> str:
    return f"{{% block {name} %}}{text}{{% endblock %}}"


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("Bà con ra Công an huyện nhé.", "abolished-offices"),
        ("Làm ở UBND huyện.", "abolished-offices"),
        ("Lệ phí là 50.000 đồng.", "exact-fees"),
        ("VNeID thay hoàn toàn thẻ.", "replaces-all-papers"),
        ("Bà con gửi mã OTP cho mình.", "asks-for-secrets"),
        ("Bà con nhập mật khẩu vào đây.", "asks-for-secrets"),
        ("Xem ở https://vi.du nhé", "links"),
        ("Gọi 0912 345 678 nhé.", "local-numbers"),
        ("Không khai thì bị phạt.", "threats-of-fines"),
        ("Facebook sẽ bị khóa nếu không liên kết.", "linking-threats"),
        ("Chắc chắn 3 ngày là có.", "promised-days"),
        ("Mức 2 làm được ở nhà.", "level-2-at-home"),
        ("Hồ sơ của bạn đã được duyệt.", "state-of-a-file"),
        ("{% if answers.card == 'old' %}Ra công an huyện.{% else %}Ra Công an xã.{% endif %}", "abolished-offices"),
    ],
)
def test_what_must_not_be_said_is_found_wherever_it_hides(tmp_path: Path, text: str, risk: str) -> None:
    faults = list(proof(tmp_path, f"\n\n{block(text)}").faults())
    assert [risk in fault.what for fault in faults] == [True], faults
    assert (faults[0].file, faults[0].line) == ("content/account/card.md.j2", 3)


@pytest.mark.parametrize(
    "text",
    [
        "Bà con ra **Công an xã** gần nhất.",
        "Mức 2 hiện chưa làm được ở nhà.",
        "Bà con đừng gửi mã OTP cho ai.",
        "Bà con tự gõ mật khẩu vào máy mình.",
        "Người của tỉnh Hà Giang cũ vẫn dùng thẻ cũ.",
        "Việc gấp thì gọi **113**.",
    ],
)
def test_what_may_be_said_is_left_alone(tmp_path: Path, text: str) -> None:
    assert list(proof(tmp_path, block(text)).faults()) == []


def test_a_fact_that_is_none_is_found_in_a_branch_that_hardly_anybody_reaches(tmp_path: Path) -> None:
    (fault,) = proof(tmp_path, block("{% if answers.card == 'x' and answers.sim == 'y' %}{{ fact('no.such') }}{% endif %}Chào.")).faults()
    assert "«no.such»" in fault.what


def test_a_sum_needs_the_day_on_which_it_ends(tmp_path: Path) -> None:
    facts = FACT.format(name="a.sum", value='"15.000 đồng"', until="null", reviewed=TODAY)
    assert ["a.sum" in fault.what for fault in proof(tmp_path, block("Chào."), facts).faults()] == [True]


def test_a_sum_with_an_end_may_be_filled_in(tmp_path: Path) -> None:
    facts = FACT.format(name="a.sum", value='"15.000 đồng"', until="2026-12-31", reviewed=TODAY)
    assert list(proof(tmp_path, block("Khoảng {{ fact('a.sum') }}."), facts).faults()) == []


def test_a_missing_aspect_is_a_fault(tmp_path: Path) -> None:
    faults = list(proof(tmp_path, block("Chào."), aspects=ASPECTS.replace("block who", "block whoever")).faults())
    assert ["«who»" in fault.what for fault in faults] == [True]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (block("Một. Hai. Ba. Bốn. Năm."), "có 5 câu"),
        (block("dài " * 40), "câu dài 40 tiếng"),
        (block("Bấm «Một», «Hai» rồi «Ba»."), "kể 3 nút"),
        (block("Bà con tiến hành kê khai."), "chữ công văn «tiến hành»"),
        (block("Chào.") + block("Không ai nói.", "old"), "không hướng dẫn nào nói tới"),
    ],
)
def test_advice_on_what_is_hard_to_hear(tmp_path: Path, words: str, says: str) -> None:
    advice = list(proof(tmp_path, words).advice())
    assert any(says in one.what for one in advice), advice


def test_what_is_easy_to_hear_gets_no_advice(tmp_path: Path) -> None:
    assert list(proof(tmp_path, block("Bà con bấm «Đăng nhập». Xong thì bấm «Xong».") + block("Vì thế.", "asked__why")).advice()) == []


def test_what_was_not_looked_over_for_half_a_year_is_told(tmp_path: Path) -> None:
    facts = FACT.format(name="a.old", value='"x"', until="2026-12-31", reviewed="2026-01-01")
    advice = [str(one) for one in proof(tmp_path, block("Chào."), facts, today=date(2027, 6, 1)).advice()]
    assert len([one for one in advice if "quá 180 ngày" in one]) == 2
    assert len([one for one in advice if "hết hạn ngày 2026-12-31" in one]) == 1


@pytest.mark.parametrize("day", [(2026, 11, 24), (2026, 12, 31), (2027, 2, 28), (2027, 3, 1)])
def test_what_is_written_stands_on_every_day_on_which_the_law_changes(settings: Settings, day: tuple[int, int, int]) -> None:
    from datetime import UTC, datetime

    assert check_all(settings, datetime(*day, 3, tzinfo=UTC)).topics >= 20


def test_a_person_gets_a_list_of_what_no_machine_can_tell(settings: Settings) -> None:
    checked = check_all(settings)
    assert len(checked.for_a_person) >= 8
    assert "Người soát phải tự đọc" in checked.report(everything=True)


def test_the_table_of_what_is_written_is_the_one_of_now(settings: Settings) -> None:
    readme = (ROOT / "content" / "README.md").read_text(encoding="utf-8")
    shown = readme.partition(TABLE[0])[2].partition(TABLE[1])[0].strip()
    assert shown == table(settings), "put what `danloi check --table` prints into content/README.md"
