"""Replications on this machine's cores, a process each.

Workers are spawned, not forked: whatever threads and locks the caller has, a worker begins
clean. They hold one end of a pipe whose other end only this process has. When it is closed, be it
because the set is stopped at once or because this process was killed, they leave.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from threading import Thread

from actors.study.job import Job, play

__all__ = ["LocalExecutor"]

EXIT_ABANDONED = 1


class LocalExecutor:
    """Plays up to `jobs` replications at once.

    Args:
        job: what to play.
        jobs: how many processes there are at most; each starts when it is first needed.
    """

    def __init__(self, job: Job, jobs: int) -> None:
        self._jobs = jobs
        context = multiprocessing.get_context("spawn")
        theirs, self._ours = context.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(jobs, context, _settle_in, (job, theirs))

    def slots(self) -> int:
        """As many as there may be processes."""
        return self._jobs

    def submit(self, number: int) -> Future[bytes]:
        """Begin a replication, in a new process or in one that is free."""
        with _signals_kept_from_children():
            return self._pool.submit(_play, number)

    def explain(self, error: Exception) -> str | None:
        """A worker that dies breaks the whole pool."""
        if isinstance(error, BrokenProcessPool):
            return "a worker process died (killed, out of memory, or unable to start)"
        return None

    def close(self, *, at_once: bool) -> None:
        """End the workers, after what they are doing or in the middle of it."""
        if at_once:
            self._ours.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._ours.close()


@contextmanager
def _signals_kept_from_children() -> Iterator[None]:
    """Ctrl-C in a terminal goes to every process: only this one may decide what it means.

    A process that is being started has no handler yet, but inherits which signals are blocked.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# In the worker.

_jobs: list[Job] = []


def _settle_in(job: Job, pipe: Connection) -> None:
    """Called once in each worker, before its first replication."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_leave_when_closed, args=(pipe,), name="watch", daemon=True).start()
    _jobs.append(job)


def _leave_when_closed(pipe: Connection) -> None:
    wait([pipe])  # nothing is ever sent: it is ready when it is closed
    os._exit(EXIT_ABANDONED)


def _play(number: int) -> bytes:
    return play(_jobs[0], number)
