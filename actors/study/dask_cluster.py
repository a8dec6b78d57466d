"""Replications on a Dask cluster: whatever machines its workers are on.

The job is sent to the workers once; a task is no more than a number. Dask carries pickles, so a
scheduler must only be reachable by those who may run code on its workers.
"""

from __future__ import annotations

import time
from concurrent.futures import CancelledError, Future
from typing import Final

from actors.errors import ReplicationFailed, UsageError
from actors.study.job import Job, play

try:
    from distributed import Client, KilledWorker
except ImportError as error:
    raise UsageError(
        "a Dask cluster needs the extra `dask`: pip install 'stocksim[dask]'"
    ) from error

__all__ = ["DaskExecutor"]

CONNECT_S: Final = 5
DESERTED_S: Final = 30  # how long a set waits for workers when all have gone


class DaskExecutor:
    """Plays as many replications at once as the cluster has workers.

    Args:
        job: what to play.
        place: HOST:PORT of the scheduler.
        jobs: how many replications at once at most; None: no limit.

    Raises:
        UsageError: nobody answers there, or the cluster has no worker.
    """

    def __init__(self, job: Job, place: str, jobs: int | None) -> None:
        self._place = place
        self._jobs = jobs
        self._deserted_since = time.monotonic()
        self._client = _connected(place)
        try:
            self._client.wait_for_workers(1, timeout=CONNECT_S)
        except TimeoutError:
            self._client.close()
            raise UsageError(
                f"the Dask cluster at {place} has no workers: start some, "
                f"as in: dask worker {place}"
            ) from None
        self._job = self._client.scatter(job, broadcast=True, hash=False)
        self._holders = 0  # workers that have been given the job
        self._tasks = self._client.get_executor(pure=False)

    def slots(self) -> int:
        """One replication a worker, or the limit if that is less.

        Raises:
            ReplicationFailed: the scheduler is gone, or there has been no worker for half a minute.
        """
        try:
            workers = len(self._client.nthreads())
            if workers > self._holders:
                # Before somebody leaves: what nobody holds any more is lost to all.
                self._client.replicate(self._job)
        except (OSError, TimeoutError) as error:
            raise ReplicationFailed(self._gone()) from error
        self._holders = workers
        self._refuse_to_wait_for_ever(workers)
        return workers if self._jobs is None else min(workers, self._jobs)

    def _refuse_to_wait_for_ever(self, workers: int) -> None:
        now = time.monotonic()
        if workers:
            self._deserted_since = now
        elif now - self._deserted_since > DESERTED_S:
            raise ReplicationFailed(
                f"the Dask cluster at {self._place} has had no worker for {DESERTED_S} s"
            )

    def submit(self, number: int) -> Future[bytes]:
        """Begin a replication on the worker that has least to do."""
        future: Future[bytes] = self._tasks.submit(play, self._job, number)
        return future

    def explain(self, error: Exception) -> str | None:
        """Errors of Dask's own: a worker that died again and again, a scheduler that is gone."""
        match error:
            case KilledWorker():
                return f"workers of the Dask cluster at {self._place} died again and again"
            case CancelledError() | OSError():
                return self._gone()
            case ModuleNotFoundError():
                return f"a worker of the Dask cluster at {self._place} lacks a module: {error}"
            case _:
                return None

    def _gone(self) -> str:
        return f"the Dask cluster at {self._place} is gone, or has lost what it was sent"

    def close(self, *, at_once: bool) -> None:
        """Leave the cluster; its workers go on without this set."""
        self._tasks.shutdown(wait=not at_once)
        self._client.close()


def _connected(place: str) -> Client:
    try:
        return Client(f"tcp://{place}", timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"no Dask scheduler answers at {place}: {error}") from error
