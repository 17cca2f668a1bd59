"""Who asks too often is counted by the minute, in little room."""

from bot.channels.counting import MINUTE, Counts


class Ticks:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def test_everybody_has_a_minute_of_their_own_that_begins_with_their_first() -> None:
    ticks = Ticks()
    counts = Counts(ticks)
    assert [counts.one_more("an"), counts.one_more("an")] == [1, 2]
    ticks.at += MINUTE / 2
    assert [counts.one_more("binh"), counts.one_more("an")] == [1, 3]
    ticks.at += MINUTE / 2
    assert [counts.one_more("an"), counts.one_more("binh")] == [1, 2]


def test_whose_minute_is_over_takes_no_room_and_a_crowd_takes_no_more_than_there_is() -> None:
    ticks = Ticks()
    counts = Counts(ticks, most_known=10)
    for number in range(50):
        counts.one_more(f"người {number}")
    assert len(counts) <= 11
    ticks.at += MINUTE
    counts.one_more("an")
    assert len(counts) == 1
