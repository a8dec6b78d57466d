"""Sets on a real Dask cluster: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_sets import STUCK, loaded_shop, timeless

from actors import UsageError, load_text, replicate
from actors.errors import ReplicationFailed
from actors.study.replications import Replications, Standing

pytest.importorskip("distributed")

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60


class Cluster:
    """A scheduler on loopback, on a port that was free, and its workers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._contact = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", self._contact)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.address = str(self._when_there()["address"]).replace("tcp://", "dask://")

    def _start(self, role: str, *flags: str | Path) -> subprocess.Popen[bytes]:
        module = f"distributed.cli.dask_{role}"
        here = ["--host", "127.0.0.1", "--no-dashboard"]
        with (self._folder / f"{role}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", module, *here, *map(str, flags)],
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def _when_there(self) -> dict[str, object]:
        for _ in range(PATIENCE_S * 20):
            assert self.scheduler.poll() is None
            try:
                contact: dict[str, object] = json.loads(self._contact.read_text("utf-8"))
            except (FileNotFoundError, ValueError):
                time.sleep(0.05)
            else:
                return contact
        raise AssertionError("the scheduler does not come up")

    def add_worker(self) -> None:
        folder = self._folder / f"worker-{len(self.workers)}"
        flags = ("--nthreads", "1", "--no-nanny", "--local-directory", folder)
        self.workers.append(self._start("worker", "--scheduler-file", self._contact, *flags))

    def close(self) -> None:
        processes = [*self.workers, self.scheduler]
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A cluster, and patience with workers that come up while all cores are busy."""
    monkeypatch.setattr("actors.study.dask_cluster.CONNECT_S", 60)
    started = Cluster(tmp_path)
    yield started
    started.close()


def test_a_cluster_finds_what_processes_find_even_if_a_worker_dies(cluster: Cluster) -> None:
    cluster.add_worker()
    cluster.add_worker()
    loaded = loaded_shop("clients.web.phases.day.duration=2min")

    def kill(standing: Standing) -> None:
        if standing.finished == 3:
            cluster.workers[0].kill()

    here = timeless(replicate(loaded, 8))
    assert timeless(replicate(loaded, 8, executor=cluster.address)) == here
    assert timeless(replicate(loaded, 2, executor=cluster.address, jobs=1)) == timeless(
        replicate(loaded, 2)
    )
    bereft = Replications(loaded, 8, executor=cluster.address, watch=kill)
    assert timeless(bereft.run()) == here


def test_a_scheduler_that_is_gone_is_one_clear_error_and_no_hang(cluster: Cluster) -> None:
    cluster.add_worker()

    def kill(standing: Standing) -> None:
        if standing.running:
            cluster.scheduler.kill()

    stuck = Replications(load_text(STUCK, name="x"), 2, executor=cluster.address, watch=kill)
    with pytest.raises(ReplicationFailed, match="is gone, or has lost"):
        stuck.run()


def test_a_cluster_without_workers_is_refused(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actors.study.dask_cluster.CONNECT_S", 1)
    with pytest.raises(UsageError, match="has no workers: start some, as in: dask worker"):
        replicate(loaded_shop(), 2, executor=cluster.address)


def test_workers_that_have_all_gone_are_not_waited_for_for_ever(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actors.study.dask_cluster.DESERTED_S", 0.5)
    cluster.add_worker()

    def kill(standing: Standing) -> None:
        if standing.running:
            cluster.workers[0].kill()

    stuck = Replications(load_text(STUCK, name="x"), 2, executor=cluster.address, watch=kill)
    with pytest.raises(ReplicationFailed, match=r"has had no worker for|is gone, or has lost"):
        stuck.run()


@pytest.mark.parametrize("place", ["127.0.0.1:1", "[::1]:1", "nowhere.invalid:8786"])
def test_a_scheduler_that_does_not_answer_is_refused(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actors.study.dask_cluster.CONNECT_S", 1)
    with pytest.raises(UsageError, match="no Dask scheduler answers at"):
        replicate(loaded_shop(), 2, executor=f"dask://{place}")
