"""What is said in one turn, as channels can take it: cut, joined, and with numbers where there are no buttons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.message import Button, Reply
from bot.replies.fit import Room, fitted
from bot.replies.formats import named, numbered

YES, NO, PERSON = Button("Có", "answer:g/card.yes"), Button("Không", "answer:g/card.no"), Button("Gặp người", "act:talk_to_human")
WITHOUT_BUTTONS = Room(text=2000, messages=8, buttons=0)
SENTENCE = "Một câu dài. "


def test_too_long_and_too_many_are_made_to_fit() -> None:
    cut = fitted([Reply("a.long", SENTENCE * 30, (YES,))], Room(100, 8, 12))
    assert all(len(reply.text) <= 100 and reply.text.endswith(".") for reply in cut)
    assert [reply.buttons for reply in cut] == [()] * (len(cut) - 1) + [(YES,)]
    joined = fitted([Reply(f"a.{n}", f"câu {n}", critical=n == 3) for n in range(12)], Room(4000, 8, 12))
    assert len(joined) == 8
    assert [block for reply in joined for block in reply.block.split("+")] == [f"a.{n}" for n in range(12)]
    assert any(reply.critical for reply in joined)


def test_joined_messages_still_fit() -> None:
    replies = [Reply(f"a.{n}", SENTENCE * 6) for n in range(4)]
    assert [len(reply.text) <= 200 for reply in fitted(replies, Room(200, 1, 12))] == [True, True]


def test_space_is_left_for_the_numbers_and_they_stay_with_the_question() -> None:
    question = Reply("a.ask", SENTENCE * 9 + "Thẻ còn hạn không?", (YES, NO))
    for most in (136, 140, 145, 150):
        *before, last = fitted([question], Room(most, 8, 0))
        assert before
        assert last.text.endswith("Thẻ còn hạn không?")
        assert all(len(numbered(reply.text, reply.buttons)) <= most for reply in (*before, last))


def test_a_question_is_joined_to_what_follows_only_as_its_end() -> None:
    question, more = Reply("a.ask", "Thẻ?", (YES, NO)), Reply("a.more", "Thêm.")
    assert [reply.block for reply in fitted([more, question, more], Room(2000, 1, 0), (YES, NO))] == ["a.more+a.ask", "a.more"]


def test_a_number_means_one_thing_at_a_time() -> None:
    aside, question = Reply("a.aside", "Chưa rõ thì hỏi người.", (PERSON,)), Reply("a.ask", "Thẻ?", (YES, NO))
    first, second = fitted([aside, question], WITHOUT_BUTTONS, (YES, NO))
    assert (first.text, first.buttons) == ("Chưa rõ thì hỏi người.\n\nNhắn «Gặp người».", ())
    assert second == question


def test_of_what_is_offered_twice_the_last_has_the_numbers() -> None:
    question = Reply("a.ask", "Thẻ?", (YES, NO))
    for offered in ((YES, NO), None):
        assert [reply.buttons for reply in fitted([question, question], WITHOUT_BUTTONS, offered)] == [(), (YES, NO)]


def test_where_a_number_is_the_answer_no_tap_has_one() -> None:
    aside, question = Reply("a.aside", "Chưa rõ thì hỏi người.", (PERSON, YES)), Reply("a.age", "Cháu mấy tuổi?")
    assert fitted([aside, question], WITHOUT_BUTTONS, ())[0].text.endswith("\n\nNhắn «Gặp người» hoặc «Có».")


@pytest.mark.parametrize("buttons", [2, 12])
def test_buttons_that_a_channel_has_stay_buttons(buttons: int) -> None:
    replies = [Reply("a.aside", "Hỏi người.", (PERSON,)), Reply("a.ask", "Thẻ?", (YES, NO))]
    assert fitted(replies, Room(2000, 8, buttons), (YES, NO)) == replies


def test_more_buttons_than_a_channel_has_become_numbers() -> None:
    many = tuple(Button(f"Việc {n}", f"topic:t{n}") for n in range(6))
    (cut, last) = fitted([Reply("a.menu", SENTENCE * 8, many)], Room(160, 8, 5), many)
    assert cut.buttons == ()
    assert len(numbered(last.text, last.buttons)) <= 160


def test_words_to_write_read_as_a_sentence() -> None:
    assert named("Thế nào?", (YES,)) == "Thế nào?\n\nNhắn «Có»."
    assert named("Thế nào?", (YES, NO, PERSON)) == "Thế nào?\n\nNhắn «Có», «Không» hoặc «Gặp người»."


LABELS = st.lists(st.text("ạb c", min_size=1, max_size=20), max_size=5).map(lambda labels: tuple(Button(x, f"a:{x}") for x in labels))
TURNS = st.lists(st.builds(Reply, st.just("a.b"), st.text("abc. \n", min_size=1, max_size=400).map(lambda text: f"x{text}x"), LABELS))


@given(TURNS, st.integers(300, 900), st.integers(1, 8), st.sampled_from([0, 3]))
def test_everything_said_fits_and_no_word_is_lost(replies: list[Reply], most: int, messages: int, buttons: int) -> None:
    room = Room(most, messages, buttons)
    fitting = fitted(replies, room)
    assert all(len(reply.text if room.shows(reply.buttons) else numbered(reply.text, reply.buttons)) <= most for reply in fitting)
    letters = "".join("".join(reply.text.split()) for reply in fitting)
    assert all("".join(reply.text.split()) in letters for reply in replies)
