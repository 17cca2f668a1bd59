"""What the page of a case shows, and to whom: its owner all of it, others masked."""

from dataclasses import dataclass
from typing import Any

from ...dialogue.guide import Ask
from ...dialogue.versions import Library
from ...model.case import Case, CaseStatus, HandoffNote
from ...model.errors import NotYours
from ...model.people import Power, Volunteer
from ...store import cases, conversations, desk, people
from ...store.database import Tx
from ...store.desk import Line, Note
from ...understanding.text import clean
from .parts import Parts
from .render import initials


@dataclass(frozen=True)
class View:
    case: Case
    mine: bool
    holder: str | None
    """Who has it, or had it last."""
    name: str
    """The citizen's, whole for who has the case, else by initials."""
    others: list[str]
    """Who else has it open."""


def view(parts: Parts, tx: Tx, who: Volunteer, number: int) -> View:
    """Raises NotYours where it is out of reach, or gone."""
    case = cases.get(tx, number)
    if case is None or not parts.takeover.ladder.reach(tx, who).covers(case):
        raise NotYours("Không có ca này, hoặc ca không thuộc tổ của bạn.")
    mine = case.status is CaseStatus.TAKEN and case.volunteer_id == who.id
    holder = None if case.volunteer_id is None else people.names(tx, [case.volunteer_id]).get(case.volunteer_id)
    name = name_of(tx, case)
    others = desk.lookers(tx, number, who.id, parts.clock())
    return View(case, mine, holder, name if mine else initials(name), others)


def name_of(tx: Tx, case: Case) -> str:
    """What the channel tells that the citizen is called; without what turns a line round, for anybody may call themselves anything."""
    return clean(desk.person_name(tx, case.conversation_id) or "")


def answers(library: Library, note: HandoffNote) -> list[str]:
    """What the citizen answered in the guide, in the words of its buttons."""
    if note.flow is None or not library.has(note.flow):
        return list(note.answers.values())
    asked = (step for step in library.current(note.flow).steps if isinstance(step, Ask))
    labels = {step.name: {choice.id: choice.label for choice in step.choices} for step in asked}
    return [labels.get(step, {}).get(answer, answer) for step, answer in note.answers.items()]


def tried(parts: Parts, note: HandoffNote) -> list[str]:
    """What the assistant spoke of."""
    names = dict.fromkeys(block.partition(".")[0] for block in note.tried)
    return [parts.topics[name] for name in names if name in parts.topics]


def may_read(who: Volunteer, seen: View) -> bool:
    """Who has the case reads the conversation; who oversees may. Others see the handoff note alone, until they take it."""
    return seen.mine or who.may(Power.OVERSEE)


def whole(parts: Parts, tx: Tx, who: Volunteer, number: int) -> dict[str, Any]:
    """All that the page shows."""
    seen = view(parts, tx, who, number)
    lines: list[Line] = desk.lines(tx, seen.case.conversation_id) if may_read(who, seen) else []
    notes: list[Note] = desk.notes(tx, number)
    conversation = conversations.get(tx, seen.case.conversation_id)
    return {
        "seen": seen,
        "case": seen.case,
        "lines": lines,
        "again": desk.to_say_again(tx, seen.case.conversation_id) if seen.mine else frozenset(),
        "last": lines[-1].id if lines else 0,
        "notes": notes,
        "answers": answers(parts.script.library, seen.case.note),
        "tried": tried(parts, seen.case.note),
        "canned": parts.canned.all_for(conversation, seen.case.topic, parts.clock()) if seen.mine else [],
        "readable": may_read(who, seen),
        "takes_pictures": parts.pictures(seen.case.channel) is not None,
    }
