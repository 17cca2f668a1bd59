"""What the assistant did not understand: list it, say what it meant, and hand it to the next training.

What a volunteer labels on the console waits until another approves it; an operator at a terminal is trusted with both. The files that
are written are training data like any other, and say where they come from.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import yaml

from ..model.candidate import Candidate, Doubt
from ..model.catalogue import Catalogue
from ..model.clock import VIETNAM
from ..model.errors import DanLoiError, DeskError
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


async def label(database: Database, known: Catalogue, number: int, intent: str, aspect: str | None, now: datetime) -> str:
    """Say what a line meant, and that it is right. Raises DanLoiError where the intent, the aspect or the line is unknown."""
    check(known, intent, aspect)
    if not await database.run(lambda tx: candidates.label(tx, number, intent, aspect, approved_at=now)):
        raise DanLoiError(f"Không có câu số {number} đang chờ: xem bằng `danloi learn list`.")
    return f"Câu {number}: {intent}{f', {aspect}' if aspect else ''}."


def check(known: Catalogue, intent: str, aspect: str | None) -> None:
    """Raises DeskError where the intent or the aspect is none."""
    if intent not in known.intents:
        raise DeskError(f"Không có ý định «{intent}». Xem tên trong content/catalogue.yml.")
    if aspect is not None and aspect not in known.aspects:
        raise DeskError(f"Không có khía cạnh «{aspect}». Có: {', '.join(known.aspects)}.")


async def drop(database: Database, number: int) -> str:
    """It teaches nothing, or holds something of somebody's: delete it. Raises DanLoiError."""
    if not await database.run(lambda tx: candidates.drop(tx, number)):
        raise DanLoiError(f"Không có câu số {number}: xem bằng `danloi learn list`.")
    return f"Đã bỏ câu {number}."


@dataclass(frozen=True, slots=True)
class Exported:
    path: Path | None
    """The file, from the root of the installation; None: none was written."""
    lines: int
    left: int
    """Lines that are learnt already, or judge the model."""


async def export(database: Database, root: Path, now: datetime) -> str:
    """Write what was approved into a file of training data; what came of it, in words. Raises DanLoiError."""
    done = await write_out(database, root, now)
    if done.path is None:
        return f"Không có câu mới nào để học ({done.left} câu trùng câu đã có)." if done.left else "Chưa có câu nào được duyệt."
    return f"Đã ghi {done.lines} câu vào {done.path}{f', bỏ {done.left} câu trùng' if done.left else ''}. Giờ chạy: danloi train"


async def write_out(database: Database, root: Path, now: datetime) -> Exported:
    """Write what was approved into a file of training data; what is learnt already, or judges the model, is left out.

    The file comes first: after a crash its lines are found to be learnt already. Raises DeskError where it cannot be written.
    """
    found = await database.read(candidates.approved)
    if not found:
        return Exported(None, 0, 0)
    try:
        done = await asyncio.to_thread(_write, found, root, now)
    except OSError as error:
        raise DeskError(f"Không ghi được vào thư mục {DATA} của máy chủ: {error.strerror}.") from error
    await database.run(lambda tx: candidates.exported(tx, [one.id for one in found], now))
    return done


def _write(found: Sequence[Candidate], root: Path, now: datetime) -> Exported:
    learnt = _known_lines(root)
    fresh: dict[str, Candidate] = {}
    for one in found:
        line = question(one.text)
        if line is not None and fold(line) not in learnt:
            fresh.setdefault(fold(line), one)
    if not fresh:
        return Exported(None, 0, len(found))
    path = Path(DATA) / f"learnt-{now.astimezone(VIETNAM):%Y%m%d-%H%M%S}.yml"
    with (root / path).open("x", encoding="utf-8") as file:
        file.write(_as_data(list(fresh.values()), now))
    return Exported(path, len(fresh), len(found) - len(fresh))


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
