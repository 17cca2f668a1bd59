"""Real `danloi serve` processes for the load: started, looked at from outside, stopped, killed."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import httpx

from ..model.errors import DanLoiError
from ..settings import ROOT
from .child import Child

START_TIME = 240.0
NOBODY = "http://127.0.0.1:1"
"""The address of a language model that is away."""
_OURS = ("DATABASE_URL", "NLU_URL", "NLU_TOKEN", "TELEGRAM_TOKEN", "PUBLIC_URL", "HOST", "PORT")


class Served(Child):
    """One process; `environment` on top of what every one of them gets. Its secrets and its log lie in `var`."""

    def __init__(self, var: Path, database_url: str, environment: Mapping[str, str], root: Path = ROOT) -> None:
        """`root`: the checkout that serves, this one or an older one to compare with."""
        super().__init__()
        self._root = root
        self._log = var / "serve.log"
        inherited = {name: value for name, value in os.environ.items() if name not in _OURS}
        told = {"DANLOI_VAR": str(var), "DATABASE_URL": database_url, "LOG_LEVEL": "ERROR"}
        self._environment = {**inherited, **told, **environment}

    async def start(self) -> None:
        """Back once it answers, and its own language model too, where it has one. Raises DanLoiError where it does not."""
        python = self._root / ".venv/bin/python"
        with self._log.open("ab") as log:
            self._child = await asyncio.create_subprocess_exec(
                *(str(python) if python.exists() else sys.executable, "-m", "bot", "serve", "--port", str(self._port)),
                cwd=self._root,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        ends = time.monotonic() + START_TIME
        async with httpx.AsyncClient(timeout=5.0, trust_env=False) as http:
            while time.monotonic() < ends and self._child.returncode is None:
                with suppress(httpx.HTTPError):
                    state = (await http.get(f"{self.url}/readyz")).json()
                    if state["store"] == "ok" and (state["nlu"] == "ok" or self._environment.get("NLU_URL") == NOBODY):
                        return
                await asyncio.sleep(0.1)
        await self.end(signal.SIGKILL)
        raise DanLoiError(f"danloi serve did not start:\n{self._log.read_text(encoding='utf-8', errors='replace')[-2000:]}")

    async def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self._child is not None and self._child.returncode is None:
            self._child.send_signal(number)
            await self._child.wait()
