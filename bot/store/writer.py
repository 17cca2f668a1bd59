"""SQLite's one writer: a thread that takes all transactions waiting and commits them together, for a commit costs more than its work."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ..model.errors import StoreBusy, StoreError
from .failures import translated

T = TypeVar("T")
TOGETHER = 64
"""How many transactions one commit carries at most."""


@dataclass(frozen=True, slots=True)
class _Job(Generic[T]):
    transaction: Callable[[Connection], T]
    future: "Future[T]"


class Writer:
    def __init__(self, begin: Callable[[], AbstractContextManager[Connection]]) -> None:
        """`begin`: a connection with a transaction begun, which commits at the end."""
        self._begin = begin
        self._waiting: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        self._closed = False
        self._thread = Thread(target=self._work, name="sqlite-writer", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def submit(self, transaction: Callable[[Connection], T]) -> "Future[T]":
        if self._closed:
            raise StoreError("The store is closed.")
        job: _Job[T] = _Job(transaction, Future())
        self._waiting.put(job)
        return job.future

    def close(self) -> None:
        """Finish what waits, then stop."""
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
            self._thread.join()

    def _work(self) -> None:
        goes_on = True
        while goes_on:
            batch, goes_on = self._take()
            jobs = [job for job in batch if job.future.set_running_or_notify_cancel()]
            if jobs:
                self._commit(jobs)

    def _take(self) -> tuple[list[_Job[Any]], bool]:
        batch: list[_Job[Any]] = []
        job = self._waiting.get()
        while job is not None:
            batch.append(job)
            if len(batch) == TOGETHER:
                return batch, True
            try:
                job = self._waiting.get_nowait()
            except Empty:
                return batch, True
        return batch, False

    def _commit(self, jobs: list[_Job[Any]]) -> None:
        try:
            with self._begin() as connection:
                results = [job.transaction(connection) for job in jobs]
        except Exception as error:
            failure = translated(error) if isinstance(error, DBAPIError) else error
            if len(jobs) == 1 or isinstance(failure, StoreBusy):
                for job in jobs:
                    job.future.set_exception(failure)
                return
            for job in jobs:  # one of them, or the commit, spoilt it for all: each alone, so that only the culprit fails
                self._commit([job])
            return
        for job, result in zip(jobs, results, strict=True):
            job.future.set_result(result)
