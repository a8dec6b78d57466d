"""A set of independent replications of one scenario, from the first to the last.

found = replicate(load_scenario("scenarios/flash_sale.yaml"), 20)
print(found.figures["latency_s.p95"].mean, "±", found.figures["latency_s.p95"].half_width)
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from actors.errors import ReplicationFailed, UsageError
from actors.measure.result import Result
from actors.scenario.loader import LoadedScenario
from actors.study.document import ReplicationSet
from actors.study.executors import Executor, open_executor
from actors.study.job import Job
from actors.study.kept import Fingerprint, Kept
from actors.study.together import Together
from actors.vocabulary.runtimes import REPEATABLE

__all__ = ["MOST_REPLICATIONS", "Replications", "Standing", "replicate"]

MOST_REPLICATIONS: Final = 100_000
TICK_S: Final = 0.1


class Standing(NamedTuple):
    """How far a set is.

    `recalled` of the finished replications had been kept before. `stopping`: no more will begin.
    `latest` is the result that has just come, if one has.
    """

    finished: int
    recalled: int
    running: int
    replications: int
    elapsed_s: float
    stopping: bool
    latest: Result | None


def replicate(
    loaded: LoadedScenario,
    replications: int,
    *,
    seed: int | None = None,
    runtime: str | None = None,
    jobs: int | None = None,
    executor: str = "local",
    keep: Path | None = None,
    resume: Path | None = None,
) -> ReplicationSet:
    """Play independent replications, numbered from 0, and estimate every figure from them.

    It starts processes: in a script, call it under `if __name__ == "__main__":`.

    Args:
        loaded: the scenario.
        replications: how many, at least 1.
        seed: None: as the scenario says.
        runtime: `virtual`, or None: as the scenario says; no other can be replicated.
        jobs: how many at once; None: as many as there are usable cores, or workers.
        executor: `local`, or `dask://HOST:PORT`.
        keep: a new folder to keep finished replications in.
        resume: such a folder, to go on from.

    Raises:
        UsageError: an argument cannot be used; nothing has been played.
        ReplicationFailed: a worker died, or a result could not be kept.
    """
    return Replications(
        loaded,
        replications,
        seed=seed,
        runtime=runtime,
        jobs=jobs,
        executor=executor,
        keep=keep,
        resume=resume,
    ).run()


class Replications:
    """A set that can be watched and stopped; arguments and errors are those of `replicate`.

    Args:
        watch: told every tenth of a second, and with each result, how far the set is.
    """

    def __init__(
        self,
        loaded: LoadedScenario,
        replications: int,
        *,
        seed: int | None = None,
        runtime: str | None = None,
        jobs: int | None = None,
        executor: str = "local",
        keep: Path | None = None,
        resume: Path | None = None,
        watch: Callable[[Standing], None] | None = None,
    ) -> None:
        self._loaded = loaded
        self._replications = replications
        self._seed = loaded.scenario.seed if seed is None else seed
        self._jobs = jobs
        self._executor = executor
        self._watch = watch
        self._stops = 0
        self._began = time.monotonic()
        self._recalled = 0
        self._together = Together(loaded, self._seed)
        self._under_way: dict[Future[bytes], int] = {}
        self._refuse(runtime or loaded.scenario.runtime)
        self._new = keep is not None
        self._kept = self._folder(keep, resume)

    def _refuse(self, runtime: str) -> None:
        if runtime != REPEATABLE:
            raise UsageError(
                f"replications are played in virtual time, and this run is on {runtime}: "
                f"add --runtime {REPEATABLE}"
            )
        if not 1 <= self._replications <= MOST_REPLICATIONS:
            raise UsageError(f"a set has from 1 to {MOST_REPLICATIONS:,} replications")
        if self._jobs is not None and self._jobs < 1:
            raise UsageError("at least one replication has to be played at once: --jobs 1")

    def _folder(self, keep: Path | None, resume: Path | None) -> Kept | None:
        folder = keep or resume
        if folder is None:
            return None
        if keep is not None and resume is not None:
            raise UsageError("--keep begins a set and --resume goes on with one: give one of them")
        kept = Kept(folder, Fingerprint.of(self._loaded, self._seed))
        if resume is not None:
            kept.resume()
        else:
            kept.check_new()
        return kept

    def run(self) -> ReplicationSet:
        """Play what is not played yet, and estimate."""
        self._began = time.monotonic()
        missing = deque(self._missing())
        self._recalled = len(self._together)
        if missing and not self._stops:
            job = Job.of(self._loaded, self._seed)
            executor = open_executor(self._executor, job, self._jobs)
            try:
                if self._kept is not None and self._new:
                    self._kept.begin()
                self._play(executor, missing)
            finally:
                executor.close(at_once=bool(self._under_way))
        return self._together.document(self._replications, time.monotonic() - self._began)

    def stop(self) -> None:
        """End early: the first call begins no more, the second drops what is being played.

        Safe from a signal handler and from any thread.
        """
        self._stops += 1

    def _missing(self) -> Iterator[int]:
        """Take what is kept; the numbers of the others."""
        for number in range(self._replications):
            content = None if self._kept is None else self._kept.find(number)
            if content is None:
                yield number
            else:
                self._together.add(_decoded(content))

    def _play(self, executor: Executor, missing: deque[int]) -> None:
        while self._stops < 2:
            slots = executor.slots()
            while missing and not self._stops and len(self._under_way) < slots:
                self._begin(executor, missing.popleft())
            if not self._under_way and (self._stops or not missing):
                return
            self._tell(None)
            for future in self._ended():
                self._take(executor, future)

    def _ended(self) -> Collection[Future[bytes]]:
        """What has ended within the next tick."""
        if not self._under_way:
            time.sleep(TICK_S)  # a cluster without a worker, at the moment
        return wait(self._under_way, TICK_S, FIRST_COMPLETED).done

    def _begin(self, executor: Executor, number: int) -> None:
        with self._explained(executor):
            self._under_way[executor.submit(number)] = number

    def _take(self, executor: Executor, future: Future[bytes]) -> None:
        with self._explained(executor):
            content = future.result()
        number = self._under_way.pop(future)
        if self._kept is not None:
            self._kept.save(number, content)
        result = _decoded(content)
        self._together.add(result)
        self._tell(result)

    @contextmanager
    def _explained(self, executor: Executor) -> Iterator[None]:
        """Put errors of the executor's own into words; the others are the replication's."""
        try:
            yield
        except Exception as error:
            why = executor.explain(error)
            if why is None:
                raise
            advice = "" if self._kept is None else "; go on with --resume"
            numbers = ", ".join(map(str, sorted(self._under_way.values())))
            lost = f" while it played {numbers}" if numbers else ""
            raise ReplicationFailed(f"{why}{lost}{advice}") from error

    def _tell(self, latest: Result | None) -> None:
        if self._watch is not None:
            self._watch(
                Standing(
                    finished=len(self._together),
                    recalled=self._recalled,
                    running=len(self._under_way),
                    replications=self._replications,
                    elapsed_s=time.monotonic() - self._began,
                    stopping=self._stops > 0,
                    latest=latest,
                )
            )


def _decoded(content: bytes) -> Result:
    return msgspec.json.decode(content, type=Result)
