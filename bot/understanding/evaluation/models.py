"""What models read of labelled lines, asked without a server: a trained one as a file, or models that had not seen the line."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...model.errors import NluError
from ...model.meaning import Reading
from ..model_files import PYTHON, SERVERS, environment, last_lines
from .examples import Example
from .judged import Judged

UNREADABLE = 3
"""How `nlu.judging.read` ends over a model that other code made."""


def read_by(root: Path, model: Path, examples: Sequence[Example]) -> list[Judged] | None:
    """What a trained model makes of the lines; None where this code cannot read it. Raises NluError."""
    python, _ = SERVERS["light"]
    command = [str(root / python), "-m", "nlu.judging.read", str(model)]
    texts = json.dumps([example.text for example in examples])
    done = subprocess.run(command, cwd=root, env=environment(), input=texts, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode == UNREADABLE:
        return None
    if done.returncode:
        raise NluError(f"{model.name} could not be asked. The last lines:\n" + last_lines(done.stderr))
    return [_judged(example, row) for example, row in zip(examples, json.loads(done.stdout), strict=True)]


def cross_validate(root: Path) -> list[Judged]:
    """Readings of every training line and its noisy copies by models that had not seen the line. Takes some minutes. Raises NluError."""
    command = [str(root / PYTHON), "-m", "nlu.judging.crossvalidate", "nlu/data"]
    done = subprocess.run(command, cwd=root, env=environment(), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise NluError("The cross-validation failed. Its last lines:\n" + last_lines(done.stderr))
    rows = map(json.loads, done.stdout.splitlines())
    return [_judged(Example(aspect_known=True, **row["line"]), row) for row in rows]


def _judged(example: Example, row: dict[str, Any]) -> Judged:
    ranking = tuple(Reading(name, confidence) for name, confidence in row["ranking"])
    return Judged(example, ranking, row["aspect"], before=Reading(*row["before"]))
