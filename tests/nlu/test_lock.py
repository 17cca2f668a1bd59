"""The NLU's lock really took the metadata override: without it, uv resolves libraries that Rasa cannot run with."""

import re
from pathlib import Path

import pytest

LOCK = Path(__file__).parents[2] / "nlu" / "requirements.lock"


@pytest.mark.parametrize(
    ("package", "version"), [("rasa", "3.6.21"), ("scikit-learn", "1.1.3"), ("dask", "2022.10.2"), ("tensorflow", "2.12.0")]
)
def test_the_override_was_taken(package: str, version: str) -> None:
    assert re.search(rf"^{re.escape(package)}=={re.escape(version)} ", LOCK.read_text(), re.MULTILINE)


def test_every_package_is_pinned_with_hashes() -> None:
    pinned = re.findall(r"^[a-zA-Z0-9_.\-\[\]]+==\S+ \\\n    --hash=sha256:", LOCK.read_text(), re.MULTILINE)
    named = re.findall(r"^[a-zA-Z0-9].*$", LOCK.read_text(), re.MULTILINE)
    assert len(pinned) > 100
    assert len(pinned) == len(named)
