"""A model that understands less than the last one does not pass: a floor for each figure, and confusions that would do harm."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.settings import ROOT
from bot.understanding import thresholds
from bot.understanding.evaluation.examples import read_examples
from bot.understanding.evaluation.figures import Figures, measure
from bot.understanding.evaluation.harmful import harmful
from bot.understanding.evaluation.judged import Judged, judge, with_pairs
from bot.understanding.rasa import Nlu
from bot.written import Written

from ..understanding.conftest import TOKEN, light, model  # noqa: F401

FLOORS = {"plain": 0.90, "stripped": 0.895, "nodia": 0.94, "teen": 0.895, "typo": 0.89, "speech": 0.88}
TOP_THREE = 0.965
DROP = 0.025
"""How much worse plain lines may be read once their diacritics are gone."""
FOUND = {"far": 0.95, "near": 0.88}
ASPECTS = 0.80
HONEST = 0.05
WRONG_AT_MOST = 0.08
"""Of what is acted on without asking back."""
ALLOWED = 4
"""How often a harmful confusion still happens in all the held-out lines."""


@pytest.fixture(scope="module")
def thresholds_now() -> thresholds.Thresholds:
    return thresholds.load(ROOT)


@pytest.fixture
async def judged(light: str, model: Path, written: Written) -> AsyncIterator[list[Judged]]:  # noqa: F811
    nlu = Nlu([light], TOKEN, written.catalogue.intents, model.name, timeout=20)
    yield await judge(nlu.parse, with_pairs(read_examples(sorted((ROOT / "nlu/heldout").glob("*.tsv")))))
    await nlu.close()


async def test_no_figure_falls_below_its_floor(judged: list[Judged], thresholds_now: thresholds.Thresholds) -> None:
    found: Figures = measure(judged, thresholds_now)
    assert found.lines > 1500
    assert {name: kind.accuracy for name, kind in found.variants.items() if kind.accuracy < FLOORS.get(name, 0)} == {}
    assert found.top3 >= TOP_THREE
    assert found.paired_drop is not None
    assert found.paired_drop <= DROP
    assert {name: share for name, share in found.out_of_scope_found.items() if share < FOUND[name]} == {}
    assert found.aspects is not None
    assert found.aspects.micro_f1 >= ASPECTS
    assert found.calibration_error <= HONEST
    assert found.acted_on_wrongly <= WRONG_AT_MOST


async def test_what_would_do_harm_is_never_sure(judged: list[Judged], thresholds_now: thresholds.Thresholds) -> None:
    astray = [(row.example.text, row.top) for row in harmful(judged, thresholds_now.sure) if row.example.variant != "stripped"]
    assert len(astray) <= ALLOWED, astray
