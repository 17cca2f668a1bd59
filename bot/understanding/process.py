"""The language model's process as our child: started, watched, started again when it dies, stopped; never left behind."""

import asyncio
import os
import signal
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx

from ..model.errors import NluError
from .model_files import SERVERS, environment

STOP_TIME = 5.0
PAUSES = (0.5, 1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds before the next start after each death in a row; the last repeats."""


class NluProcess:
    """One server on loopback with one exact model. `url` stays the same over restarts."""

    def __init__(
        self,
        root: Path,
        model: Path,
        token: str,
        note: Callable[[str], None] = lambda event: None,
        python: Path | None = None,
        server: str = "light",
    ) -> None:
        """`server`: "light" is our own, "rasa" Rasa's. `python`: another interpreter than that server's own."""
        own, self._module = SERVERS[server]
        self._root = root
        self._model = model
        self._token = token
        self._note = note
        self._python = root / own if python is None else python
        self._port = _free_port()
        self._child: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._last: deque[str] = deque(maxlen=15)
        self._deaths = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        return None if self._child is None else self._child.pid

    async def start(self) -> None:
        """Start it and watch over it from now on. Back at once: it needs seconds to warm up, see `ready`."""
        if not self._model.is_file():
            raise NluError(f"There is no model {self._model.name}: run `danloi train`.")
        if not self._python.exists():
            raise NluError(f"The language model's environment {self._python} is missing: run `make setup`.")
        await self._spawn()
        self._watcher = asyncio.create_task(self._watch(), name="nlu-watcher")

    async def exchange(self, model: Path) -> None:
        """Serve another model from now on, without a pause where the server is our own. Raises NluError and keeps the one it has."""
        try:
            async with httpx.AsyncClient(timeout=60.0, trust_env=False) as http:
                response = await http.put(f"{self.url}/model", params={"token": self._token}, json={"model_file": str(model)})
                response.raise_for_status()
        except httpx.HTTPError as error:
            raise NluError(f"The language model's server did not take {model.name} ({type(error).__name__}).") from error
        self._model = model

    async def ready(self, within: float = 60.0) -> None:
        """Wait until it serves its model. Raises NluError with the process's last lines where it does not."""
        try:
            async with asyncio.timeout(within):
                async with httpx.AsyncClient(timeout=2.0, trust_env=False) as http:
                    while not await self._serves(http):
                        if self._deaths >= 3:
                            raise NluError(f"The language model's process keeps dying. Its last lines:\n{self._words()}")
                        await asyncio.sleep(0.2)
        except TimeoutError as error:
            raise NluError(f"The language model was not ready within {within:.0f} seconds. Its last lines:\n{self._words()}") from error

    async def stop(self) -> None:
        """End it: politely, then by force."""
        if self._watcher is not None:
            self._watcher.cancel()
            with suppress(asyncio.CancelledError):
                await self._watcher
            self._watcher = None
        child = self._child
        if child is not None and child.returncode is None:
            _signal(child.pid, signal.SIGTERM)
            try:
                await asyncio.wait_for(child.wait(), STOP_TIME)
            except TimeoutError:
                _signal(child.pid, signal.SIGKILL)
                await child.wait()
        self._child = None

    async def _spawn(self) -> None:
        self._child = await asyncio.create_subprocess_exec(
            *(str(self._python), "-m", self._module, str(os.getpid()), str(self._model), str(self._port)),
            cwd=self._root,
            env=environment(NLU_TOKEN=self._token, PYTHONUNBUFFERED="1"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C at the terminal reaches us alone, and we stop it in order
        )

    async def _watch(self) -> None:
        """Read what it says, so that its pipe never fills; start it again whenever it is gone."""
        while self._child is not None:
            lived_well = await self._listen(self._child)
            code = await self._child.wait()
            self._deaths = 1 if lived_well else self._deaths + 1
            pause = PAUSES[min(self._deaths, len(PAUSES)) - 1]
            self._note(f"the language model's process ended with {code}; starting it again in {pause:g} s")
            await asyncio.sleep(pause)
            await self._spawn()

    async def _listen(self, child: asyncio.subprocess.Process) -> bool:
        """Until it is silent for good; whether it had come up meanwhile."""
        assert child.stdout is not None
        came_up = False
        while chunk := await child.stdout.read(4096):
            lines = chunk.decode(errors="replace").replace(self._token, "…").splitlines()
            came_up = came_up or any("server is up" in line for line in lines)
            self._last.extend(lines)
        return came_up

    async def _serves(self, http: httpx.AsyncClient) -> bool:
        try:
            response = await http.get(f"{self.url}/status", params={"token": self._token})
            return response.status_code == 200
        except httpx.HTTPError:
            return False

    def _words(self) -> str:
        return "\n".join(f"  {line}" for line in self._last)


def _signal(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, number)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
