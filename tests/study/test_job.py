from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from small_sets import loaded_shop

from actors import Simulation, load_scenario, to_json
from actors.errors import ReplicationFailed
from actors.study.job import Job, play

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def timeless(document: bytes) -> bytes:
    return json.dumps({**json.loads(document), "time": None}).encode()


def test_a_replication_is_the_single_run_of_that_number_to_the_byte() -> None:
    loaded = loaded_shop("processors.count=3")
    alone = Simulation(loaded, seed=9, replication=4).run()

    assert timeless(play(Job.of(loaded, 9), 4)) == timeless(to_json(alone))


def test_different_replications_differ() -> None:
    job = Job.of(loaded_shop(), 5)

    assert timeless(play(job, 0)) != timeless(play(job, 1))


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_scenario_travels_with_all_that_it_needs(path: Path) -> None:
    loaded = load_scenario(path)
    opened = pickle.loads(Job.of(loaded, 1).content)  # noqa: S301 — made on the line

    assert opened.scenario == loaded.scenario
    assert opened.recordings == loaded.recordings
    assert opened.products == loaded.products


def test_a_worker_of_another_version_refuses() -> None:
    job = replace(Job.of(loaded_shop(), 5), version="0.0.1")
    with pytest.raises(ReplicationFailed, match=r"this is 0\.0\.1: install the same on both"):
        play(job, 0)


def test_where_the_scenario_lies_does_not_travel() -> None:
    loaded = load_scenario(SCENARIOS / "flash_sale.yaml")

    assert str(SCENARIOS).encode() not in Job.of(loaded, 1).content
