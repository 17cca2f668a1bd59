"""Cross-validation: what the classifier says of lines it has not seen, as JSON lines for the bot's evaluation to judge.

    python -m nlu.evaluate nlu/data

A line is judged as written and in noisy copies: without diacritics, with half of them, in shorthand with slips of the finger. They are
made after the split, so a line and its copies are never on both sides. Generated noise is kinder than people: real typing reads worse.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import yaml

from .classifier import folds, train
from .noise import copies

JUDGED_SEED = 2071


def main() -> None:
    texts, intents = examples(Path(sys.argv[1]))
    for learn, judge in folds(len(texts)):
        classifier = train([texts[i] for i in learn], [intents[i] for i in learn])
        asked = [(i, variant, text) for i in judge for variant, text in variants(texts[i], i)]
        for (i, variant, text), ranking in zip(asked, classifier.rank_many([text for _, _, text in asked]), strict=True):
            row = {"intent": intents[i], "variant": variant, "text": text, "ranking": [(name, round(p, 5)) for name, p in ranking]}
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def variants(text: str, seed: int) -> Iterator[tuple[str, str]]:
    yield "typed", text
    yield from copies(text, Random(JUDGED_SEED + seed))  # noqa: S311  (noise, not secrecy)


def examples(folder: Path) -> tuple[list[str], list[str]]:
    """The lines of Rasa's YAML files and their intents."""
    pairs = [pair for path in sorted(folder.glob("*.yml")) for pair in _in_file(path)]
    return [text for text, _ in pairs], [intent for _, intent in pairs]


def _in_file(path: Path) -> Iterator[tuple[str, str]]:
    for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
        for line in entry["examples"].splitlines():
            if line.strip():
                yield line.strip().removeprefix("-").strip(), entry["intent"]


if __name__ == "__main__":
    main()
