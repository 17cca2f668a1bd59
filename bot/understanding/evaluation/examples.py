"""Labelled lines to judge the understanding with: TSV (intent, aspect, variant, text) or Rasa's own YAML."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from ... import yaml_loader
from ...model.errors import Fault, WrittenError

NOTHING = frozenset({"", "-", "none", "null"})


@dataclass(frozen=True, slots=True)
class Example:
    """What a line means, as people labelled it. `aspect_known` says whether the file speaks of aspects at all."""

    intent: str
    text: str
    aspect: str | None = None
    variant: str = "typed"
    aspect_known: bool = False


def read_examples(paths: Iterable[Path]) -> list[Example]:
    """Every labelled line of the files. Raises WrittenError naming file and line."""
    return [example for path in paths for example in (_yaml(path) if path.suffix in (".yml", ".yaml") else _tsv(path))]


def _tsv(path: Path) -> Iterator[Example]:
    for number, line in enumerate(_text(path).splitlines(), 1):
        if not line.strip() or line.startswith("#") or (number == 1 and line.split("\t")[0] == "intent"):
            continue
        fields = line.split("\t", 3)
        if len(fields) != 4:
            raise WrittenError(
                [Fault(str(path), number, f"{len(fields)} cột thay vì 4", "viết: ý định, khía cạnh, biến thể, câu; cách nhau bằng Tab")]
            )
        intent, aspect, variant, text = fields
        yield Example(intent, text, None if aspect in NOTHING else aspect, variant or "typed", aspect_known=True)


def _yaml(path: Path) -> Iterator[Example]:
    try:
        for entry in yaml_loader.load(_text(path))["nlu"]:
            aspect = entry.get("metadata", {}).get("aspect")
            for line in entry["examples"].splitlines():
                if line.strip():
                    yield Example(entry["intent"], line.strip().removeprefix("-").strip(), aspect, aspect_known=True)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise WrittenError(
            [Fault(str(path), None, f"không phải tệp ví dụ của Rasa ({error})", 'cần khóa nlu với danh sách "intent" và "examples"')]
        ) from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrittenError([Fault(str(path), None, f"không đọc được ({error})", "xem lại đường dẫn; tệp phải là UTF-8")]) from error
