"""Publishing guides: what is written becomes what is begun from now on; who is in the middle of an older version finishes it.

A version stays for as long as somebody stands in it, with the versions of the guides that it calls. Words and facts are always today's,
so words that somebody still needs cannot be removed. Withdrawing moves people to the new version, and tells them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from ..dialogue.guide import Topic
from ..dialogue.later import moved
from ..dialogue.load import load_edition
from ..dialogue.load_steps import Fold
from ..dialogue.paths import calls, needed_blocks
from ..dialogue.state import State
from ..dialogue.versions import Library
from ..model.catalogue import Catalogue
from ..model.clock import today
from ..model.conversation import OwnerKind
from ..model.errors import Fault, WrittenError
from ..model.publication import Edition
from ..replies.words import Words
from ..store import conversations, editions, messages, turns
from ..store.database import Database, Tx

FIRST_PART = 90
"""Where the words of one who was moved count from within their last turn: behind the turn's own, before any timer's."""

Standing = Counter[tuple[str, str, str]]
"""How many people stand at a step of a version of a guide."""


@dataclass(frozen=True, slots=True)
class Change:
    """One topic that is not as it was published."""

    topic: str
    steps: Mapping[str, int]
    """Steps that are new, gone or routed otherwise, and how many people stand on each."""
    gone: bool = False
    new: bool = False


class Publisher:
    def __init__(self, database: Database, written: Library, words: Words, known: Catalogue, fold: Fold) -> None:
        """`written`: the guides as they stand in the files, looked over already."""
        self._database = database
        self._written = written
        self._words = words
        self._known = known
        self._fold = fold

    async def publish(self, now: datetime, withdraw: bool = False) -> str:
        """Make what is written current; what was done, line by line. Raises WrittenError where words are missing that somebody needs."""
        return await self._database.run(lambda tx: self._publish(tx, now, withdraw))

    async def first(self, now: datetime) -> bool:
        """Publish what is written where nothing ever was. True: it was done now."""

        def begin(tx: Tx) -> bool:
            editions.one_at_a_time(tx)
            if editions.number(tx):
                return False
            self._publish(tx, now, withdraw=False)
            return True

        return await self._database.run(begin)

    def _publish(self, tx: Tx, now: datetime, withdraw: bool) -> str:
        editions.one_at_a_time(tx)
        before = editions.everything(tx)
        states = {number: State.from_dict(state) for number, state in editions.states(tx)}
        stands = standing(states.values())
        written = [self._edition(topic, now) for topic in self._written.topics.values()]
        changed = self._changes(before, written, stands)
        old = [one for one in before if one.is_current and any(change.topic == one.topic and not change.new for change in changed)]
        old += [one for one in before if not one.is_current and not _same(one, written)]
        if not withdraw:
            self._needs_words(old, stands)
        number = editions.publish(tx, written, now)
        lines = [_line(change) for change in changed] or ["Không có hướng dẫn nào đổi so với lần xuất bản trước."]
        if withdraw:
            gone = [one for one in old if not _same(one, written)]
            editions.withdraw(tx, gone)
            lines.append(self._move(tx, {(one.topic, one.version) for one in gone}, states, now))
        else:
            self._sweep(tx, old, written, stands)
        return "\n".join([*lines, f"Đã xuất bản lần {number}: {len(written)} chủ đề."])

    def _edition(self, topic: Topic, now: datetime) -> Edition:
        called = {name: self._written.topics[name].version for name in sorted(calls(topic)) if name in self._written.topics}
        return Edition(topic.id, topic.version, topic.written, called, tuple(dict.fromkeys(needed_blocks(topic))), True, now)

    def _changes(self, before: Iterable[Edition], written: Iterable[Edition], stands: Standing) -> list[Change]:
        current = {one.topic: one for one in before if one.is_current}
        fresh = {one.topic: one for one in written}
        found = []
        for name in sorted(current.keys() | fresh.keys()):
            old, new = current.get(name), fresh.get(name)
            if old is None:
                found.append(Change(name, {}, new=True))
            elif new is None or old.version != new.version:
                found.append(Change(name, self._differing(old, new, stands), gone=new is None))
        return found

    def _differing(self, old: Edition, new: Edition | None, stands: Standing) -> dict[str, int]:
        steps = {step.name: step for step in self._read(old).steps}
        others = {step.name: step for step in self._read(new).steps} if new is not None else {}
        names = [name for name in {**steps, **others} if steps.get(name) != others.get(name)]
        return {name: sum(count for (topic, _, step), count in stands.items() if (topic, step) == (old.topic, name)) for name in names}

    def _read(self, edition: Edition) -> Topic:
        try:
            return load_edition(edition, self._known, self._fold)
        except WrittenError:
            return replace(self._written.topics[edition.topic], steps=()) if edition.topic in self._written.topics else _unreadable(edition)

    def _needs_words(self, old: Iterable[Edition], stands: Standing) -> None:
        """Every block that people in older versions may still come to must be there."""
        in_use = {(topic, version) for topic, version, _ in stands}
        faults = [
            Fault(
                f"content/…/{one.topic}.md.j2",
                None,
                f"còn người đang làm theo bản cũ của «{one.topic}» cần lời «{block}»",
                "giữ lại khối lời ấy cho tới khi không còn ai, hoặc xuất bản với --withdraw",
            )
            for one in old
            if (one.topic, one.version) in in_use
            for block in one.blocks
            if not self._words.has(one.topic, block)
        ]
        if faults:
            raise WrittenError(faults)

    def _sweep(self, tx: Tx, old: Iterable[Edition], written: list[Edition], stands: Standing) -> None:
        """Versions that nobody stands in, and that nobody's version calls, need not be kept."""
        in_use = {(topic, version) for topic, version, _ in stands}
        kept = [one for one in old if (one.topic, one.version) in in_use]
        called = {pair for one in (*kept, *written) for pair in one.calls.items()}
        editions.withdraw(
            tx, [one for one in old if one not in kept and (one.topic, one.version) not in called and not _same(one, written)]
        )

    def _move(self, tx: Tx, gone: set[tuple[str, str]], states: Mapping[int, State], now: datetime) -> str:
        """Everybody who stands in a version that is withdrawn goes on in the new one, and is told so."""
        people = 0
        for number, state in states.items():
            if not any((frame.guide, frame.version) in gone for frame in (*state.stack, *state.paused)):
                continue
            people += 1
            conversations.lock(tx, number)
            if turns.is_claimed(tx, number, now):
                continue  # the turn under way ends on the old words; the next one moves and tells them
            conversation = conversations.get(tx, number)
            move = moved(self._written, State.from_dict(conversation.state), today(now))
            conversations.keep_state(tx, number, move.state)
            if conversation.owner.kind in (OwnerKind.BOT, OwnerKind.QUEUE):
                after = State.from_dict(move.state)
                commune = self._written.places.commune(after.place)
                replies = [self._words.reply(say, today(now), after.speaker, commune) for say in move.says]
                messages.add_replies(tx, conversation, conversation.turn, conversation.epoch, replies, now, FIRST_PART)
        return f"{people} người được chuyển sang bản mới." if people else "Không có ai đang làm theo bản đã rút."


def published(
    database_editions: Iterable[Edition], written: Library, words: Words, known: Catalogue, fold: Fold
) -> tuple[Library, list[str]]:
    """The guides as they were published, over today's words; and what was wrong, where a version can no longer be used."""
    wrong: list[str] = []
    usable: dict[tuple[str, str], Topic] = {}
    every = list(database_editions)
    for edition in every:
        try:
            topic = load_edition(edition, known, fold)
        except WrittenError as error:
            wrong.append(f"{edition.topic}@{edition.version}: {error}")
            continue
        missing = [block for block in edition.blocks if not words.has(edition.topic, block)]
        if missing:
            wrong.append(f"{edition.topic}@{edition.version}: thiếu lời {', '.join(missing)}")
        else:
            usable[edition.topic, edition.version] = topic
    current = {one.topic: usable[one.topic, one.version] for one in every if one.is_current and (one.topic, one.version) in usable}
    for edition in every:
        if edition.is_current and edition.topic not in current and edition.topic in written.topics:
            current[edition.topic] = written.topics[edition.topic]
    older = {key: topic for key, topic in usable.items() if current.get(key[0]) is None or current[key[0]].version != key[1]}
    pinned = {(one.topic, one.version): one.calls for one in every}
    unwritten = {name: topic.title for name, topic in known.topics.items() if name not in current}
    return replace(written, topics=current, older=older, calls=pinned, unwritten=unwritten), wrong


def unpublished(database_editions: Iterable[Edition], written: Library) -> list[str]:
    """The topics whose routing was written otherwise since the last publication."""
    current = {one.topic: one.version for one in database_editions if one.is_current}
    fresh = {name: topic.version for name, topic in written.topics.items()}
    return sorted(name for name in current.keys() | fresh.keys() if current.get(name) != fresh.get(name))


def standing(states: Iterable[State]) -> Standing:
    """Who stands where, the guides below and those put aside included."""
    return Counter((frame.guide, frame.version, frame.step) for state in states for frame in (*state.stack, *state.paused))


def _same(one: Edition, written: Iterable[Edition]) -> bool:
    return any((one.topic, one.version) == (other.topic, other.version) for other in written)


def _unreadable(edition: Edition) -> Topic:
    return Topic(edition.topic, "", edition.topic, "", date.min, ())


def _line(change: Change) -> str:
    if change.new:
        return f"+ {change.topic}: chủ đề mới"
    people = {step: count for step, count in change.steps.items() if count}
    on = ", ".join(f"{step} ({count} người)" for step, count in people.items()) or "không có ai đang ở các bước đổi"
    what = "thôi không còn" if change.gone else f"đổi {len(change.steps)} bước"
    return f"{'-' if change.gone else '~'} {change.topic}: {what}; {on}"
