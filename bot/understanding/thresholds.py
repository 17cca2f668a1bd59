"""How sure is sure enough. The numbers come from an evaluation and live in nlu/thresholds.yml with how they were measured."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from .. import yaml_loader
from ..model.errors import Fault, WrittenError

FILE = "nlu/thresholds.yml"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A reading at `sure` and above is acted on; from `maybe` on the best few are offered as taps; below that we say so."""

    sure: float
    maybe: float


def load(root: Path) -> Thresholds:
    try:
        written = yaml_loader.load((root / FILE).read_text(encoding="utf-8"))
        thresholds = Thresholds(sure=float(written["sure"]), maybe=float(written["maybe"]))
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise WrittenError([Fault(FILE, None, f"không đọc được ({error})", "chạy danloi evaluate để đo và ghi lại")]) from error
    if not 0 < thresholds.maybe < thresholds.sure < 1:
        raise WrittenError([Fault(FILE, None, "cần 0 < maybe < sure < 1", "chạy danloi evaluate để đo và ghi lại")])
    return thresholds


def write(root: Path, thresholds: Thresholds, measured: dict[str, float | int | str]) -> None:
    note = "# How sure is sure enough: written by the evaluation, from lines the model had not seen. `measured` says what was found.\n"
    body = yaml.safe_dump({"sure": thresholds.sure, "maybe": thresholds.maybe, "measured": measured}, allow_unicode=True, sort_keys=False)
    (root / FILE).write_text(note + body, encoding="utf-8")
