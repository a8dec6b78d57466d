"""Where replications are played: on this machine's cores, or on a Dask cluster."""

from __future__ import annotations

import os
import re
from concurrent.futures import Future
from typing import Final, Protocol

from actors.errors import UsageError
from actors.study.job import Job

__all__ = ["Executor", "open_executor", "usable_cores"]

_ADDRESS: Final = re.compile(r"dask://(?P<place>(?:[\w.-]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5})/?")


class Executor(Protocol):
    """Plays replications, several at once, in processes of its own."""

    def slots(self) -> int:
        """How many replications it can play at once, at this moment.

        Raises:
            ReplicationFailed: nobody is left who could end what is under way.
        """

    def submit(self, number: int) -> Future[bytes]:
        """Begin a replication; the future brings its result document."""

    def explain(self, error: Exception) -> str | None:
        """What an error is about if it came from the executor, None if from the replication."""

    def close(self, *, at_once: bool) -> None:
        """Let the workers go; `at_once` drops what they are doing."""


def open_executor(where: str, job: Job, jobs: int | None) -> Executor:
    """The executor of that name.

    Args:
        where: `local`, or `dask://HOST:PORT`, a scheduler's address.
        job: what to play.
        jobs: how many replications at once at most; None: as many as there are cores or workers.

    Raises:
        UsageError: there is no such executor, what it needs is not installed, or nobody answers.
    """
    if where == "local":
        from actors.study.local import LocalExecutor  # noqa: PLC0415 — only what is used

        return LocalExecutor(job, jobs or usable_cores())
    found = _ADDRESS.fullmatch(where)
    if found is None:
        raise UsageError(f"there is no executor {where!r}: use local or dask://HOST:PORT")
    from actors.study.dask_cluster import DaskExecutor  # noqa: PLC0415 — an extra

    return DaskExecutor(job, found["place"], jobs)


def usable_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
