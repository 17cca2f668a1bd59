"""What each act does: a greeting, "quay lại", "gặp người" … wherever it is said, and however (a tap, exact words, the model's reading)."""

from dataclasses import replace
from datetime import date

from ..model.case import CaseReason
from ..model.dialogue import Later
from ..model.meaning import Link
from ..model.message import Button, Verb
from ..model.privacy import RequestKind
from . import ladder, moving, own_data, person, topics
from .engine import Walk
from .guide import Do
from .taps import FORGET, KEEP, MENU, PERSON, RESUME, WITHDRAW
from .topics import SECTION

TIMELESS = frozenset(
    {
        "menu",
        "talk_to_human",
        "resume",
        "repeat",
        "stop",
        "bot_help",
        "go_back",
        "forget_me",
        "wait",
        "back_to_bot",
        "call_back",
        "no_call",
        "my_data",
        "my_copy",
        "withdraw",
        "correct_data",
    }
)
"""Acts that an old button may still do: what they do is said again, or does no harm."""


def timeless(name: str) -> bool:
    return name.partition(SECTION)[0] in TIMELESS


def act(walk: Walk, name: str) -> None:
    """Do it. An act that means nothing here gets a word and the step again, never silence."""
    head, _, rest = name.partition(SECTION)
    match head:
        case "step_done":
            _done(walk)
        case "step_stuck":
            ladder.stuck(walk) if walk.step is not None else walk.say("common.nothing_running", (MENU, PERSON))
        case "go_back":
            walk.back()
        case "repeat":
            _repeat(walk)
        case "resume":
            walk.resume()
        case "stop":
            walk.stop()
        case "skip":
            walk.skip() if walk.step is not None else walk.say("common.nothing_running", (MENU, PERSON))
        case "wait":
            walk.happened("waited")
            walk.say("common.waiting")
        case "why":
            _why(walk)
        case "not_sure":
            ladder.fail(walk) if walk.step is not None else walk.say("common.not_understood", (MENU, PERSON))
        case "sources":
            _sources(walk)
        case "follow_yes":
            walk.happened("worked_out", walk.state.topic)
            walk.say("common.follow_yes", (MENU,))
        case "follow_no":
            _not_yet(walk)
        case "menu":
            topics.menu(walk, rest)
        case "talk_to_human":
            person.hand_over(walk, CaseReason.ASKED)
        case "back_to_bot":
            walk.say_aside("desk.with_bot", (MENU, PERSON))
        case "call_back":
            person.call_back(walk)
        case "no_call":
            person.no_call(walk)
        case "move" | "move_zalo" | "move_telegram" | "move_web":
            moving.leave(walk, head)
        case "move_yes":
            moving.bring(walk)
        case "move_no":
            moving.stay(walk)
        case "bot_complaint":
            walk.happened("complained")
            walk.say("common.complaint", (PERSON, MENU))
        case "bot_help":
            walk.say_aside("common.help", (MENU, PERSON))
        case "out_of_scope":
            _out_of_scope(walk)
        case "thanks" | "goodbye":
            walk.say(f"common.{head}")
        case "greet":
            _greet(walk)
        case "forget_me":
            walk.say("common.forget_confirm", (FORGET, KEEP))
        case "forget_yes":
            own_data.forget(walk, RequestKind.DELETE, "common.forgotten")
        case "my_data":
            own_data.tell(walk)
        case "my_copy":
            own_data.copy(walk)
        case "correct_data":
            walk.asks.append(RequestKind.CORRECT)
            walk.say("privacy.correction")
            person.hand_over(walk, CaseReason.ASKED)
        case "withdraw":
            walk.say("privacy.withdraw_confirm", (WITHDRAW, KEEP))
        case "withdraw_yes":
            own_data.forget(walk, RequestKind.WITHDRAW, "privacy.withdrawn")
        case "forget_no":
            walk.say("common.kept", () if walk.step is not None else (MENU,))
            walk.ask_again()
        case _:
            ladder.fail(walk) if walk.step is not None else walk.say("common.not_understood", (MENU, PERSON))


def start(walk: Walk, link: Link) -> None:
    """Somebody pressed «Bắt đầu», or followed a link: to what it asks for, to what was being done, or to the menu."""
    if link.place is not None:
        walk.state = replace(walk.state, place=link.place)
    if link.topic is not None and walk.library.is_known(link.topic):
        topics.begin(walk, link.topic)
    elif walk.step is not None or walk.state.paused:
        _greet(walk)
    else:
        topics.menu(walk)


def _done(walk: Walk) -> None:
    if isinstance(walk.step, Do):
        walk.step_done()
    elif walk.step is not None:
        ladder.fail(walk)
    elif walk.state.paused:
        walk.resume()
    else:
        walk.say("common.nothing_running", (MENU,))


def _repeat(walk: Walk) -> None:
    if walk.step is not None:
        walk.ask()
    else:
        walk.say("common.nothing_running", (MENU, PERSON))


def _why(walk: Walk) -> None:
    """Why that is asked, in the step's own words."""
    step = walk.step
    if step is None:
        walk.say("common.not_understood", (MENU, PERSON))
        return
    block = f"{step.name}__why"
    if walk.library.has_words(walk.topic.id, block):
        walk.say_words(block)
    else:
        walk.say("common.failed_why")
    walk.ask()


def _sources(walk: Walk) -> None:
    """What the last words rest on: the sources of that aspect's facts, or of the whole topic."""
    name = walk.frame.guide if walk.frame is not None else walk.state.topic
    if name is None or not walk.library.has(name):
        walk.say_aside("common.sources_of_what", (MENU, PERSON))
        return
    topic = walk.library.current(name)
    facts = topic.aspects.get(walk.state.aspect, ()) if walk.state.aspect else ()
    walk.happened("sources", name)
    walk.say(
        "common.sources", title=topic.title, sources=list(topic.sources), facts=list(facts), reviewed=topic.reviewed.strftime("%d/%m/%Y")
    )
    walk.ask_again()


def _not_yet(walk: Walk) -> None:
    """It did not work out: once more, or a person."""
    topic = walk.state.topic
    walk.happened("not_worked_out", topic)
    again = (Button(walk.library.title(topic), f"{Verb.TOPIC}:{topic}"),) if topic and walk.library.has(topic) else (MENU,)
    walk.say("common.follow_no", (*again, PERSON))


def remind(walk: Walk, day: date) -> None:
    """The citizen asks to be reminded; of what, if nothing was spoken of?"""
    topic = walk.frame.guide if walk.frame is not None else walk.state.paused[-1].guide if walk.state.paused else walk.state.topic
    if topic is None:
        walk.say("common.remind_of_what", (MENU, PERSON))
    elif day <= walk.today:
        walk.say("common.waiting")
    else:
        walk.later.append(Later(topic, day, asked=True))
        walk.happened("asked_to_be_reminded", topic)
        walk.say("common.will_remind", day=f"{day.day}/{day.month}", title=walk.library.title(topic))


def _greet(walk: Walk) -> None:
    """A greeting resets nothing."""
    if walk.step is not None:
        walk.say("common.greet_inside", title=walk.topic.title)
        walk.ask()
    elif walk.state.paused:
        walk.say("common.waiting_resume", (RESUME, MENU), title=walk.paused_title)
    else:
        walk.say("common.greet", (MENU, PERSON))


def _out_of_scope(walk: Walk) -> None:
    """Outside what we know. Inside a guide it counts as an answer not understood, so that it cannot go on for ever."""
    if walk.frame is not None and walk.frame.failures:
        ladder.fail(walk)
        return
    walk.happened("outside")
    walk.say_aside("common.out_of_scope", (MENU, PERSON))
    if walk.frame is not None:
        walk.state = walk.state.on_top(failures=1)
