"""The classifier, in its own environment: trained on a small file there, its rankings judged here."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests/understanding/small"
SCRIPT = """
import json, sys
from pathlib import Path
from nlu.classifier import Classifier
from nlu.training import train
from nlu.lines import examples
texts, intents, aspects = examples(Path(sys.argv[1]))
first, again = train(texts, intents, aspects), train(texts, intents, aspects)
first.save(Path(sys.argv[2]))
loaded = Classifier.load(Path(sys.argv[2]))
asked = json.loads(sys.stdin.read())
alone = [loaded.read(text).ranking for text in asked]
print(json.dumps({"first": first.rank_many(asked), "again": again.rank_many(asked), "loaded": alone}))
"""
ASKED = [
    "dang ky dinh danh muc 2 ntn",
    "ko nhận đc mã otp",
    "quen mk vneid",
    "",
    "???",
    "😀 123",
    "漢字",
    "\u0451\u0436",
    "đăng ký định danh mức 2",
]


@pytest.fixture(scope="module")
def rankings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[tuple[str, float]]]]:
    python = ROOT / "nlu/.venv/bin/python"
    model = tmp_path_factory.mktemp("model") / "c.pkl.gz"
    done = subprocess.run(
        [str(python), "-c", SCRIPT, str(SMALL), str(model)], input=json.dumps(ASKED), capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_it_reads_with_and_without_diacritics_and_shorthand(rankings: dict[str, Any]) -> None:
    tops = [ranking[0][0] for ranking in rankings["first"]]
    assert tops[:3] == ["eid_level_2", "eid_otp", "eid_password"]
    assert tops[-1] == "eid_level_2"


def test_what_holds_nothing_known_is_never_believed(rankings: dict[str, Any]) -> None:
    for text, ranking in zip(ASKED, rankings["first"], strict=True):
        if text in ("", "???", "😀 123", "漢字", "\u0451\u0436"):
            assert ranking[0][1] < 0.2, text
            assert ranking[0][0] == "out_of_scope"


def test_confidences_add_up_to_one_and_fall(rankings: dict[str, Any]) -> None:
    for ranking in rankings["first"]:
        shares = [share for _, share in ranking]
        assert sum(shares) == pytest.approx(1.0)
        assert shares == sorted(shares, reverse=True)
        assert len(ranking) == 6


def test_the_same_lines_make_the_same_model_kept_or_not(rankings: dict[str, Any]) -> None:
    assert rankings["first"] == rankings["again"] == rankings["loaded"]
