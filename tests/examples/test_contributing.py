"""Each worked example of CONTRIBUTING.md is enough: a table, an implementation, no other edit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from worked_examples import WorkedExample, worked_examples

SHOP = """\
stocksim: 1
products:
  LAPTOP: {stock: 50}
processors: {count: 3, service_time: 20ms}
clients:
  web:
    phases:
      day: {duration: 1min, rate: 2/s}
"""


@pytest.fixture
def example(request: pytest.FixtureRequest, tmp_path: Path) -> WorkedExample:
    return WorkedExample(request.param, tmp_path)


def applied(title: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("example", [title], indirect=True)


def test_there_are_four_examples_of_at_most_two_files() -> None:
    examples = worked_examples()
    assert list(examples) == [
        "A distribution",
        "A routing strategy",
        "A metric for thresholds",
        "An exit code",
    ]
    assert [len({file for file, _ in changes}) for changes in examples.values()] == [1, 1, 1, 2]


@applied("A distribution")
def test_a_distribution_is_played_and_told(example: WorkedExample) -> None:
    shop = example.scenario(SHOP)
    run = example.command(shop, "-q", "--set", "processors.service_time=weibull 20ms 0.5")
    assert run.returncode == 0, run.stderr
    assert r"weibull\\s+" in example.command("schema").stdout
    misspelt = example.command(shop, "--set", "processors.service_time=weibul 20ms 0.5")
    assert misspelt.returncode == 2
    assert "lognormal, gamma, weibull; did you mean weibull?" in misspelt.stderr


@applied("A distribution")
@pytest.mark.parametrize(("mean", "cv"), [(0.02, 0.5), (0.02, 1.5)])
def test_a_distribution_has_the_mean_and_cv_that_it_says(
    example: WorkedExample, mean: float, cv: float
) -> None:
    text = f"weibull {mean * 1000:g}ms {cv}"
    said = example.python(
        "import statistics\n"
        "from actors.scenario.written_distributions import parse_distribution\n"
        f"times = parse_distribution({text!r}).times()\n"
        "drawn = [times((n + 0.5) / 400_000) for n in range(400_000)]\n"
        "print(statistics.fmean(drawn), statistics.pstdev(drawn))"
    )
    found = [float(word) for word in said.split()]
    assert found == pytest.approx([mean, mean * cv], rel=0.005)


@applied("A routing strategy")
def test_a_strategy_is_played_and_told(example: WorkedExample) -> None:
    shop = example.scenario(SHOP)
    run = example.command(
        shop, "-q", "--set", "router.strategy=better_of_two", "--json", "found.json"
    )
    assert run.returncode == 0, run.stderr
    each = json.loads((example.folder / "found.json").read_text())["processors"]["each"]
    assert all(processor["orders"] for processor in each)
    strategy = json.loads(example.command("schema").stdout)["$defs"]["Router"]["properties"]
    assert strategy["strategy"]["enum"][-1] == "better_of_two"
    assert "better_of_two: a line each, the shorter" in strategy["strategy"]["description"]
    misspelt = example.command(shop, "--set", "router.strategy=better_of_too")
    assert "did you mean better_of_two?" in misspelt.stderr


@applied("A metric for thresholds")
@pytest.mark.parametrize(("limit", "exit_code"), [("< 1 during day for web", 0), ("> 50", 99)])
def test_a_metric_is_judged(example: WorkedExample, limit: str, exit_code: int) -> None:
    shop = example.scenario(SHOP + f"thresholds:\n  - in_system {limit}\n")
    run = example.command(shop, "-q")
    assert run.returncode == exit_code, run.stderr
    assert f"in_system {limit}" in run.stdout


@applied("A metric for thresholds")
def test_a_metric_that_is_wrongly_used_is_explained(example: WorkedExample) -> None:
    shop = example.scenario(SHOP + "thresholds:\n  - in_sistem < 2\n  - in_system < 2s\n")
    run = example.command("validate", shop)
    assert "did you mean 'in_system'?" in run.stderr
    assert "'2s' is not in_system's unit: it takes a count such as 100" in run.stderr


@applied("An exit code")
def test_an_exit_code_is_told_and_ends_the_command(example: WorkedExample) -> None:
    listed = " ".join(example.command("--help").stdout.split())
    assert "75 the broker cannot be reached, 98 the audit" in listed
    ended = example.python(
        "from actors.cli.ending import exit_with\n"
        "from actors.errors import BrokerUnreachable\n"
        "def command(): raise BrokerUnreachable('nobody answers')\n"
        "try: exit_with(command)\n"
        "except SystemExit as end: print(int(end.code))"
    )
    assert ended.strip() == "75"
