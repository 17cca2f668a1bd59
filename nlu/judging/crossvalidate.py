"""Cross-validation: what the classifier says of lines it has not seen, as JSON lines for the bot's evaluation to judge.

    python -m nlu.judging.crossvalidate nlu/data

A line is judged as written and in noisy copies: without diacritics, with half of them, in shorthand with slips of the finger. They are
made after the split, so a line and its copies are never on both sides. Generated noise is kinder than people: real typing reads worse.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random
from typing import Iterator

from nlu.lines import examples
from nlu.training import folds, train

from .noise import copies
from .read import readings

JUDGED_SEED = 2071


def main() -> None:
    texts, intents, aspects = examples(Path(sys.argv[1]))
    for learn, judge in folds(len(texts)):
        classifier = train([texts[i] for i in learn], [intents[i] for i in learn], [aspects[i] for i in learn])
        asked = [(i, variant, text) for i in judge for variant, text in variants(texts[i], i)]
        for (i, variant, text), read in zip(asked, readings(classifier, [text for _, _, text in asked]), strict=True):
            line = {"intent": intents[i], "aspect": aspects[i], "variant": variant, "text": text}
            sys.stdout.write(json.dumps({"line": line, **read}, ensure_ascii=False) + "\n")


def variants(text: str, seed: int) -> Iterator[tuple[str, str]]:
    yield "typed", text
    yield from copies(text, Random(JUDGED_SEED + seed))  # noqa: S311  (noise, not secrecy)


if __name__ == "__main__":
    main()
