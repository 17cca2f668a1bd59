"""What watches a service: every metric, label and value that an alert or a panel names is one that a really running service exports."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.settings import ROOT

from ..faults.process import Served

ALERTS = ROOT / "deploy/prometheus/alerts.yml"
DASHBOARD = ROOT / "deploy/grafana/danloi.json"
OF_PROMETHEUS = {"up"}
FROM_SCRAPING = {"job", "instance"}
WORDS = {"and", "or", "unless", "bool", "on", "ignoring", "offset"}


@dataclass
class Exported:
    names: set[str] = field(default_factory=set)
    values: dict[str, set[str]] = field(default_factory=dict)
    """Of each label."""


@pytest.fixture
async def exported(tmp_path: Path) -> Exported:
    served = Served(tmp_path, f"sqlite:///{tmp_path / 'danloi.db'}")
    await served.start()
    async with httpx.AsyncClient() as http:
        measured = (await http.get(f"{served.url}/metrics")).text
    assert await served.stop() == 0
    found = Exported()
    for family in text_string_to_metric_families(measured):
        ends = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}.get(family.type, [""])
        found.names |= {family.name + end for end in ends}
        for sample in family.samples:
            for name, value in sample.labels.items():
                found.values.setdefault(name, set()).add(value)
    return found


def alerts() -> dict[str, str]:
    rules = [rule for group in yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]
    return {rule["alert"]: rule["expr"] for rule in rules}


def panels() -> dict[str, str]:
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return {f"{panel['title']} {target['refId']}": target["expr"] for panel in board["panels"] for target in panel.get("targets", ())}


@pytest.mark.parametrize(("expressions", "least"), [(alerts(), 15), (panels(), 20)], ids=["alerts", "dashboard"])
async def test_what_is_asked_for_exists(exported: Exported, expressions: dict[str, str], least: int) -> None:
    assert len(expressions) >= least
    assert {"danloi_turns_total", "danloi_turn_stage_seconds_bucket", "process_cpu_seconds_total"} <= exported.names
    for where, expression in expressions.items():
        asked = names(expression)
        assert asked, where
        assert asked - exported.names - OF_PROMETHEUS == set(), where
        assert labels(expression) - exported.values.keys() - FROM_SCRAPING == set(), where
        unknown = {(name, value) for name, value in matched(expression) if value not in exported.values.get(name, ())}
        assert {one for one in unknown if one[0] not in FROM_SCRAPING} == set(), where


def names(expression: str) -> set[str]:
    """The metrics an expression of PromQL asks for: its identifiers that are no function, no label and no word of the language."""
    bare = re.sub(r'\{[^}]*\}|\[[^\]]*\]|"[^"]*"|\b(by|without|on|ignoring)\s*\([^)]*\)', " ", expression)
    return set(re.findall(r"\b[a-zA-Z_]\w*\b(?!\s*\()", bare)) - WORDS


def labels(expression: str) -> set[str]:
    grouped = ",".join(re.findall(r"\b(?:by|without)\s*\(([^)]*)\)", expression))
    return {name.strip() for name in grouped.split(",") if name.strip()} | {name for name, _ in matched(expression)}


def matched(expression: str) -> list[tuple[str, str]]:
    """Each label with each value that it is compared with."""
    pairs = re.findall(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"', " ".join(re.findall(r"\{[^}]*\}", expression)))
    return [(name, one) for name, value in pairs for one in value.split("|")]


def test_reading_an_expression() -> None:
    expression = 'sum by (le) (rate(a_total{by!="x", c=~"d|e"}[5m])) / max(b) > 0.5 and b unless up{job="danloi"} == 0'
    assert names(expression) == {"a_total", "b", "up"}
    assert labels(expression) == {"le", "by", "c", "job"}
    assert matched(expression) == [("by", "x"), ("c", "d"), ("c", "e"), ("job", "danloi")]


def test_every_alert_says_how_bad_it_is_and_what_to_do() -> None:
    rules: list[dict[str, Any]] = [rule for group in yaml.safe_load(ALERTS.read_text("utf-8"))["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 15
    for rule in rules:
        assert rule["labels"]["severity"] in ("page", "ticket"), rule["alert"]
        assert rule["annotations"].keys() == {"summary", "action"}, rule["alert"]


def test_every_metric_of_ours_is_watched(exported: Exported) -> None:
    ours = {re.sub("_(bucket|count|sum)$", "", name) for name in exported.names if name.startswith("danloi_")}
    watched = {re.sub("_(bucket|count|sum)$", "", name) for one in (*alerts().values(), *panels().values()) for name in names(one)}
    assert len(ours) > 15
    assert ours - watched == set()


def test_panels_stand_beside_each_other() -> None:
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_prometheus_itself_takes_the_files() -> None:
    """Where its tool is on this machine; the other tests hold without."""
    tool = shutil.which("promtool")
    if tool is None:
        assert yaml.safe_load((ALERTS.parent / "prometheus.yml").read_text("utf-8"))["rule_files"] == [ALERTS.name]
        return
    for command in (["check", "rules", str(ALERTS)], ["check", "config", "--syntax-only", str(ALERTS.parent / "prometheus.yml")]):
        done = subprocess.run([tool, *command], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
