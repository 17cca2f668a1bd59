"""The guides as they are written, walked at random: every message can be said, fits every channel, and finds its way to a person."""

import random

import pytest

from bot.dialogue.state import State
from bot.model.message import Kind
from bot.model.speaker import Speaker
from bot.replies.fit import Room, fitted
from bot.replies.formats import numbered, render
from bot.written import Written

from .test_properties import PHRASES
from .village import NOW, TODAY, Citizen

ZALO, TELEGRAM = 2000, 4096
"""Characters that the channels take in one message."""


@pytest.mark.parametrize("seed", range(25))
def test_a_random_walk_through_what_is_written(written: Written, seed: int) -> None:
    from bot.understanding.reader import Reader

    lot = random.Random(seed)
    reader = Reader(None, written.catalogue.intents, written.places, lambda: NOW, written.terms)
    citizen = Citizen(written.library, reader=reader)
    citizen.state = State(speaker=Speaker(lot.choice([None, "bác", "anh", "bạn"]), helps=lot.choice([None, "mẹ"])))
    guides = [name for name, topic in written.library.topics.items() if topic.is_guide]
    for _ in range(60):
        _does_something(citizen, lot, guides)
        assert citizen.blocks
        commune = written.library.places.commune(citizen.state.place)
        replies = [written.words.reply(say, TODAY, citizen.state.speaker, commune) for say in citizen.move.says]
        assert all(0 < len(reply.text) <= ZALO < TELEGRAM for reply in replies)
        offered = citizen.state.offered
        fitting = fitted(replies, Room(ZALO, 8, 0), offered)
        shown = [numbered(render("plain", reply.text), reply.buttons) for reply in fitting]
        assert len(shown) <= 8
        assert all(len(text) <= ZALO for text in shown)
        assert [reply.buttons for reply in fitting if reply.buttons] in ([], [offered])
        assert all(1 <= len(button.label) <= 60 for reply in replies for button in reply.buttons)
        asks = citizen.again()
        asks.says("gặp người")
        assert asks.move.hand_over is not None


def _does_something(citizen: Citizen, lot: random.Random, guides: list[str]) -> None:
    offered = citizen.state.offered
    what = lot.random()
    if what < 0.6 and offered:
        citizen.taps_value(lot.choice(offered).value, citizen.turn)
    elif what < 0.7 or not citizen.state.stack:
        citizen.taps_value(f"topic:{lot.choice(guides)}", citizen.turn)
    elif what < 0.75:
        citizen.hears(citizen.reader.glance(Kind.PHOTO))
    else:
        intents = [*citizen.library.topics, *citizen.library.acts]
        citizen.says(lot.choice(PHRASES), lot.choice(intents), lot.random(), lot.choice([None, "fee", "who"]))
