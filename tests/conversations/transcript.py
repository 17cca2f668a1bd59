"""A transcript: a story told in turns, kept as YAML. What is expected are block ids, so that mending words breaks nothing.

story: thẻ còn hạn, hỏi phí giữa chừng
turns:
  - citizen: làm định danh mức 2 thế nào        # what is typed
    bot: [eid_level_2.intro, eid_level_2.age]
  - tap: Từ 14 tuổi trở lên                      # a button of the last question, by its label
    bot: [eid_level_2.card]
    case: {reason: asked}                        # what the open case must hold
    later: 172800                                # seconds that pass before this turn
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..talk import Answered, House, Talk

KEYS = {"citizen", "tap", "bot", "case", "later", "says"}


@dataclass(frozen=True)
class Transcript:
    path: Path
    story: str
    turns: list[dict[str, Any]]


def load(path: Path) -> Transcript:
    """Raises AssertionError naming what is wrong in the file."""
    parsed = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(parsed) == {"story", "turns"}, f"{path.name}: needs exactly story and turns"
    for number, turn in enumerate(parsed["turns"], 1):
        assert set(turn) <= KEYS, f"{path.name}, turn {number}: unknown {set(turn) - KEYS}"
        assert ("citizen" in turn) != ("tap" in turn), f"{path.name}, turn {number}: either citizen or tap"
    return Transcript(path, parsed["story"], parsed["turns"])


async def play(transcript: Transcript, house: House) -> list[dict[str, Any]]:
    """Play it; the turns as they really went, in the transcript's own form."""
    talk = await house.talk(transcript.path.stem)
    return [await _turn(turn, talk, house) for turn in transcript.turns]


async def _turn(turn: dict[str, Any], talk: Talk, house: House) -> dict[str, Any]:
    house.clock.forward(turn.get("later", 1))
    if "later" in turn:
        await house.app.timers.round()
    answered = await (talk.says(turn["citizen"]) if "citizen" in turn else talk.taps(turn["tap"]))
    went = {name: value for name, value in turn.items() if name in ("citizen", "tap", "later")}
    went["bot"] = answered.blocks
    if "says" in turn:
        went["says"] = turn["says"] if turn["says"] in answered.text else f"(not said) {answered.text}"
    if "case" in turn:
        went["case"] = await _case(turn["case"], answered, house)
    return went


async def _case(expected: dict[str, Any], answered: Answered, house: House) -> dict[str, Any]:
    """Of the open case, what the transcript names."""
    found = next((case for case in await house.cases() if case.id == answered.record.case), None)
    if found is None:
        return {}
    known = {"reason": str(found.reason), "topic": found.topic, "step": found.note.step, "urgent": found.urgent}
    return {name: known.get(name) for name in expected}


def write(transcript: Transcript, turns: list[dict[str, Any]]) -> None:
    """Keep how it really went (`pytest --update`): for a person to read in the diff."""
    lines = [f"story: {_plain(transcript.story)}", "turns:"]
    for turn in turns:
        prefix = "  - "
        for name in ("later", "citizen", "tap", "bot", "says", "case"):
            if name in turn:
                lines.append(f"{prefix}{name}: {_plain(turn[name])}")
                prefix = "    "
    transcript.path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _plain(value: Any) -> str:
    dumped: str = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10_000, sort_keys=False)
    return dumped.removesuffix("\n").removesuffix("\n...").strip()
