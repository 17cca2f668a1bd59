"""What the assistant did not understand, at a terminal: list it, say what it meant, and hand it to the next training.

The web console comes to do the same with a tap; the files it writes are training data like any other, and say where they come from.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import yaml

from ..model.candidate import Candidate, Doubt
from ..model.catalogue import Catalogue
from ..model.clock import VIETNAM
from ..model.errors import DanLoiError
from ..store import candidates
from ..store.database import Database
from ..understanding.evaluation.examples import read_examples
from ..understanding.question import question
from ..understanding.text import fold

DOUBTS = {
    Doubt.NOT_UNDERSTOOD: "không hiểu",
    Doubt.CLARIFIED: "phải hỏi lại",
    Doubt.FAILED: "không trả lời đúng bước",
    Doubt.OUTSIDE: "cho là ngoài phạm vi",
    Doubt.COMPLAINT: "bà con chê",
}
DATA = "nlu/data"
NEVER_LEARNT = ("nlu/dev/*.tsv", "nlu/heldout/*.tsv")
HEAD = """# Câu của bà con, đã che số, đã có người đọc và ghi nhãn; xuất bằng `danloi learn export` lúc {when}.
"""


async def listing(database: Database, doubt: Doubt | None, limit: int, as_json: bool) -> str:
    """What waits for a label, the newest first."""
    found = await database.read(lambda tx: candidates.waiting(tx, doubt, limit))
    if as_json:
        return "\n".join(json.dumps(asdict(one), ensure_ascii=False, default=str) for one in found)
    return "\n".join(map(_line, found)) if found else "Không có câu nào chờ ghi nhãn."


async def label(database: Database, known: Catalogue, number: int, intent: str, aspect: str | None) -> str:
    """Say what a line meant. Raises DanLoiError where the intent, the aspect or the line is unknown."""
    if intent not in known.intents:
        raise DanLoiError(f"Không có ý định «{intent}». Xem tên trong content/catalogue.yml.")
    if aspect is not None and aspect not in known.aspects:
        raise DanLoiError(f"Không có khía cạnh «{aspect}». Có: {', '.join(known.aspects)}.")
    if not await database.run(lambda tx: candidates.label(tx, number, intent, aspect)):
        raise DanLoiError(f"Không có câu số {number} đang chờ: xem bằng `danloi learn list`.")
    return f"Câu {number}: {intent}{f', {aspect}' if aspect else ''}."


async def drop(database: Database, number: int) -> str:
    """It teaches nothing, or holds something of somebody's: delete it. Raises DanLoiError."""
    if not await database.run(lambda tx: candidates.drop(tx, number)):
        raise DanLoiError(f"Không có câu số {number}: xem bằng `danloi learn list`.")
    return f"Đã bỏ câu {number}."


async def export(database: Database, root: Path, now: datetime) -> str:
    """Write what was labelled into a file of training data; what is learnt already, or judges the model, is left out."""
    found = await database.read(candidates.labelled)
    learnt = _known_lines(root)
    fresh: dict[str, Candidate] = {}
    for one in found:
        line = question(one.text)
        if line is not None and fold(line) not in learnt:
            fresh.setdefault(fold(line), one)
    if fresh:
        path = root / DATA / f"learnt-{now.astimezone(VIETNAM):%Y%m%d-%H%M%S}.yml"
        path.write_text(_as_data(list(fresh.values()), now), encoding="utf-8")
    await database.run(lambda tx: candidates.exported(tx, [one.id for one in found], now))
    left = len(found) - len(fresh)
    if not fresh:
        return f"Không có câu mới nào để học ({left} câu trùng câu đã có)." if found else "Chưa có câu nào được ghi nhãn."
    return f"Đã ghi {len(fresh)} câu vào {path.relative_to(root)}{f', bỏ {left} câu trùng' if left else ''}. Giờ chạy: danloi train"


def _line(one: Candidate) -> str:
    guess = f"{one.guess.intent} {one.guess.confidence:.0%}" if one.guess.intent else "không đoán được"
    hint = f", bà con chọn {one.hint}" if one.hint else ""
    text = " ".join(one.text.split())
    return f"#{one.id:<5} {one.created_at.astimezone(VIETNAM):%d/%m %H:%M}  «{text}»  ({DOUBTS[one.doubt]}; máy đoán {guess}{hint})"


def _known_lines(root: Path) -> Collection[str]:
    """What must not be written: lines that are learnt already, and those that judge the model."""
    paths = [*(root / DATA).glob("*.yml"), *(path for pattern in NEVER_LEARNT for path in root.glob(pattern))]
    return {fold(example.text) for example in read_examples(sorted(paths))}


def _as_data(found: list[Candidate], now: datetime) -> str:
    """Rasa's training data: a block for each intent and aspect, its lines with where they come from."""
    blocks: Mapping[tuple[str, str | None], list[Candidate]] = defaultdict(list)
    for one in found:
        if one.intent is not None:
            blocks[(one.intent, one.aspect)].append(one)
    entries = []
    for (intent, aspect), lines in sorted(blocks.items(), key=lambda block: (block[0][0], block[0][1] or "")):
        origin = {"source": "conversations", "exported": f"{now.astimezone(VIETNAM):%Y-%m-%d}"}
        metadata = {**({"aspect": aspect} if aspect else {}), **origin}
        examples = "".join(f"- {question(one.text)}\n" for one in lines)
        entries.append({"intent": intent, "metadata": metadata, "examples": examples})
    body = yaml.dump({"version": "3.1", "nlu": entries}, Dumper=_Literal, allow_unicode=True, sort_keys=False, width=10_000)
    return HEAD.format(when=f"{now.astimezone(VIETNAM):%d/%m/%Y %H:%M}") + body


class _Literal(yaml.SafeDumper):
    """Examples as a literal block, as people write them."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Literal.add_representer(str, _text)
