"""The figures of an evaluation, on readings small enough to count by hand."""

from pathlib import Path

import pytest

from bot.model.errors import WrittenError
from bot.model.meaning import Meaning, Reading
from bot.understanding import thresholds
from bot.understanding.evaluation import report
from bot.understanding.evaluation.choosing import choose, cost
from bot.understanding.evaluation.confidence import calibration_error
from bot.understanding.evaluation.examples import Example, read_examples
from bot.understanding.evaluation.figures import measure
from bot.understanding.evaluation.judged import Judged, judge, with_pairs
from bot.understanding.thresholds import Thresholds
from tests.understanding.conftest import ROOT


def judged(intent: str, *readings: tuple[str, float], variant: str = "typed") -> Judged:
    return Judged(Example(intent, "câu", variant=variant), tuple(Reading(name, share) for name, share in readings))


ROWS = [
    judged("eid_otp", ("eid_otp", 0.9), ("greet", 0.1)),
    judged("eid_otp", ("eid_password", 0.6), ("eid_otp", 0.4), variant="bare"),
    judged("eid_password", ("eid_password", 0.8), ("greet", 0.2)),
    judged("out_of_scope", ("out_of_scope", 0.7), ("greet", 0.3)),
    judged("out_of_scope", ("greet", 0.95), ("eid_otp", 0.05)),
]


def test_the_figures() -> None:
    figures = measure(ROWS, Thresholds(sure=0.7, maybe=0.3))
    assert (figures.lines, figures.accuracy, figures.top3) == (5, 0.6, 0.8)
    assert figures.by_variant == {"bare": 0.0, "typed": 0.75}
    assert figures.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 2 / 3) / 3, abs=1e-4)
    assert figures.out_of_scope_refused == 0.5
    assert figures.acted_on == pytest.approx(2 / 3, abs=1e-4)
    assert figures.acted_on_wrongly == pytest.approx(1 / 3, abs=1e-4)
    assert figures.aspects is None
    assert figures.intents["eid_otp"].confused_with == (("eid_password", 1),)
    assert [point.coverage for point in figures.coverage][-1] == 1.0
    assert set(figures.confusions) == {("eid_otp", "eid_password", 1), ("out_of_scope", "greet", 1)}
    assert "60.0%" in report.text(figures)
    assert "| eid_otp | 2 |" in report.markdown(figures)
    assert figures.as_json()["lines"] == 5


def test_a_plain_line_is_compared_with_itself_without_diacritics() -> None:
    pairs = with_pairs([Example("eid_otp", "mã không về", variant="plain"), Example("eid_otp", "ma k ve", variant="teen")])
    assert [(one.text, one.variant) for one in pairs] == [("mã không về", "plain"), ("ma k ve", "teen"), ("ma khong ve", "stripped")]
    rows = [Judged(one, (Reading("eid_otp" if one.variant != "stripped" else "greet", 0.9),)) for one in pairs]
    figures = measure(rows, Thresholds(0.7, 0.3))
    assert (figures.lines, figures.paired_drop, figures.variants["stripped"].accuracy) == (2, 1.0, 0.0)


def test_aspects_are_judged_where_they_may_be_asked() -> None:
    def row(intent: str, meant: str | None, read: str | None) -> Judged:
        return Judged(Example(intent, "câu", meant, aspect_known=True), (Reading(intent, 0.9),), read)

    rows = [
        row("eid_otp", "fee", "fee"),
        row("eid_otp", "time", None),
        row("eid_otp", None, "fee"),
        row("eid_otp", None, None),
        row("greet", None, None),
    ]
    aspects = measure(rows, Thresholds(0.7, 0.3)).aspects
    assert aspects is not None
    assert (aspects.accuracy, aspects.micro_f1) == (0.5, 0.5)
    assert aspects.f1 == {"fee": 0.6667, "time": 0.0}


def test_honest_confidences_have_no_calibration_error() -> None:
    honest = [judged("a", ("a", 0.75))] * 3 + [judged("b", ("a", 0.75))]
    assert calibration_error(honest) == 0.0
    assert calibration_error([judged("b", ("a", 0.9))]) == 0.9


def test_thresholds_cost_least() -> None:
    wrong = [judged("b", ("a", 0.4 + n / 100), ("b", 0.2)) for n in range(10)]
    right = [judged("a", ("a", 0.3 + n / 100), ("b", 0.1)) for n in range(60)]
    chosen = choose([*wrong, *right])
    assert 0.05 <= chosen.maybe < chosen.sure
    assert chosen.sure == 0.5
    assert cost([*wrong, *right], chosen) < min(cost([*wrong, *right], Thresholds(sure, 0.05)) for sure in (0.3, 0.4, 0.7, 0.9))


def test_a_wrong_guide_costs_five_questions() -> None:
    line = judged("b", ("a", 0.6), ("b", 0.3))
    assert [cost([line], Thresholds(sure, maybe)) for sure, maybe in ((0.5, 0.2), (0.7, 0.2), (0.9, 0.7))] == [5.0, 1.0, 2.0]
    assert [cost([judged("out_of_scope", ("a", 0.6))], Thresholds(sure, 0.2)) for sure in (0.5, 0.7)] == [5.0, 1.0]


async def test_each_line_goes_through_the_door() -> None:
    async def parse(text: str) -> Meaning:
        return Meaning((Reading("greet", 0.5),), aspect="fee" if "tiền" in text else None)

    rows = await judge(parse, [Example("greet", "chào", None, aspect_known=True), Example("eid_otp", "mấy tiền", "fee", aspect_known=True)])
    assert [row.right for row in rows] == [True, False]
    aspects = measure(rows, Thresholds(0.5, 0.2)).aspects
    assert aspects is not None
    assert aspects.accuracy == 1.0
    assert all(row.seconds > 0 for row in rows)


def test_tsv_and_yaml_are_read(tmp_path: Path) -> None:
    tsv = tmp_path / "a.tsv"
    tsv.write_text("intent\taspect\tvariant\ttext\neid_otp\tfee\tbare\tma otp het bao nhieu\ngreet\t\t\tchào\n\n")
    assert read_examples([tsv]) == [
        Example("eid_otp", "ma otp het bao nhieu", "fee", "bare", aspect_known=True),
        Example("greet", "chào", None, "typed", aspect_known=True),
    ]
    found = read_examples([ROOT / "tests/understanding/small/examples.yml"])
    assert len(found) > 20
    assert found[0] == Example("eid_level_2", "đăng ký định danh mức 2", aspect_known=True)


@pytest.mark.parametrize(("name", "content"), [("a.tsv", "eid_otp\tchào\n"), ("a.yml", "nlu: 3"), ("a.yml", "- ["), ("a.tsv", None)])
def test_what_is_wrong_in_a_file_is_said(tmp_path: Path, name: str, content: str | None) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(WrittenError, match="→"):
        read_examples([tmp_path / name])


def test_thresholds_are_kept_and_checked(tmp_path: Path) -> None:
    (tmp_path / "nlu").mkdir()
    thresholds.write(tmp_path, Thresholds(0.6, 0.25), {"lines": 3})
    assert thresholds.load(tmp_path) == Thresholds(0.6, 0.25)
    (tmp_path / "nlu/thresholds.yml").write_text("sure: 0.2\nmaybe: 0.5\n")
    with pytest.raises(WrittenError):
        thresholds.load(tmp_path)


def test_the_projects_own_thresholds_can_be_used() -> None:
    assert thresholds.load(ROOT).sure > 0.3
