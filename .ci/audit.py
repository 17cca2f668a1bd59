"""Looks every locked package up in the advisories that pip-audit reaches: `make audit`.

A finding in what the bot runs on ends with status 1. One in the language model's training environment is told with the reason why it is
borne (nlu/advisories.toml), for Rasa pins it. Where no advisory service can be reached, that is said, and nothing fails: a village's
machine without the internet must be able to run every check.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 300
SERVED = ("requirements.lock", "nlu/serve/requirements.lock")
"""What faces the internet, or answers those who do: nothing known may stand there."""
BORNE = {"nlu/requirements.lock": "nlu/advisories.toml"}


@dataclass
class Findings:
    """What the advisories say of one lock."""

    known: list[tuple[str, str, str]] = field(default_factory=list)
    """Package and version, the advisory, the versions that mend it."""
    audited: int = 0
    skipped: int = 0


def read(report: str) -> Findings:
    """pip-audit's report; nothing was audited where it is none."""
    try:
        packages: Sequence[Mapping[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Findings()
    found = Findings()
    for one in packages:
        if "vulns" not in one:
            found.skipped += 1
            continue
        found.audited += 1
        for advisory in one["vulns"]:
            mended = ", ".join(advisory.get("fix_versions") or ["none yet"])
            found.known.append((f"{one['name']} {one['version']}", advisory["id"], mended))
    return found


def audited(lock: str) -> Findings:
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "-r",
        lock,
        "--disable-pip",
        "--require-hashes",
        "-f",
        "json",
        "--progress-spinner",
        "off",
    ]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)  # noqa: S603
    except subprocess.TimeoutExpired:
        return Findings()
    return read(done.stdout)


def told(lock: str, found: Findings, reasons: Mapping[str, str] | None) -> tuple[list[str], bool]:
    """What is said of a lock, and whether it fails. `reasons`: why a finding is borne, by advisory, else by package, else for all."""
    if not found.audited:
        return [f"{lock}: no advisory service was reached, nothing was looked up"], False
    rest = f", {found.skipped} not known to it" if found.skipped else ""
    lines = [f"{lock}: {found.audited} packages looked up{rest}, {len(found.known)} advisories"]
    for package, advisory, mended in found.known:
        why = "" if reasons is None else reasons.get(advisory) or reasons.get(package.partition(" ")[0]) or reasons.get("*", "")
        lines.append(f"  {package}: {advisory}, mended in {mended}{'; borne: ' + why if why else ''}")
    return lines, reasons is None and bool(found.known)


def main() -> int:
    failed = False
    for lock in (*SERVED, *BORNE):
        reasons = tomllib.loads((ROOT / BORNE[lock]).read_text(encoding="utf-8"))["borne"] if lock in BORNE else None
        lines, bad = told(lock, audited(lock), reasons)
        sys.stdout.write("\n".join(lines) + "\n")
        failed = failed or bad
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
