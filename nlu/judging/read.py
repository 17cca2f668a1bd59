"""What a trained model reads: texts as a JSON list in, a reading of each out, with what it would have said before it was calibrated.

    python -m nlu.judging.read MODEL.tar.gz < texts.json

A model that cannot be read ends it with 3: it was made by other code.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Dict

from nlu.classifier import Classifier, Read
from nlu.serve import archive

UNREADABLE = 3


def main() -> None:
    try:
        classifier = archive.read(Path(sys.argv[1]))
        texts = json.load(sys.stdin)
        json.dump(readings(classifier, texts), sys.stdout)
    except archive.NoModel as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.exit(UNREADABLE)


def readings(classifier: Classifier, texts: list[str]) -> list[Dict[str, Any]]:
    return [row(read, before) for read, before in zip(classifier.read_many(texts), classifier.before_many(texts), strict=True)]


def row(read: Read, before: tuple[str, float]) -> Dict[str, Any]:
    ranking = [(name, round(share, 5)) for name, share in read.ranking]
    return {"ranking": ranking, "aspect": read.aspect, "before": [before[0], round(before[1], 5)]}


if __name__ == "__main__":
    main()
