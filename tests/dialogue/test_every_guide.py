"""Every guide as it is written, at every step that waits: back, three failures, an aspect asked in between, silence, a person, stop."""

import json

import pytest

from bot.dialogue import later
from bot.dialogue.guide import Ask, Do
from bot.dialogue.readings import ITSELF
from bot.dialogue.state import State
from bot.dialogue.trying import arrive
from bot.model.meaning import Meaning, Reading
from bot.model.message import Kind
from bot.settings import ROOT
from bot.understanding.reader import Reader
from bot.written import Written

from .village import NOW, TODAY, Citizen

GUIDES = sorted(path.stem for path in ROOT.glob("flows/*/*.yml") if "\nsteps:" in path.read_text(encoding="utf-8"))
NONSENSE = ("hừm", "éo le", "bla bla")
"""Said at a step, these are no answer to anything."""


def standing(written: Written, guide: str, step: str) -> Citizen:
    """A citizen at that step, by the fewest answers that lead there, who has just been asked."""
    reader = Reader(None, written.catalogue.intents, written.places, lambda: NOW, written.terms)
    citizen = Citizen(written.library, reader=reader)
    state = arrive(written.library, guide, step, TODAY)
    assert state is not None
    citizen.state = state
    assert citizen.says("nói lại") == [f"{guide}.{step}"]
    return citizen


def waiting(written: Written, guide: str) -> list[Ask | Do]:
    return [step for step in written.library.current(guide).steps if isinstance(step, Ask | Do)]


def test_there_are_guides() -> None:
    assert len(GUIDES) >= 31


@pytest.mark.parametrize("guide", GUIDES)
def test_an_aspect_is_told_and_the_step_comes_back(written: Written, guide: str) -> None:
    for step in waiting(written, guide):
        citizen = standing(written, guide, step.name)
        if isinstance(step, Ask) and not step.kind.has_choices:
            continue  # what is asked for in words is taken for the answer first
        for aspect in set(written.catalogue.aspects) - {aspect for topic, aspect in ITSELF if topic == guide}:
            heard = citizen.reader.glance(Kind.TEXT, "thế còn cái ấy thì sao").understood(Meaning((Reading(guide, 0.9),), aspect))
            assert citizen.again().hears(heard) == [f"{guide}.{aspect}", "common.back_to_step", f"{guide}.{step.name}"]


@pytest.mark.parametrize("guide", GUIDES)
def test_three_failures_lead_to_a_person_and_the_step_is_kept(written: Written, guide: str) -> None:
    for step in waiting(written, guide):
        if isinstance(step, Ask) and step.kind == "text":
            continue  # any words are an answer
        citizen = standing(written, guide, step.name)
        said = [citizen.says(text) for text in NONSENSE]
        assert said[2] == ["common.failed_thrice"], (step.name, said)
        assert "Gặp người hỗ trợ" in citizen.labels
        assert citizen.taps("Gặp người hỗ trợ")[0] == "desk.handed_over"
        assert citizen.step == step.name
        assert citizen.says("nói lại") == [f"{guide}.{step.name}"]


@pytest.mark.parametrize("guide", GUIDES)
def test_after_silence_or_a_stop_the_same_step_goes_on(written: Written, guide: str) -> None:
    for step in waiting(written, guide):
        citizen = standing(written, guide, step.name)
        stops = citizen.again()
        assert stops.says("dừng") == ["common.stopped"]
        assert stops.says("tiếp tục")[-1] == f"{guide}.{step.name}"
        silent = citizen.again()
        silent.state = State.from_dict(json.loads(json.dumps(later.put_aside(written.library, silent.state, TODAY).state)))
        assert silent.says("chào") == ["common.waiting_resume"]
        assert silent.says("có")[-1] == f"{guide}.{step.name}"


@pytest.mark.parametrize("guide", GUIDES)
def test_back_leads_to_the_step_before_and_forgets_its_answer(written: Written, guide: str) -> None:
    for step in waiting(written, guide):
        citizen = standing(written, guide, step.name)
        frame = citizen.state.frame
        assert frame is not None
        blocks = citizen.says("quay lại")
        if not frame.trail:
            assert blocks[0] == "common.nothing_to_go_back"
            continue
        assert blocks == [f"{guide}.{frame.trail[-1]}"]
        after = citizen.state.frame
        assert after is not None
        assert frame.trail[-1] not in after.answers


@pytest.mark.parametrize("guide", GUIDES)
def test_every_usual_trouble_is_known_by_its_label_and_its_words(written: Written, guide: str) -> None:
    for step in waiting(written, guide):
        for trouble in step.stuck if isinstance(step, Do) else ():
            for words in (trouble.label, *trouble.words):
                said = standing(written, guide, step.name).says(words)
                assert f"{guide}.{trouble.block}" in said, (step.name, words, said)


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_knows_forty_ways_of_answering_it(written: Written, guide: str) -> None:
    """Each of them is said at its step by the two tests beside this one, as it is typed without diacritics."""
    answers = [answer for step in waiting(written, guide) for answer in (step.choices if isinstance(step, Ask) else step.stuck)]
    assert sum(1 + len(answer.words) for answer in answers) >= 40


@pytest.mark.parametrize("guide", GUIDES)
def test_every_choice_is_known_by_its_label_its_number_and_its_words(written: Written, guide: str) -> None:
    for step in waiting(written, guide):
        for number, choice in enumerate(step.choices if isinstance(step, Ask) else (), 1):
            expected = None
            for words in (str(number), choice.label, *choice.words):
                citizen = standing(written, guide, step.name)
                citizen.says(words)
                answered = [event.detail for event in citizen.move.events if event.kind == "answered"]
                assert answered[:1] == [choice.id], (step.name, words, citizen.blocks)
                expected = citizen.blocks if expected is None else expected
                assert citizen.blocks == expected, (step.name, words)
