"""Figures of being in or out of scope, on lines so few that they can be counted by hand."""

import pytest

from bot.model.meaning import Reading
from bot.understanding.evaluation.examples import Example
from bot.understanding.evaluation.judged import Judged
from bot.understanding.evaluation.scope import auroc, recalled
from bot.understanding.evaluation.shares import interval


def line(intent: str, out: float, variant: str = "plain") -> Judged:
    return Judged(Example(intent, "x", variant=variant), (Reading("eid_otp", 1 - out), Reading("out_of_scope", out)))


INSIDE = [line("eid_otp", out) for out in (0.0, 0.1, 0.2, 0.6)]


def test_apart_is_one_and_alike_is_a_half() -> None:
    assert auroc([*INSIDE, line("out_of_scope", 0.9)]) == 1.0
    assert auroc([*INSIDE, line("out_of_scope", 0.3), line("out_of_scope", 0.7)]) == pytest.approx(7 / 8)
    assert auroc([line("eid_otp", 0.5), line("out_of_scope", 0.5)]) == 0.5
    assert auroc(INSIDE) is None


def test_what_is_found_while_few_in_scope_are_lost() -> None:
    outside = [line("out_of_scope", 0.65, "near"), line("out_of_scope", 0.3, "near"), line("out_of_scope", 0.9, "far")]
    assert recalled([*INSIDE, *outside]) == {"far": 1.0, "near": 0.5}
    assert recalled([*INSIDE, *outside], false_alarm=0.25) == {"far": 1.0, "near": 1.0}


def test_an_interval_holds_the_share_and_narrows_with_lines() -> None:
    few, many = interval([True] * 9 + [False]), interval([True] * 900 + [False] * 100)
    assert few[0] < 0.9 <= few[1]
    assert many[1] - many[0] < few[1] - few[0]
    assert few == interval([True] * 9 + [False])
