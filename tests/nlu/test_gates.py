"""A model that understands less than the last one does not pass: a floor for each figure, and confusions that would do harm."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import Written
from bot.settings import ROOT
from bot.understanding import evaluate, thresholds
from bot.understanding.evaluate import Figures
from bot.understanding.examples import read_examples
from bot.understanding.judged import Judged
from bot.understanding.rasa import Nlu

from ..understanding.conftest import TOKEN, light, model  # noqa: F401

FLOORS = {"plain": 0.88, "nodia": 0.90, "teen": 0.83, "typo": 0.90, "speech": 0.85}
TOP_THREE = 0.96
FOUND = {"far": 0.92, "near": 0.87}
FORBIDDEN = {
    ("scam_victim", "scam_suspected"),
    ("scam_victim", "out_of_scope"),
    ("eid_level_1", "eid_level_2"),
    ("eid_level_2", "eid_level_1"),
    ("eid_password", "eid_passcode"),
    ("eid_passcode", "eid_password"),
    ("eid_locked", "eid_activate"),
    ("permanent_residence", "temporary_residence"),
    ("temporary_residence", "permanent_residence"),
    ("birth_registration", "death_registration"),
    ("talk_to_human", "stop"),
    ("stop", "step_done"),
    ("deny", "affirm"),
    ("step_stuck", "step_done"),
}
"""(meant, read): acting on such a reading leads somebody astray, so that it may be asked about but never be sure."""
ALLOWED = 2
"""How often one of these still happens in all the held-out lines: a password called "not the six digits", a victim read as a suspicion."""


@pytest.fixture
async def judged(light: str, model: Path, written: Written) -> AsyncIterator[list[Judged]]:  # noqa: F811
    nlu = Nlu([light], TOKEN, written.catalogue.intents, model.name, timeout=20)
    yield await evaluate.judge(nlu.parse, read_examples(sorted((ROOT / "nlu/heldout").glob("*.tsv"))))
    await nlu.close()


async def test_no_figure_falls_below_its_floor(judged: list[Judged]) -> None:
    found: Figures = evaluate.measure(judged, thresholds.load(ROOT))
    assert found.lines > 1000
    assert {name: share for name, share in found.by_variant.items() if share < FLOORS.get(name, 0)} == {}
    assert found.top3 >= TOP_THREE
    assert {name: share for name, share in found.out_of_scope_found.items() if share < FOUND[name]} == {}
    assert found.acted_on_wrongly <= evaluate.WRONG_AT_MOST


async def test_what_would_do_harm_is_never_sure(judged: list[Judged]) -> None:
    sure = thresholds.load(ROOT).sure
    harmful = [row.example.text for row in judged if (row.example.intent, row.top) in FORBIDDEN and row.confidence >= sure]
    assert len(harmful) <= ALLOWED, harmful
