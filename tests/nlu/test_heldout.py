"""The lines the model is judged by are never among those it learns from, however they are typed."""

import re
from pathlib import Path

from bot.settings import ROOT
from bot.understanding.evaluation.examples import read_examples
from nlu.text import fold


def folded(paths: list[Path]) -> dict[str, str]:
    return {fold(example.text): example.intent for example in read_examples(paths)}


LEARNT = sorted((ROOT / "nlu/data").glob("*.yml"))
HELD_OUT = sorted((ROOT / "nlu/heldout").glob("*.tsv"))
CHOSEN_ON = sorted((ROOT / "nlu/dev").glob("*.tsv"))
"""Lines on which thresholds are chosen; not learnt, and not what the figures are told of."""


WAITING = sorted((ROOT / "nlu/heldout/waiting").glob("*.tsv"))
"""Lines of intents that nothing is learnt of yet: kept away from those who will write what is."""


def test_nothing_leaks() -> None:
    learnt, held_out = folded(LEARNT), folded([*HELD_OUT, *WAITING])
    assert len(learnt) > 1000
    assert len(held_out) > 300
    assert sorted(set(learnt) & set(held_out)) == []
    chosen_on = folded(CHOSEN_ON)
    assert len(chosen_on) > 300
    assert sorted(set(chosen_on) & (set(learnt) | set(held_out))) == []


def test_every_intent_is_learnt_and_judged() -> None:
    learnt, held_out = folded(LEARNT), folded(HELD_OUT)
    assert set(learnt.values()) == set(held_out.values())
    assert min(list(learnt.values()).count(intent) for intent in set(learnt.values())) >= 30
    assert min(list(held_out.values()).count(intent) for intent in set(held_out.values())) >= 8


def test_no_line_teaches_two_things() -> None:
    meant: dict[str, str] = {}
    for example in read_examples(LEARNT):
        assert meant.setdefault(fold(example.text), example.intent) == example.intent, example.text


def test_no_line_holds_a_number_that_could_be_somebodys() -> None:
    lines = [example.text for example in read_examples([*LEARNT, *HELD_OUT, *WAITING, *CHOSEN_ON])]
    assert [line for line in lines if re.search(r"\d[\d .-]{7,}\d", line)] == []
