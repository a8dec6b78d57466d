"""Plays generated shops in virtual time and reads what they wrote."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, currently_in_test_context, note, settings
from recorded_logs import FILE
from recounting import Order, Recount
from setting import Setting

from actors import Result, Simulation, load_text, to_json
from actors.scenario.loader import LoadedScenario
from scenarios import Shop

__all__ = ["Played", "each_shop", "loaded", "play", "play_text"]

# Always the same shops, so that a run of the tests repeats the last one. The smallest shop that
# differs would be sought for minutes: the first one found is shown as it is.
each_shop = settings(
    max_examples=16,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class Played(NamedTuple):
    """A run's result, the same as JSON, and the lines of its `--orders` file."""

    result: Result
    document: dict[str, Any]
    orders: Sequence[Order]

    def recount(self, setting: Setting) -> Recount:
        """The recount of this run."""
        return Recount(setting, self.orders, self.document["simulated_s"])


def loaded(shop: Shop, folder: Path) -> LoadedScenario:
    """The shop's scenario; its log is written into the folder."""
    _show(shop.text)
    if shop.log is not None:
        _show(shop.log.text)
        (folder / FILE).write_text(shop.log.text, encoding="utf-8")
    return load_text(shop.text, name="shop", folder=folder)


def _show(text: str) -> None:
    """Let hypothesis print it where an example fails."""
    if currently_in_test_context():
        note(text)


def play(shop: Shop, folder: Path) -> Played:
    """One run of a shop."""
    return _play(loaded(shop, folder))


def play_text(text: str) -> Played:
    """One run of a scenario that replays nothing."""
    return _play(load_text(text, name="shop"))


def _play(scenario: LoadedScenario) -> Played:
    file = io.BytesIO()
    result = Simulation(scenario, records=file).run()
    orders = [json.loads(line) for line in file.getvalue().splitlines()]
    return Played(result, json.loads(to_json(result)), orders)
