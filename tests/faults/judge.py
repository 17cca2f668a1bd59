"""Whether a round went as promised, from what the platforms showed and the volunteer's page; our own tables are asked for marks alone."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Row

from .story import Cast, Known, Life, letters

MARKED = {"unknown"}
PASSED_BY = MARKED | {"stale"}
"""What may become of an answer to somebody whom a person took over meanwhile."""
Marks = Mapping[tuple[str, str], list[Row[Any]]]


@dataclass(frozen=True)
class Broken:
    """A promise that was not kept: which, to whom, by which message."""

    invariant: str
    who: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.who}: {self.what}"


def judge(cast: Cast, rows: Sequence[Row[Any]], pages: Mapping[str, list[str]]) -> list[Broken]:
    """`pages`: what the volunteer's page shows of each citizen's words, by name."""
    marks: dict[tuple[str, str], list[Row[Any]]] = defaultdict(list)
    for row in rows:
        if row.direction == "out":
            marks[row.address, letters(row.text)].append(row)
    broken = [one for life in cast.lives for one in _of_bot(life, cast.known, marks)]
    broken += [one for life in cast.askers for one in _unexpected(life, cast.known)]
    broken += [one for life in cast.helped for one in _of_person(life, cast.known, marks, pages.get(life.who.name, []))]
    broken += [one for life in cast.typers for one in _of_model(life, marks)]
    broken += _of_poison(cast.poisoned, cast.known, marks)
    for number, walker in enumerate(cast.walkers):
        shown = tuple(map(letters, walker.texts))
        if shown != cast.known.walked or max(Counter(event["id"] for event in walker.shown).values()) > 1:
            wrong = [text[:40] for text in shown if text not in cast.known.walked] or [f"{len(shown)} of {len(cast.known.walked)} shown"]
            broken.append(Broken("each step once, in order", f"walker {number}", f"{wrong}"))
    return broken


def _of_bot(life: Life, known: Known, marks: Marks) -> Iterator[Broken]:
    """Each question answered once, each answer shown once or marked, in the order of the questions.

    What waited together is answered together, and joined where it is more than the platform takes: so parts are looked for.
    """
    shown, places = "|".join(map(letters, life.who.texts)), []
    for number, topic in enumerate(life.asked):
        for part, text in enumerate(known.topics[topic]):
            name = f"message {number} (/start {topic}), part {part}"
            match shown.count(text):
                case 0:
                    yield from _missing(life, name, _marked(marks, life, text))
                case 1:
                    places.append((shown.index(text), name))
                case times:
                    yield Broken("shown once", life.who.name, f"{name} came {times} times")
    for (place, name), (later, after) in pairwise(places):
        if place > later:
            yield Broken("order", life.who.name, f"{name} was shown after {after}")


def _marked(marks: Marks, life: Life, text: str) -> list[Row[Any]]:
    return [row for (address, said), rows in marks.items() if address == life.who.address and text in said for row in rows]


def _missing(life: Life, name: str, rows: Sequence[Row[Any]]) -> Iterator[Broken]:
    if not rows:
        if life.taken_at is None:  # else it went to the person, whose page is looked at
            yield Broken("each message handled", life.who.name, f"{name} was never answered")
        return
    allowed = MARKED if life.taken_at is None else PASSED_BY
    for row in rows:
        if row.status not in allowed and not _over_budget(row):
            yield Broken("shown or marked unknown", life.who.name, f"{name} is {row.status} ({row.error}) and was not shown")


def _over_budget(row: Row[Any]) -> bool:
    """Zalo lets eight messages follow a citizen's last one. What does not fit is not sent, and says so."""
    return bool(row.status == "failed" and "are used since the person's last one" in (row.error or ""))


def _unexpected(life: Life, known: Known) -> Iterator[Broken]:
    wanted = [known.first, *(text for topic in life.asked for text in known.topics[topic])]
    for text in map(letters, life.who.texts):
        rest = text
        for one in wanted:
            rest = rest.replace(one, "")
        if rest:
            yield Broken("nothing else", life.who.name, f"«{text[:60]}» was shown")
    times = sum(known.first in text for text in map(letters, life.who.texts))
    if times > 1:
        yield Broken("shown once", life.who.name, f"the first words came {times} times")


def _of_person(life: Life, known: Known, marks: Marks, page: Sequence[str]) -> Iterator[Broken]:
    """No answer of the assistant's starts after the take, but for the one on its way; each word of either side once, in order."""
    shown, name = list(map(letters, life.who.texts)), life.who.name
    assert life.taken_at is not None
    before = {text for topic in life.asked[:-1] for text in known.topics[topic]}  # the last is asked when it is given back
    stale = [text for text in shown[life.taken_at :] if any(one in text for one in before)]
    if len(stale) > 1:
        yield Broken("no stale answer after a take", name, f"{len(stale)} answers came after it: {[text[:30] for text in stale]}")
    for line in life.lines:
        if page.count(line) != 1:
            yield Broken("each message handled once", name, f"«{line}» stands {page.count(line)} times on the volunteer's page")
    if [line for line in page if line in life.lines] != life.lines:
        yield Broken("order", name, "the volunteer's page shows the citizen's words in another order")
    places = []
    for said in life.heard:
        found = [place for place, text in enumerate(shown) if letters(said) in text]
        if len(found) > 1:
            yield Broken("shown once", name, f"«{said}» came {len(found)} times")
        places += found[:1]
        rows = _marked(marks, life, letters(said))
        if not found and (not rows or rows[0].status not in MARKED):
            yield Broken("shown or marked unknown", name, f"«{said}» is {rows[0].status if rows else 'nowhere'} and was not shown")
    if places != sorted(places):
        yield Broken("order", name, "the volunteer's words came in another order")


def _of_model(life: Life, marks: Marks) -> Iterator[Broken]:
    """What the model reads differs with what is left of it: but something was said to each, and nothing twice."""
    shown = list(map(letters, life.who.texts))
    unknown = sum(row.status == "unknown" for (address, _), rows in marks.items() if address == life.who.address for row in rows)
    ends = [seen for _, seen in life.typed[1:]] + [len(shown)]
    for (text, begin), end in zip(life.typed, ends, strict=True):
        said = [one for one in shown[begin:end] if "TảPhìn" in one or "SủngLà" in one]
        if len(said) != len(set(said)):
            yield Broken("shown once", life.who.name, f"«{text}» was answered twice")
    if len(shown) + unknown < len(life.typed) + 1:
        yield Broken("each message handled", life.who.name, f"{len(shown)} answers to {len(life.typed)} messages")


def _of_poison(life: Life, known: Known, marks: Marks) -> Iterator[Broken]:
    """After five tries a person has it, and the citizen is told so, once."""
    times = sum(known.error in text for text in map(letters, life.who.texts))
    unknown = any(row.status == "unknown" for (address, text), rows in marks.items() if address == life.who.address for row in rows)
    if times > 1 or (times == 0 and not unknown):
        yield Broken("poison", life.who.name, f"was told {times} times that it went wrong")
