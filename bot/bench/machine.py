"""What a measurement ran on, and how much memory a process holds."""

import os
import platform
from pathlib import Path
from typing import Any


def described() -> dict[str, Any]:
    return {"nhân": os.cpu_count(), "Python": platform.python_version(), "hệ": platform.system()}


def resident(pid: int) -> float:
    """MB in memory of a process; 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)


def worked(pid: int) -> float:
    """Seconds of the processor that a process has had so far, in all its threads; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
