"""What waits at the same moment is asked together: a batch costs little more than one text."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import List, Tuple

from nlu.classifier import Classifier, Read

MOST = 64
"""Texts in one batch, so that one who comes alone never waits for a hundred."""


class Batches:
    """Reads texts on a thread of its own. `classifier` may be replaced at any time: a batch under way keeps the one it began with."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        self._waiting: List[Tuple[str, "asyncio.Future[Read]"]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="classifier")
        self._running: "asyncio.Task[None] | None" = None

    async def read(self, text: str) -> Read:
        answer: "asyncio.Future[Read]" = asyncio.get_running_loop().create_future()
        self._waiting.append((text, answer))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                texts = [text for text, _ in batch]
                try:
                    readings = await loop.run_in_executor(self._thread, self.classifier.read_many, texts)
                except Exception as error:
                    for _, answer in batch:
                        if not answer.done():
                            answer.set_exception(error)
                    continue
                for (_, answer), reading in zip(batch, readings, strict=True):
                    if not answer.done():
                        answer.set_result(reading)
        finally:
            self._running = None
