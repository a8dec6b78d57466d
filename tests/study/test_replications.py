"""Sets on this machine: the same whatever the number of processes, cut short, killed, resumed."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest
from small_sets import STUCK, loaded_shop, results, timeless

from actors import UsageError, load_text, replicate
from actors.errors import ReplicationFailed
from actors.study.document import ReplicationSet
from actors.study.executors import usable_cores
from actors.study.replications import Replications, Standing
from actors.study.together import Together


@pytest.fixture(scope="module")
def eight() -> ReplicationSet:
    """Eight replications, played one after the other in this process."""
    gathered = Together(loaded_shop(), 5)
    for result in results(loaded_shop(), 8):
        gathered.add(result)
    return gathered.document(8, wall_s=0.0)


@pytest.mark.parametrize("jobs", [1, 3])
def test_the_number_of_processes_changes_nothing(jobs: int, eight: ReplicationSet) -> None:
    assert timeless(replicate(loaded_shop(), 8, jobs=jobs)) == timeless(eight)


def test_another_seed_makes_another_set(eight: ReplicationSet) -> None:
    other = replicate(loaded_shop(), 8, seed=6, jobs=2)

    assert other.seed == 6
    assert other.figures["latency_s.mean"] != eight.figures["latency_s.mean"]


def test_replications_of_one_set_are_all_different(eight: ReplicationSet) -> None:
    assert len({one.latency_mean_s for one in eight.each}) == 8


def test_a_set_is_watched_from_the_first_to_the_last() -> None:
    seen: list[Standing] = []
    Replications(loaded_shop(), 4, jobs=2, watch=seen.append).run()

    assert seen[0].finished == 0
    assert 1 <= max(standing.running for standing in seen) <= 2
    latest = [standing.latest for standing in seen if standing.latest is not None]
    assert sorted(result.replication for result in latest) == [0, 1, 2, 3]
    assert seen[-1].finished == seen[-1].replications == 4


def test_the_first_stop_lets_those_under_way_end() -> None:
    def watch(standing: Standing) -> None:
        if standing.finished == 2:
            replications.stop()

    replications = Replications(loaded_shop(), 50, jobs=2, watch=watch)
    found = replications.run()

    assert 2 <= found.finished <= 4
    assert found.interrupted
    assert found.exit_code == 130
    assert all(one.audit_ok for one in found.each)


def test_the_second_stop_drops_them_and_leaves_no_process() -> None:
    def watch(standing: Standing) -> None:
        if standing.running == 2:
            replications.stop()
            replications.stop()

    replications = Replications(load_text(STUCK, name="stuck"), 4, jobs=2, watch=watch)
    found = replications.run()

    assert found.finished == 0
    assert found.exit_code == 130
    assert multiprocessing.active_children() == []


def test_a_worker_that_dies_is_one_clear_error_and_no_hang() -> None:
    def kill(standing: Standing) -> None:
        children = multiprocessing.active_children()
        if standing.running == 2 and len(children) == 2:
            assert children[0].pid is not None
            os.kill(children[0].pid, signal.SIGKILL)

    stuck = Replications(load_text(STUCK, name="stuck"), 4, jobs=2, watch=kill)
    with pytest.raises(ReplicationFailed, match=r"a worker process died .* while it played 0, 1$"):
        stuck.run()
    assert multiprocessing.active_children() == []


def test_a_set_that_was_stopped_goes_on_to_the_same_document(
    tmp_path: Path, eight: ReplicationSet
) -> None:
    def watch(standing: Standing) -> None:
        if standing.finished == 3:
            first.stop()

    folder = tmp_path / "set"
    first = Replications(loaded_shop(), 8, jobs=2, keep=folder, watch=watch)
    cut = first.run()
    assert cut.finished < 8
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    whole = replicate(loaded_shop(), 8, jobs=2, resume=folder)

    assert timeless(whole) == timeless(eight)
    assert before == {path: path.stat().st_mtime_ns for path in before}
    assert len(list(folder.glob("replication-*.json"))) == 8


def test_a_set_can_go_on_to_more_and_back_to_fewer(tmp_path: Path, eight: ReplicationSet) -> None:
    folder = tmp_path / "set"
    three = replicate(loaded_shop(), 3, keep=folder)

    assert timeless(replicate(loaded_shop(), 8, resume=folder)) == timeless(eight)
    assert timeless(replicate(loaded_shop(), 3, resume=folder)) == timeless(three)


def test_a_complete_set_is_read_again_without_a_worker(tmp_path: Path) -> None:
    replicate(loaded_shop(), 2, keep=tmp_path)
    running: list[int] = []
    again = Replications(
        loaded_shop(), 2, resume=tmp_path, watch=lambda s: running.append(s.running)
    )

    assert again.run().finished == 2
    assert running == []


def test_a_set_that_cannot_begin_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no executor 'cloud'"):
        replicate(loaded_shop(), 2, executor="cloud", keep=tmp_path / "set")
    assert list(tmp_path.iterdir()) == []


REFUSED: Sequence[tuple[dict[str, object], str]] = [
    ({"replications": 0}, "from 1 to 100,000 replications"),
    ({"replications": 100_001}, "from 1 to 100,000 replications"),
    ({"runtime": "threads"}, "virtual time, and this run is on threads: add --runtime virtual"),
    ({"jobs": 0}, "at least one"),
    ({"executor": ""}, "no executor ''"),
    ({"executor": "dask://"}, "use local or dask://HOST:PORT"),
    ({"executor": "dask://host:port"}, "use local or dask://HOST:PORT"),
    ({"executor": "tcp://127.0.0.1:1"}, "use local or dask://HOST:PORT"),
    ({"keep": Path("a"), "resume": Path("b")}, "give one of them"),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED, ids=[str(given) for given, _ in REFUSED])
def test_what_cannot_be_used_is_refused_before_anything_runs(
    arguments: dict[str, object], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        replicate(loaded_shop(), **({"replications": 2} | arguments))  # type: ignore[arg-type]


def test_a_scenario_on_threads_is_replicated_when_virtual_is_asked_for() -> None:
    threads = loaded_shop("runtime=threads")
    with pytest.raises(UsageError, match="add --runtime virtual"):
        replicate(threads, 2)

    assert replicate(threads, 2, runtime="virtual").finished == 2


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="needs to choose cores")
def test_only_cores_that_may_be_used_are_counted() -> None:
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert usable_cores() == 1
    finally:
        os.sched_setaffinity(0, before)
