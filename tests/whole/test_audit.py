"""What `make audit` makes of what the advisories say: findings fail where citizens' words go, and silence fails nothing."""

import importlib.util
import json
import tomllib
from types import ModuleType

import pytest

from bot.settings import ROOT


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    import sys

    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci/audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit"] = module
    spec.loader.exec_module(module)
    return module


BAD = {"name": "litestar", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
GOOD = {"name": "jinja2", "version": "3.1", "vulns": []}
UNKNOWN = {"name": "danloi", "skip_reason": "not found"}


def report(*packages: object) -> str:
    return json.dumps({"dependencies": packages})


def test_a_finding_in_what_serves_fails_with_what_mends_it(audit: ModuleType) -> None:
    lines, failed = audit.told("requirements.lock", audit.read(report(BAD, GOOD, UNKNOWN)), None)
    assert failed
    assert lines == [
        "requirements.lock: 2 packages looked up, 1 not known to it, 1 advisories",
        "  litestar 2.0: PYSEC-1, mended in 2.1",
    ]


def test_one_in_the_training_environment_is_told_with_its_reason(audit: ModuleType) -> None:
    for reasons in ({"PYSEC-1": "so"}, {"litestar": "so"}, {"*": "so"}):
        lines, failed = audit.told("nlu/requirements.lock", audit.read(report(BAD)), reasons)
        assert not failed
        assert lines[1].endswith("borne: so")


@pytest.mark.parametrize("said", ["", "no connection", "[]", "{}", report(), report(UNKNOWN)])
def test_where_no_service_answers_nothing_fails_and_it_is_said(audit: ModuleType, said: str) -> None:
    lines, failed = audit.told("requirements.lock", audit.read(said), None)
    assert (lines, failed) == (["requirements.lock: no advisory service was reached, nothing was looked up"], False)


def test_every_lock_is_looked_at_and_every_reason_is_one(audit: ModuleType) -> None:
    locks = {str(path.relative_to(ROOT)) for path in (*ROOT.glob("*.lock"), *(ROOT / "nlu").glob("*.lock"), *ROOT.glob("nlu/serve/*.lock"))}
    assert locks == {*audit.SERVED, *audit.BORNE}
    for file in audit.BORNE.values():
        reasons = tomllib.loads((ROOT / file).read_text(encoding="utf-8"))["borne"]
        assert "*" in reasons
        assert all(len(why) > 30 for why in reasons.values())
