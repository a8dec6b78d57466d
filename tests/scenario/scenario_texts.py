"""Scenarios that several test files start from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from actors.errors import ScenarioError
from actors.scenario.loader import load_text

if TYPE_CHECKING:
    from pathlib import Path

    from actors.scenario.loader import LoadedScenario
    from actors.scenario.model import Scenario

PEAK_LOAD: Final = """\
# yaml-language-server: $schema=stocksim.schema.json
stocksim: 1
name: peak_load
description: Black-Friday peak with three hot products
seed: 42
runtime: threads
warm_up: 0s

products:
  LAPTOP-15: {stock: 900, price: 899.00}
  PHONE-X: {stock: 400, price: 599.00}
  CONSOLE-5: {stock: 300, price: 499.00}
  ACC-001..048: {stock: 2000, price: 19.90}

router: {strategy: shared_queue, queue_limit: 2000}
processors:
  count: 8
  service_time: lognormal 12ms 0.5
  line_time: 0ms
  fulfilment: all_or_nothing
inventory: {service_time: 0ms}

clients:
  web:
    count: 40
    arrivals: poisson
    phases:
      opening: {duration: 4s, rate: 50/s, ramp_to: 300/s}
      peak: {duration: 10s, rate: 300/s}
      flash: {duration: 1s, rate: 300/s, burst: 500}
      evening: {duration: 4s, rate: 300/s, ramp_to: 0/s}
    orders:
      lines: 1..5
      quantity: 1..3
      sku: {LAPTOP-15: 4, PHONE-X: 4, CONSOLE-5: 2, ACC-001..048: 90}
      kind: {sale: 95, return: 5}
      priority: 0
  depot:
    count: 2
    think: uniform 500ms..2s
    orders: {kind: restock, quantity: 20..60}
thresholds:
  - latency p99 < 1500ms
  - rejected < 15%
  - throughput > 250/s during peak
"""

SMALL: Final = """\
stocksim: 1
products: {PHONE-X: {stock: 100}, ACC-1..3: {stock: 5}}
processors: {service_time: 1ms}
clients: {web: {phases: {peak: {duration: 10s, rate: 5/s}}}}
"""


def load(text: str, *overrides: str, folder: Path | None = None) -> LoadedScenario:
    """The text as a file called `shop` would be loaded."""
    return load_text(text, name="shop", folder=folder, overrides=overrides)


def scenario(text: str, *overrides: str) -> Scenario:
    """What the text says."""
    return load(text, *overrides).scenario


def mistakes(text: str, *overrides: str, folder: Path | None = None) -> str:
    """What is said against the text."""
    with pytest.raises(ScenarioError) as caught:
        load(text, *overrides, folder=folder)
    return str(caught.value)


def mistake(text: str, *overrides: str, folder: Path | None = None) -> str:
    """The one thing that is said against the text: its first line."""
    said = mistakes(text, *overrides, folder=folder)
    first, *excerpt = said.splitlines()
    assert len(excerpt) <= 2, f"more than one mistake:\n{said}"
    return first
