"""Every example in the README does what the README says."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from readme import ROOT, blocks

from actors import ScenarioError, Simulation, load_text

SCENARIOS = ROOT / "scenarios"


def commands() -> list[str]:
    lines = [line for block in blocks("sh") for line in block.text.splitlines()]
    return [line for line in lines if line.startswith("python ")]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the examples need, so that they may write beside it."""
    shutil.copytree(SCENARIOS, tmp_path / "scenarios")
    shutil.copy(ROOT / "stocksim.py", tmp_path)
    (tmp_path / "actors").symlink_to(ROOT / "actors")
    return tmp_path


def test_there_are_examples_of_every_kind() -> None:
    assert len(commands()) >= 5
    assert len(blocks("python")) >= 3
    assert len(blocks("yaml", "fragment")) >= 4


@pytest.mark.parametrize("command", commands())
def test_each_command_runs(command: str, checkout: Path) -> None:
    words = [sys.executable, *shlex.split(command)[1:]]
    if "validate" not in words and "--runtime" not in words:
        words += ["--runtime", "virtual"]
    run = subprocess.run(words, cwd=checkout, capture_output=True, text=True, check=False)
    # Trying worse settings may well fail a threshold; nothing else may go wrong.
    assert run.returncode in (0, 99), run.stderr
    assert "Traceback" not in run.stderr


PYTHON = [
    block.text for page in ("README.md", "docs/pykka.md") for block in blocks("python", page=page)
]


@pytest.mark.parametrize("example", PYTHON)
def test_each_python_example_runs(example: str, checkout: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", example],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_the_smallest_scenario_runs() -> None:
    (block,) = blocks("yaml")
    result = Simulation(load_text(block.text, name="smallest")).run()
    assert result.exit_code == 0
    assert result.orders.placed > 50


@pytest.mark.parametrize("fragment", [block.text for block in blocks("yaml", "fragment")])
def test_each_fragment_is_valid_within_the_smallest_scenario(fragment: str) -> None:
    (smallest,) = blocks("yaml")
    key = fragment.split(":", 1)[0]
    kept = [part for part in _top_level(smallest.text) if not part.startswith(f"{key}:")]
    products = "products:\n  LAPTOP: {stock: 50}\n  MOUSE: {stock: 50}\n"
    if key != "products":
        kept = [products if part.startswith("products:") else part for part in kept]
    result = Simulation(load_text("".join([*kept, fragment]), name="fragment")).run()
    assert result.audit.ok
    assert result.orders.placed > 0


def test_the_replay_fragment_runs_on_the_log_beside_the_scenarios() -> None:
    (smallest,) = blocks("yaml")
    (fragment,) = blocks("yaml", "fragment replay")
    kept = [part for part in _top_level(smallest.text) if not part.startswith("clients:")]
    text = "".join([*kept, fragment.text])
    result = Simulation(load_text(text, name="replay", folder=SCENARIOS)).run()
    assert result.replay is not None
    assert result.orders.placed == result.replay.orders == 20


def test_the_wrong_scenario_is_told_its_mistakes_as_shown() -> None:
    (wrong,) = blocks("yaml", "wrong")
    (shown,) = blocks("text", "wrong")
    with pytest.raises(ScenarioError) as caught:
        load_text(wrong.text, name="myshop.yaml")
    assert str(caught.value).strip() == shown.text.strip()


def _top_level(text: str) -> list[str]:
    """The text's top-level entries, each with the lines that belong to it."""
    parts: list[str] = []
    for line in text.splitlines(keepends=True):
        if line[0].isspace() and parts:
            parts[-1] += line
        else:
            parts.append(line)
    return parts
