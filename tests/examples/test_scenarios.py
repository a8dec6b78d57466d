"""Every scenario that comes with stocksim does what its first lines say it teaches."""

from __future__ import annotations

import io
import json
import os
import platform
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest

from actors.measure.result import Result
from actors.scenario.loader import load_scenario, load_text
from actors.simulation import Simulation

ROOT: Final = Path(__file__).parents[2]
SCENARIOS: Final = sorted((ROOT / "scenarios").glob("*.yaml"))
PURE: Final[dict[str, dict[str, str]]] = {"77": {"STOCKSIM_PURE": "1"}}


def hashes(name: str) -> dict[str, str]:
    """The hash of each scenario's order records, from a file beside this one."""
    lines = Path(__file__).with_name(name).read_text("utf-8").splitlines()
    return dict(line.split()[::-1] for line in lines)


RECORDS: Final = hashes("records.sha256")
# Written by a version in which processors and inventories drew the times, and `uniform` products
# were searched for: where neither is left to chance, an order's way is the same to the byte.
RECORDS_WITHOUT_CHANCE: Final = hashes("records_without_chance.sha256")
WITHOUT_CHANCE: Final = (
    "processors.service_time=0.03125s",
    "processors.line_time=0.0078125s",
    "inventory.service_time=0.00390625s",
)
WEIGHED: Final = {
    "peak_load": ("clients.depot.orders.sku=zipf 0.5",),
    "returns_and_restocks": (
        "clients.depot.orders.sku=zipf 0.5",
        "clients.customers.orders.sku=zipf 0.5",
    ),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Run, Run]]:
    """Two runs of each scenario on `virtual`, in processes that hash differently.

    Where modules have compiled twins, the first of the two uses them; the second never does.
    """
    folder = tmp_path_factory.mktemp("runs")
    jobs = [(path, seed, folder) for path in SCENARIOS for seed in ("1", "77")]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda job: Run(*job), jobs))
    return {path.stem: (done[2 * n], done[2 * n + 1]) for n, path in enumerate(SCENARIOS)}


class Run:
    """One run in a process of its own: its exit code, result and `--orders` file."""

    def __init__(self, scenario: Path, hash_seed: str, folder: Path) -> None:
        stem = folder / f"{scenario.stem}-{hash_seed}"
        result, orders = stem.with_suffix(".json"), stem.with_suffix(".jsonl")
        command = [sys.executable, str(ROOT / "stocksim.py"), str(scenario)]
        command += ["--runtime", "virtual", "-q", "--json", str(result), "--orders", str(orders)]
        done = subprocess.run(
            command,
            env=os.environ | {"PYTHONHASHSEED": hash_seed} | PURE.get(hash_seed, {}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.exit_code = done.returncode
        self.stderr = done.stderr
        self.summary = done.stdout
        self.result: dict[str, Any] = json.loads(result.read_bytes())
        self.orders = orders.read_bytes()


by_scenario = pytest.mark.parametrize("name", [path.stem for path in SCENARIOS])


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) >= 8


@by_scenario
def test_a_scenario_ends_as_its_comments_promise(
    name: str, runs: dict[str, tuple[Run, Run]]
) -> None:
    head = (ROOT / "scenarios" / f"{name}.yaml").read_text("utf-8").partition("stocksim: 1")[0]
    promised = re.search(r"exit code (\d+)", head)
    run, _ = runs[name]
    assert run.stderr == ""
    assert run.exit_code == run.result["exit_code"] == (int(promised[1]) if promised else 0)
    assert run.result["audit"]["ok"]
    assert run.result["crashes"] == 0


def test_too_slow_is_the_one_that_fails(runs: dict[str, tuple[Run, Run]]) -> None:
    assert [name for name, (run, _) in runs.items() if run.exit_code] == ["too_slow"]
    assert runs["too_slow"][0].exit_code == 99


@by_scenario
def test_every_placed_order_has_one_outcome_and_one_record(
    name: str, runs: dict[str, tuple[Run, Run]]
) -> None:
    run, _ = runs[name]
    counts = run.result["orders"]
    records = [json.loads(line) for line in run.orders.splitlines()]
    assert counts["placed"] > 0
    assert counts["placed"] == counts["fulfilled"] + counts["partial"] + counts["rejected"]
    assert counts["placed"] == len(records) == len({record["id"] for record in records})
    sold: dict[str, int] = {}
    for record in records:
        for line in record["lines"] if record["kind"] == "sale" else ():
            sold[line["sku"]] = sold.get(line["sku"], 0) + line["filled"]
    products = run.result["products"]
    assert {sku: product["sold"] for sku, product in products.items() if product["sold"]} == {
        sku: units for sku, units in sold.items() if units
    }


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="another C library may round a logarithm differently",
)
@by_scenario
def test_order_records_are_what_they_were(name: str, runs: dict[str, tuple[Run, Run]]) -> None:
    run, _ = runs[name]
    assert sha256(run.orders).hexdigest() == RECORDS[name]


@by_scenario
def test_where_times_are_constant_order_records_are_older_still(name: str) -> None:
    changes = (*WITHOUT_CHANCE, *WEIGHED.get(name, ()))
    loaded = load_scenario(ROOT / "scenarios" / f"{name}.yaml", overrides=changes)
    file = io.BytesIO()
    assert Simulation(loaded, runtime="virtual", records=file).run().audit.ok
    assert sha256(file.getvalue()).hexdigest() == RECORDS_WITHOUT_CHANCE[name]


@by_scenario
def test_two_processes_that_hash_differently_agree_to_the_byte(
    name: str, runs: dict[str, tuple[Run, Run]]
) -> None:
    one, other = runs[name]
    del one.result["time"], other.result["time"]
    assert json.dumps(one.result) == json.dumps(other.result)
    assert one.orders == other.orders


@by_scenario
def test_another_seed_is_another_run(name: str, runs: dict[str, tuple[Run, Run]]) -> None:
    one = runs[name][0].result
    result = Simulation(
        load_scenario(ROOT / "scenarios" / f"{name}.yaml"), runtime="virtual", seed=987
    ).run()
    assert result.audit.ok
    assert result.latency_s.mean != one["latency_s"]["mean"]


@pytest.mark.slow
@pytest.mark.parametrize("runtime", ["threads", "pool"])
def test_peak_load_in_real_time_ten_times_as_fast_keeps_the_audit(runtime: str) -> None:
    loaded = load_scenario(ROOT / "scenarios" / "peak_load.yaml")
    result = Simulation(loaded, runtime=runtime, speed=10).run()
    assert result.crashes == 0
    assert result.audit.ok, [check for check in result.audit.checks if not check.ok]
    assert result.orders.placed > 5_000


@pytest.mark.slow
@pytest.mark.parametrize("runtime", ["threads", "pool"])
def test_peak_load_in_real_time_as_it_is_written_passes(runtime: str) -> None:
    loaded = load_scenario(ROOT / "scenarios" / "peak_load.yaml")
    result = Simulation(loaded, runtime=runtime).run()
    assert result.audit.ok, [check for check in result.audit.checks if not check.ok]
    assert result.exit_code == 0, result.thresholds


EASY: Final = """\
stocksim: 1
products: {TEA: {stock: 90000, price: 3.5}, RUM: {stock: 90000}, CUP-1..5: {stock: 90000}}
processors: {count: 3, service_time: exponential 5ms}
clients:
  web:
    count: 7
    phases:
      calm: {duration: 20s, rate: 20/s}
      rush: {duration: 20s, rate: 20/s, ramp_to: 60/s, burst: 40}
    orders: {lines: 1..4, quantity: 1..3, sku: zipf 1, kind: {sale: 8, return: 1, restock: 1}}
  shop:
    phases: {open: {duration: 40s, rate: 5/s}}
    orders: {priority: {0: 1, 5: 1}}
"""


def totals(result: Result) -> dict[str, object]:
    """What does not depend on how long anything took."""
    return {
        "orders": result.orders,
        "groups": {name: block.orders for name, block in result.groups.items()},
        "phases": {name: block.orders for name, block in result.phases.items()},
        "products": result.products,
    }


@pytest.mark.parametrize("runtime", ["threads", "pool"])
def test_real_time_agrees_with_virtual_on_every_total_where_timing_decides_nothing(
    runtime: str,
) -> None:
    loaded = load_text(EASY, name="easy")
    virtual = Simulation(loaded, runtime="virtual").run()
    real = Simulation(loaded, runtime=runtime, speed=20).run()
    assert virtual.audit.ok
    assert real.audit.ok
    assert virtual.orders.placed > 1_000
    assert totals(real) == totals(virtual)
    assert {role: load.messages for role, load in real.actors.items()} == {
        role: load.messages for role, load in virtual.actors.items()
    }
