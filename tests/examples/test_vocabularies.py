"""The README, the help and whoever implements a word have the words of the tables, and no other."""

from __future__ import annotations

import json
import re

import click
import pytest
from readme import ROOT, blocks

from actors.cli.app import app
from actors.decisions.routing import STRATEGIES
from actors.measure.thresholds.comparisons import OPERATORS
from actors.measure.thresholds.metrics import METRICS
from actors.report.log_wording import WORDINGS
from actors.scenario.distributions import FAMILIES
from actors.scenario.schema import json_schema
from actors.simulation import RUNTIMES as CLASSES
from actors.vocabulary.events import EVENT_KINDS
from actors.vocabulary.exit_codes import ExitCode
from actors.vocabulary.outcomes import FULFILMENTS, REASONS, STATUSES
from actors.vocabulary.runtimes import IN_SCENARIOS, RUNTIMES

README = (ROOT / "README.md").read_text(encoding="utf-8")


def row(key: str) -> list[str]:
    """The cells of a key's row in the README's tables."""
    (line,) = [line for line in README.splitlines() if line.startswith(f"| `{key}` |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def code_in(text: str) -> list[str]:
    """What stands in backquotes."""
    return re.findall(r"`([^`]+)`", text)


def test_the_readme_has_the_exit_codes() -> None:
    shown = re.findall(r"^\| (\d+) \| (.+) \|$", README, re.MULTILINE)
    assert shown == [(str(int(code)), code.meaning) for code in ExitCode]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("router.strategy", list(STRATEGIES)),
        ("processors.fulfilment", list(FULFILMENTS)),
        ("runtime", list(IN_SCENARIOS)),
    ],
)
def test_the_readme_has_a_keys_words_the_default_first(key: str, words: list[str]) -> None:
    _, values, _ = row(key)
    assert code_in(values) == words
    assert f"`{words[0]}` (default)" in values


def test_the_readme_tells_of_every_runtime() -> None:
    for name, kind in RUNTIMES.items():
        assert (f"`{name}`" if kind.in_scenario else f"--runtime {name}") in README


def test_the_readme_has_the_distributions() -> None:
    (line,) = [line for line in README.splitlines() if line.startswith("A distribution is one of")]
    forms = [f"{name} {family.form.words}" for name, family in FAMILIES.items()]
    assert code_in(line) == ["12ms", *forms]


def test_the_readme_has_the_outcomes_and_their_reasons() -> None:
    (said,) = re.findall(r"Each order ends exactly once: (.*?)\)\.", README, re.DOTALL)
    assert code_in(said) == [*STATUSES, *REASONS]


def test_the_readme_has_every_metric_and_operators_that_there_are() -> None:
    (shown,) = [b.text for b in blocks("yaml", "fragment") if b.text.startswith("thresholds:")]
    words = set(re.findall(r"[a-z_]+", shown))
    assert set(METRICS) - set(REASONS) <= words
    assert words & set(REASONS), "one of them, as an example"
    conditions = re.findall(r"^  - (\w+).*? ([<>=!]+) ", shown, re.MULTILINE)
    assert {metric for metric, _ in conditions} <= set(METRICS)
    assert {operator for _, operator in conditions} <= set(OPERATORS)


def test_help_has_the_runtimes_and_the_exit_codes() -> None:
    runtime = next(option for option in app.commands["run"].params if option.name == "runtime")
    assert isinstance(runtime, click.Option)
    assert isinstance(runtime.type, click.Choice)
    assert list(runtime.type.choices) == list(RUNTIMES)
    assert all(kind.meaning in str(runtime.help) for kind in RUNTIMES.values())
    assert app.epilog == f"Exit codes: {ExitCode.listed()}."


def test_the_schema_has_the_words() -> None:
    schema = json.loads(json_schema())
    router = schema["$defs"]["Router"]["properties"]["strategy"]
    processors = schema["$defs"]["Processors"]["properties"]
    assert router["enum"] == list(STRATEGIES)
    assert processors["fulfilment"]["enum"] == list(FULFILMENTS)
    assert schema["properties"]["runtime"]["enum"] == list(IN_SCENARIOS)
    for name, family in FAMILIES.items():
        assert f"{name} {family.form.words}" in processors["service_time"]["description"]


def test_every_strategy_says_what_it_means() -> None:
    assert all(strategy.meaning for strategy in STRATEGIES.values())


def test_every_runtime_in_one_process_has_a_class_of_that_kind() -> None:
    assert list(CLASSES) == [n for n, kind in RUNTIMES.items() if not kind.over_broker]


def test_every_kind_of_event_has_words() -> None:
    assert list(WORDINGS) == list(EVENT_KINDS)
