"""The benchmarks run and their checks bite; the figures are for people to read, not to test."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from benchmarks.crowd import Crowd, Errands
from benchmarks.errors import BadMeasurement, CannotMeasure
from benchmarks.machine import look_around
from benchmarks.memory import Growth
from benchmarks.parts import growth, messages, pipelines, shop
from benchmarks.parts.growth import CrowdRuns
from benchmarks.peers import kernel_shop
from benchmarks.report import PLOT, report
from benchmarks.results import Measured, Results, load, save
from benchmarks.shop import Shop
from benchmarks.speed import Contest, Speed, take_turns
from benchmarks.targets import at_least, below
from benchmarks.theory import EXACT_RESPONSE_S

pytestmark = pytest.mark.slow  # the figures of many runs

ROOT = Path(__file__).parents[2]
KEPT = [ROOT / "benchmarks" / name for name in ("RESULTS.md", "results.json", PLOT)]


def benchmarks(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)


def contest(**rates: list[int]) -> Contest:
    runs = {
        name: [Speed(rate, 1.0, EXACT_RESPONSE_S) for rate in own] for name, own in rates.items()
    }
    return Contest(runs, {"salabim": "salabim not installed"})


def crowd(products: int, orders: int) -> Crowd:
    return Crowd(products, orders, 0.1, 0.2, 0.3, 0.3 + orders * 1e-5, products * 2_500)


def made_up() -> Results:
    """One finding for every part that can be drawn."""
    grown = growth.Found(
        short=[Growth(10, 1_000_000, 100, 2_000_000, 1_000_000)],
        middle=Growth(100, 1_000_000, 1_000, 2_000_000, 10_000_000),
        long=Growth(1_000, 1_000_000, 10_000, 2_500_000, 110_000_000),
        crowds=[CrowdRuns([crowd(size, 0)], crowd(size, 100)) for size in (100, 2_000)],
        errands=[Errands(10_000, 1.0, 0.5, 0.7)],
    )
    games = messages.Found(
        {"ring": Contest({"virtual": [Speed(20, 1)], "plain Pykka": [Speed(10, 1)]})}
    )
    here = look_around()
    return Results(
        shop=Measured(here, contest(stocksim=[300, 500], SimPy=[100, 100])),
        pipelines=Measured(here, contest(threads=[100, 100], pool=[300, 100])),
        messages=Measured(here, games),
        growth=Measured(here, grown),
    )


@pytest.mark.timeout(400)  # some forty processes one after the other, on a machine that may be busy
def test_a_quick_run_measures_every_part_and_keeps_nothing() -> None:
    before = [path.stat().st_mtime_ns if path.exists() else None for path in KEPT]
    run = benchmarks("--quick")

    assert (run.returncode, run.stderr) == (0, "")
    for engine in (*shop.ENGINES, *pipelines.DESIGNS, "virtual"):
        measured_or_not = rf"^(\| {engine} +\| +[0-9.,]+|{engine}: skipped, )"
        assert re.search(measured_or_not, run.stdout, re.MULTILINE)
    for title in ("Targets", "Raw messages", "Growth", "Replications"):
        assert f"## {title}\n" in run.stdout
    verdicts = re.findall(r"^\| .* \| +(?:≥|<) .* \|$", run.stdout, re.MULTILINE)
    assert len(verdicts) == 12
    assert all(re.search(r"met \||missed|not measured", line) for line in verdicts)
    assert [path.stat().st_mtime_ns if path.exists() else None for path in KEPT] == before


def test_an_unknown_part_is_named_and_nothing_is_run() -> None:
    run = benchmarks("shops")

    assert run.returncode == 2
    assert "no part 'shops': take one of shop, pipelines" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("module", ["simpy_shop:SimpyShop", "simpy_full_shop:SimpyFullShop"])
def test_the_actor_models_play_the_same_orders_to_the_last_draw(module: str) -> None:
    where, _, name = module.partition(":")
    peers = pytest.importorskip(f"benchmarks.peers.{where}")
    peer: Shop = getattr(peers, name)(3_000, 7)
    peer.play()
    kernel = kernel_shop.KernelShop(3_000, 7)
    kernel.play()

    assert peer.played().orders == kernel.played().orders == 3_000
    assert peer.played().response_s == pytest.approx(kernel.played().response_s, rel=1e-9)


@pytest.mark.parametrize(("service_s", "passes"), [(1.0, True), (0.9, False)])
def test_an_engine_with_an_easier_shop_is_refused(
    monkeypatch: pytest.MonkeyPatch, service_s: float, passes: bool
) -> None:
    monkeypatch.setattr(kernel_shop, "SERVICE_S", service_s)
    runs = Contest({"minimal kernel": [shop.measure_shop("minimal kernel", 50_000, 1)]})

    if passes:
        shop.refuse_another_shop(runs, "minimal kernel")
    else:
        with pytest.raises(BadMeasurement, match="another shop"):
            shop.refuse_another_shop(runs, "minimal kernel")


def test_the_audit_of_the_simpy_model_finds_stock_that_went_missing() -> None:
    module = pytest.importorskip("benchmarks.peers.simpy_full_shop")
    full = module.SimpyFullShop(200, 1)
    full.stock["P-02"] -= 1
    full.play()

    with pytest.raises(RuntimeError, match="the stock of P-02 does not add up"):
        full.played()


def test_engines_take_turns_and_ratios_are_taken_within_a_round() -> None:
    order: list[str] = []
    rates = {"ours": iter((100, 50, 80)), "theirs": iter((50, 25, 20))}

    def run(engine: str, _seed: int) -> Speed:
        order.append(engine)
        return Speed(next(rates[engine]), 1.0)

    found = take_turns(["ours", "theirs"], 3, run)

    assert order == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert found.ratios("ours", "theirs") == [2.0, 2.0, 4.0]
    assert found.ratios("ours", "nobody") is None


def test_a_target_is_met_missed_or_not_measured() -> None:
    assert at_least("ratio", 2, [1.9, 2.0, 2.5]).met is True
    assert at_least("ratio", 2, [1.9, 1.9, 2.5]).met is False
    assert at_least("ratio", 2, None).met is None
    assert below("growth", 10, 10.0, "MB").met is False
    assert below("growth", 10, 9.99, "MB").found == "9.99 MB"


def test_results_are_kept_part_by_part(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    assert load(path) == Results()

    results = made_up()
    save(path, results)
    assert load(path) == results

    again = Measured(look_around(), contest(stocksim=[1], SimPy=[1]))
    save(path, msgspec.structs.replace(load(path), shop=again))
    assert load(path).shop == again
    assert load(path).growth == results.growth
    assert os.listdir(tmp_path) == ["results.json"]  # noqa: PTH208 — no draft is left behind


def test_a_file_that_holds_no_results_is_named(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text('{"shop": 1}')

    with pytest.raises(CannotMeasure, match=re.escape(str(path))):
        load(path)


def test_the_report_says_what_was_met_what_was_missed_and_what_is_missing() -> None:
    text = report(made_up(), plot=True)
    rows = {
        cells[1].strip(): cells
        for cells in (line.split("|") for line in text.splitlines())
        if cells[2:]
    }

    assert rows["virtual ÷ plain SimPy"][3].strip() == "4.00 (3.00…5.00)"
    assert rows["virtual ÷ plain SimPy"][4].strip() == "met"
    assert rows["virtual ÷ minimal kernel"][3].strip() == "not measured"
    assert rows["10,000 actors on pool run and stop"][4].strip() == "**missed**"
    assert rows["2,000 products, memory an actor"][3].strip() == "2.50 KB"
    assert rows["2,000"][5].strip() == "10.0"
    assert "salabim: skipped, salabim not installed." in text
    assert f"({PLOT})" in text


def test_the_picture_shows_every_engine(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from benchmarks.plot import draw  # noqa: PLC0415 — only where matplotlib is

    draw(made_up(), tmp_path / PLOT)
    picture = (tmp_path / PLOT).read_text(encoding="utf-8")

    assert picture.startswith("<?xml")
    for words in ("stocksim", "SimPy", "threads", "pool", "plain Pykka", "ring", "by products"):
        assert f">{words}<" in picture


def test_the_picture_of_some_parts_has_no_empty_panel(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from benchmarks.plot import draw  # noqa: PLC0415 — only where matplotlib is

    draw(msgspec.structs.replace(made_up(), growth=None), tmp_path / PLOT)

    assert (tmp_path / PLOT).read_text(encoding="utf-8").count('id="axes_') == 3
