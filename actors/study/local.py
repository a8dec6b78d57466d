"""Replications on this machine's cores, a process each.

Workers are spawned, not forked: whatever threads and locks the caller has, a worker begins
clean. A thread stands beside each worker while it plays, and waits at the pipe between them: a
result comes out of it, or its end, when the process has died. A worker that loses its parent, be
it to a kill, leaves at once.

The standard library's `ProcessPoolExecutor` is not used because one that starts its processes as
they are needed may overlook the death of the latest, and then waits for ever (CPython 3.11).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from threading import Thread
from typing import Final

from actors.common.unhandled import show_error, show_unhandled
from actors.study.job import Job, play
from actors.vocabulary.exit_codes import ExitCode

__all__ = ["LocalExecutor"]

OURS: Final = (signal.SIGINT, signal.SIGTERM)
_DEAD: Final = (EOFError, OSError)  # what a pipe raises when nobody is at its other end


class WorkerDied(Exception):
    """The process is gone, and the replication with it."""


class Worker:
    """A process that plays one replication after another.

    Raises:
        WorkerDied: it could not be started.
    """

    def __init__(self, job: Job) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(job, theirs), daemon=True)
        try:
            with _signals_kept_from_children():
                self._process.start()
        except OSError as error:
            raise WorkerDied from error
        finally:
            theirs.close()  # so that our end notices when the worker's is gone

    def play(self, number: int) -> bytes:
        """The result document of a replication.

        Raises:
            WorkerDied: the process ended before it was done.
        """
        try:
            self._pipe.send(number)
            return self._pipe.recv_bytes()
        except _DEAD as error:
            raise WorkerDied from error

    def kill(self) -> None:
        """End the process in the middle of whatever it does."""
        self._process.kill()

    def leave(self) -> None:
        """Wait until the process has ended; it does once nobody is at the pipe."""
        self._pipe.close()
        self._process.join()


class LocalExecutor:
    """Plays up to `jobs` replications at once.

    Args:
        job: what to play.
        jobs: how many processes there are at most; each starts when it is first needed.
    """

    def __init__(self, job: Job, jobs: int) -> None:
        self._job = job
        self._jobs = jobs
        self._workers: list[Worker] = []
        self._idle: list[Worker] = []
        self._threads = ThreadPoolExecutor(jobs, "worker")

    def slots(self) -> int:
        """As many as there may be processes."""
        return self._jobs

    def submit(self, number: int) -> Future[bytes]:
        """Begin a replication, in a process that is free or in a new one."""
        worker = self._idle.pop() if self._idle else self._hire()
        return self._threads.submit(self._wait_for, worker, number)

    def _hire(self) -> Worker:
        worker = Worker(self._job)
        self._workers.append(worker)
        return worker

    def _wait_for(self, worker: Worker, number: int) -> bytes:
        content = worker.play(number)
        self._idle.append(worker)
        return content

    def explain(self, error: Exception) -> str | None:
        """A worker that died."""
        if isinstance(error, WorkerDied):
            return "a worker process died (killed, out of memory, or unable to start)"
        return None

    def close(self, *, at_once: bool) -> None:
        """End the workers, once they are done or in the middle of it."""
        if at_once:
            for worker in self._workers:
                worker.kill()
        self._threads.shutdown()
        for worker in self._workers:
            worker.leave()


@contextmanager
def _signals_kept_from_children() -> Iterator[None]:
    """Ctrl-C in a terminal goes to every process, and so may SIGTERM: only this one decides.

    A process that is being started has no handler yet, but inherits which signals are blocked.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # or the first start would do it, and unblock them
    before = signal.pthread_sigmask(signal.SIG_BLOCK, OURS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# In the worker.


def _work(job: Job, pipe: Connection) -> None:
    for number in OURS:
        signal.signal(number, signal.SIG_IGN)
    show_unhandled()
    Thread(target=_leave_with_parent, name="watch", daemon=True).start()
    while True:
        try:
            number = pipe.recv()
        except _DEAD:
            return
        pipe.send_bytes(_played(job, number))


def _played(job: Job, number: int) -> bytes:
    try:
        return play(job, number)
    except Exception as error:  # noqa: BLE001 — whatever it is ends this process, and is told
        show_error(error)
        sys.exit(ExitCode.INTERNAL)


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(ExitCode.INTERNAL)
