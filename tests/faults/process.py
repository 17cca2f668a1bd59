"""A real `danloi serve`, started, killed and started again by a test, on one port and one database."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import httpx


class Served:
    """`kill` is -9: no goodbye, nothing flushed. `start` again finds what was committed, and only that.

    `{url}` in a setting stands for this process's own address.
    """

    def __init__(self, var: Path, database_url: str, **environment: str) -> None:
        self.var, self.database_url = var, database_url
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = var / f"serve-{self.port}.log"
        self._environment = {
            **os.environ,
            "DANLOI_VAR": str(var),
            "DATABASE_URL": database_url,
            "NLU_URL": f"http://127.0.0.1:{free_port()}",  # nobody there: keywords and taps must do
            "CLAIM_TIME": "3",
            "SENDER_TERM": "3",
            "LOG_LEVEL": "WARNING",
            **{name: value.format(url=self.url) for name, value in environment.items()},
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self.output.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "serve", "--port", str(self.port)),
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        await self._until_healthy()

    async def command(self, *words: str, **environment: str) -> tuple[int, str]:
        """Run another command of ours beside it, with the same settings. Its exit status and what it printed."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            env={**self._environment, "PORT": str(self.port), **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await process.communicate()
        return process.returncode or 0, printed.decode()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def lives(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def kill(self) -> None:
        await self.end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM, as an operator stops it. The exit status."""
        return await self.end(signal.SIGTERM)

    async def end(self, number: signal.Signals) -> int:
        """Send the signal and wait. The exit status."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(number)
        return await self._process.wait()

    async def _until_healthy(self) -> None:
        async with asyncio.timeout(60), httpx.AsyncClient(verify=False) as http:
            while True:
                if not self.lives:
                    raise AssertionError(f"serve ended at once:\n{self.output.read_text()[-3000:]}")
                try:
                    if (await http.get(f"{self.url}/healthz")).status_code == 200:
                        return
                except httpx.TransportError:
                    await asyncio.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
