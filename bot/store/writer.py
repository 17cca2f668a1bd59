"""SQLite's one writer: a thread that takes all transactions waiting and commits them together, for a commit costs more than its work."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from ..model.errors import StoreBusy, StoreError
from .failures import translated

T = TypeVar("T")
TOGETHER = 64
"""How many transactions one commit carries at most."""


@dataclass(frozen=True, slots=True)
class _Job(Generic[T]):
    transaction: Callable[[Connection], T]
    future: "Future[T]"


@dataclass(frozen=True, slots=True)
class _Outcome:
    result: Any = None
    error: Exception | None = None


class Writer:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
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
            with self._engine.begin() as connection:
                alone = len(jobs) == 1  # with nobody to keep from harm, the whole transaction is the savepoint
                outcomes = [_Outcome(jobs[0].transaction(connection))] if alone else [_attempt(connection, job) for job in jobs]
        except Exception as error:
            failure = translated(error) if isinstance(error, DBAPIError) else error
            if len(jobs) == 1 or isinstance(failure, StoreBusy):
                for job in jobs:
                    job.future.set_exception(failure)
                return
            for job in jobs:  # one of them, or the commit, spoilt it for all: each alone, so that only the culprit fails
                self._commit([job])
            return
        for job, outcome in zip(jobs, outcomes, strict=True):
            if outcome.error is None:
                job.future.set_result(outcome.result)
            else:
                job.future.set_exception(outcome.error)


def _attempt(connection: Connection, job: _Job[Any]) -> _Outcome:
    try:
        with connection.begin_nested():
            return _Outcome(result=job.transaction(connection))
    except OperationalError:
        raise  # a full disk or a lock may have rolled back everything, not just this savepoint
    except Exception as error:
        return _Outcome(error=error)
