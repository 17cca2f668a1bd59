"""Whatever a citizen says or taps, in whatever order: nothing breaks, the state survives JSON, back undoes exactly one answer."""

import json
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.dialogue.state import State
from bot.dialogue.walking import MOST_GUIDES
from bot.model.message import MAX_VALUE_BYTES, Kind

from .test_guides import VILLAGE
from .test_questions import GUIDE
from .village import CATALOGUE, TOPICS, Citizen, library

VILLAGE = {**VILLAGE, "account/eid_wrong_data": ("Sai thông tin", GUIDE)}
LIBRARY = library(Path(tempfile.mkdtemp()), VILLAGE)
MOST_BUTTONS = 12
"""Under one message: more nobody reads."""
INTENTS = [*(name.split("/")[1] for name in {**TOPICS, **VILLAGE}), *CATALOGUE.acts, "id_card_lost", "no_such_intent"]
PHRASES = [
    "1",
    "2",
    "9",
    "có",
    "không",
    "xong",
    "quay lại",
    "nói lại",
    "bị vướng",
    "dừng",
    "tiếp tục",
    "menu",
    "gặp người",
    "chào",
    "cảm ơn",
]
PHRASES += [
    "à quên, em chưa có thẻ",
    "thẻ cũ",
    "xa quá",
    "không nhận",
    "",
    "😀",
    "blah blah",
    "vneid la gi",
    "tôi lỡ đọc otp cho nó mất hết tiền rồi",
    "bỏ qua",
    "chờ tí",
    "hỏi để làm gì",
    "căn cứ vào đâu",
    "mai nhắc tôi nhé",
    "gọi tôi là anh thôi",
    "tôi làm hộ mẹ tôi",
    "giờ làm cho tôi",
    "8 tuổi",
    "hôm kia",
    "30/2",
    "xã Mèo Vạc",
    "huyện Đồng Văn",
    "à nhầm, 15 tuổi",
    "làm tiếp việc hôm qua",
    "không biết",
    "em gửi ảnh thẻ cho bạn nhé",
    "bị chồng đánh",
    "dài " * 2000,
    "hello 注册 электронный nyob zoo",
]

says = st.tuples(
    st.just("says"), st.sampled_from(PHRASES), st.sampled_from(INTENTS), st.floats(0, 1), st.sampled_from([None, "fee", "time"])
)
taps = st.tuples(st.just("taps"), st.integers(0, 8))
sends = st.tuples(st.just("sends"), st.sampled_from([Kind.PHOTO, Kind.STICKER, Kind.OTHER]))
begins = st.tuples(st.just("begins"), st.sampled_from(sorted(LIBRARY.topics)))
things = st.lists(st.one_of(says, says, taps, taps, sends, begins), max_size=25)


def do(citizen: Citizen, thing: tuple) -> None:  # type: ignore[type-arg]
    match thing:
        case ("says", text, intent, confidence, aspect):
            citizen.says(text, intent, confidence, aspect)
        case ("taps", place) if place < len(citizen.state.offered):
            citizen.taps_value(citizen.state.offered[place].value, citizen.turn)
        case ("taps", place):
            citizen.taps_value(["answer:eid_level_2/card.old", "trouble:far", "x:y", "act:resume", "answer:"][place % 5], 0)
        case ("begins", topic):
            citizen.taps_value(f"topic:{topic}", citizen.turn)
        case ("sends", kind):
            citizen.hears(citizen.reader.glance(kind))


@settings(max_examples=300, deadline=None)
@given(things)
def test_nothing_breaks_and_nobody_is_met_with_silence(told: list[tuple]) -> None:  # type: ignore[type-arg]
    citizen = Citizen(LIBRARY)
    for thing in told:
        do(citizen, thing)
        assert citizen.blocks
        assert sum(not frame.called for frame in citizen.state.stack) <= MOST_GUIDES
        assert State.from_dict(json.loads(json.dumps(citizen.state.to_dict()))) == citizen.state
        assert (citizen.step is None) == (not citizen.state.stack)
        assert all(len(button.value.encode()) <= MAX_VALUE_BYTES for say in citizen.move.says for button in say.buttons)
        assert all(len(say.buttons) <= MOST_BUTTONS for say in citizen.move.says)


@settings(max_examples=150, deadline=None)
@given(things)
def test_a_person_can_be_reached_from_everywhere(told: list[tuple]) -> None:  # type: ignore[type-arg]
    citizen = Citizen(LIBRARY)
    for thing in told:
        do(citizen, thing)
        asks = citizen.again()
        asks.says("gặp người")
        assert asks.move.hand_over is not None


def guides_of_one_call(state: State) -> set[str]:
    """The guide that asks now, with those that called it and were answered nothing before: back out of the call goes out of them too."""
    guides, callers = {state.stack[-1].guide} if state.stack else set(), state.stack[-2::-1]
    for called, caller in zip(reversed(state.stack), callers, strict=False):
        if not called.called or caller.trail:
            break
        guides.add(caller.guide)
    return guides


CALLED_AT_ITS_FIRST_STEP = [("begins", "eid_level_2"), ("begins", "eid_child"), ("says", "quay lại", "eid_level_2", 0.0, None)]


@settings(max_examples=300, deadline=None)
@example(CALLED_AT_ITS_FIRST_STEP)
@given(things)
def test_no_guide_is_lost_without_a_word(told: list[tuple]) -> None:  # type: ignore[type-arg]
    """What was being done is still there, or ended, or was left for something else in a step's own words; or was gone back out of."""
    citizen = Citizen(LIBRARY)
    for thing in told:
        chain = guides_of_one_call(citizen.state)
        before = {frame.guide for frame in (*citizen.state.stack, *citizen.state.paused)}
        do(citizen, thing)
        after = {frame.guide for frame in (*citizen.state.stack, *citizen.state.paused)}
        over = {event.flow for event in citizen.move.events if event.kind in ("ended", "left")}
        anew = {event.detail for event in citizen.move.events if event.kind == "digressed"}
        undone = chain if any(event.kind == "back" for event in citizen.move.events) else set()
        assert before - after <= over | anew | undone, (thing, citizen.move.events)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["1", "2", "có", "không", "xong"]), max_size=6), st.sampled_from(["1", "2", "có", "không", "xong"]))
def test_back_undoes_one_answer(before: list[str], answer: str) -> None:
    citizen = Citizen(LIBRARY).standing_at(*before)
    stood, depth = citizen.state.frame, len(citizen.state.stack)
    citizen.says(answer)
    after = citizen.state.frame
    if (
        stood is None
        or after is None
        or after.guide != stood.guide
        or len(after.trail) != len(stood.trail) + 1
        or depth != len(citizen.state.stack)
    ):
        return
    citizen.says("quay lại")
    assert citizen.state.frame is not None
    assert (citizen.state.frame.step, citizen.state.frame.answers) == (stood.step, stood.answers)
