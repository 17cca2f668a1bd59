"""A process of the rounds may die by itself in the moment in which a fault from outside would kill it."""

import os
import signal
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from .nursery import Forked, Nursery


async def test_who_has_died_and_is_not_reported_yet_gets_no_signal_and_is_no_fault(tmp_path: Path, born_in: Nursery) -> None:
    served = Forked(born_in, tmp_path, f"sqlite:///{tmp_path / 'danloi.db'}", NLU_URL="")
    await served.start()
    os.kill(served.pid, signal.SIGKILL)
    while psutil.pid_exists(served.pid):  # nothing is heard from the nursery meanwhile
        pass
    assert served.lives
    assert not served.sends(signal.SIGKILL)
    assert await served.ends() == -signal.SIGKILL
