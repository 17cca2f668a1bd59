"""Training lines as Rasa's YAML files hold them: the text, its intent, and the aspect that its block is labelled with."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, Optional

import yaml


def examples(folder: Path) -> tuple[list[str], list[str], list[Optional[str]]]:
    """The lines of all files of a folder, their intents, and what they ask of them."""
    lines = [line for path in sorted(folder.glob("*.yml")) for line in in_file(path)]
    return [text for text, _, _ in lines], [intent for _, intent, _ in lines], [aspect for _, _, aspect in lines]


def in_file(path: Path) -> Iterator[tuple[str, str, Optional[str]]]:
    for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
        for line in entry["examples"].splitlines():
            if line.strip():
                yield line.strip().removeprefix("-").strip(), entry["intent"], entry.get("metadata", {}).get("aspect")
