"""What is sent to a worker, how it plays one replication, and what comes back.

A job is a scenario that has been read and checked, with the orders of its logs, so that a worker
needs no file. It is pickled once, in the process that began the set, and opened once in each
worker. What comes back is the result document as bytes: the same, but for `time`, that
`--replication K --json` writes.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock

from actors.common.version import VERSION
from actors.errors import ReplicationFailed
from actors.measure.result import to_json
from actors.scenario.loader import LoadedScenario
from actors.simulation import Simulation
from actors.vocabulary.runtimes import REPEATABLE

__all__ = ["Job", "play"]

# Under the GIL two runs in one process would only slow each other down.
_one_at_a_time = Lock()


@dataclass(frozen=True)
class Job:
    """A scenario and a seed, ready to travel.

    Attributes:
        content: the scenario, pickled.
        seed: the root of the random streams of all replications.
        version: of the stocksim that made it, which must be the worker's too.
    """

    content: bytes
    seed: int
    version: str = VERSION

    @classmethod
    def of(cls, loaded: LoadedScenario, seed: int) -> Job:
        """The job of a scenario; where its file lies is nobody's business elsewhere."""
        return cls(pickle.dumps(replace(loaded, path=None)), seed)


def play(job: Job, number: int) -> bytes:
    """Play replication `number` in virtual time; the result document as JSON.

    Raises:
        ReplicationFailed: the worker has another version of stocksim.
    """
    if job.version != VERSION:
        raise ReplicationFailed(
            f"a worker has stocksim {VERSION} and this is {job.version}: install the same on both"
        )
    with _one_at_a_time:
        loaded = _opened(job.content)
        run = Simulation(loaded, runtime=REPEATABLE, seed=job.seed, replication=number)
        return to_json(run.run())


@lru_cache(maxsize=1)
def _opened(content: bytes) -> LoadedScenario:
    loaded: LoadedScenario = pickle.loads(content)  # noqa: S301 — our own, from the process that began
    return loaded
