"""`python -m tests.faults.totals FILE`: what the rounds of a report add up to, as JSON: faults by kind, kills, broken promises."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any


def totals(lines: list[dict[str, Any]]) -> dict[str, Any]:
    by_kind: Counter[str] = Counter()
    for line in lines:
        by_kind.update(line["by kind"])
    return {
        "rounds": dict(Counter(line["database"] for line in lines if "no verdict" not in line)),
        "no verdict": [f"seed {line['seed']} on {line['database']}: {line['no verdict']}" for line in lines if "no verdict" in line],
        "messages": sum(line["messages"] for line in lines),
        "replies": dict(sum((Counter(line["replies"]) for line in lines), Counter())),
        "faults": sum(by_kind.values()),
        "process kills": sum(line["kills"] for line in lines),
        "by kind": dict(sorted(by_kind.items())),
        "broken": [f"seed {line['seed']} on {line['database']}: {one}" for line in lines for one in line["broken"]],
    }


if __name__ == "__main__":
    file = Path(sys.argv[1])
    read = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []
    print(json.dumps(totals(read), ensure_ascii=False, indent=1))
