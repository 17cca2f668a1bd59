"""SECURITY.md says nothing that is not there: every test, file, command and setting that it names exists."""

import re

from bot.model.privacy import ANSWER_WORKDAYS, REPORT_TO, REPORT_WITHIN, TERMS, RequestKind
from bot.settings import ROOT

from ..sources import SETTINGS
from .test_whole import commands

TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_test_that_it_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TEXT)
    assert len(named) > 40
    missing = [f"{file}::{name}" for file, name in named if not _has(file, name)]
    assert missing == []


def _has(file: str, name: str) -> bool:
    path = ROOT / file
    return path.exists() and re.search(rf"^(?:async )?def {name}\(", path.read_text(encoding="utf-8"), re.MULTILINE) is not None


def test_every_threat_names_a_test() -> None:
    rows = TEXT.split("## Threats")[1].split("\n\n")[1].splitlines()[2:]
    assert len(rows) > 20
    assert [row for row in rows if "::test_" not in row.rsplit("|", 2)[1]] == []


def test_every_file_that_it_names_exists() -> None:
    named = re.findall(r"`((?:tests|bot|nlu|content)/[\w/.]+\.\w+)`", TEXT)
    assert named
    assert [file for file in named if not (ROOT / file).exists()] == []


def test_every_command_and_setting_that_it_names_exists() -> None:
    groups = {command.partition(" ")[0] for command in commands()}
    named = re.findall(r"`danloi ([a-z-]+)(?: ([a-z-]+))?", TEXT)
    assert len(named) > 15
    known = set(commands()) | groups
    assert [name for name in named if " ".join(name).strip() not in known and name[0] not in set(commands())] == []
    for name in re.findall(r"`([A-Z]+_[A-Z_]+)`", TEXT):
        assert f'"{name}"' in SETTINGS or f'"{name.lower()}"' in SETTINGS, name


def test_the_days_are_those_that_are_counted() -> None:
    assert f"answer within {ANSWER_WORKDAYS} working days" in TEXT
    days = {kind: term.days for kind, term in TERMS.items()}
    told = f"see and correct within {days[RequestKind.SEE]} days, withdraw {days[RequestKind.WITHDRAW]}, delete {days[RequestKind.DELETE]}"
    assert told in TEXT
    assert days[RequestKind.SEE] == days[RequestKind.CORRECT]
    assert f"**{REPORT_WITHIN.total_seconds() / 3600:.0f} hours**" in TEXT
    assert REPORT_TO in TEXT
