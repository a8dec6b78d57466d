"""A run as the store knows it: made at its first start, and what is there at a later one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from hashlib import sha256

from actors.errors import RunDiffers
from actors.rabbitmq.both.wire import Poison, StoredOrder, decode
from actors.scenario.loaded import LoadedScenario
from actors.stores.opening import open_store
from actors.stores.store import StockRow

__all__ = ["StoredRun", "fingerprint"]


def fingerprint(loaded: LoadedScenario, seed: int) -> str:
    """What is played, in sixteen digits: the scenario's text, what `--set` changed, the seed."""
    text = f"{loaded.sha256} {sorted(loaded.overrides.items())} {seed}"
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class StoredRun:
    """Looks into the store; it is opened for each look, since a run looks twice or three times.

    Args:
        store: its URL.
        run: the run's id.
        scenario: the fingerprint of what is played.
    """

    def __init__(self, store: str, run: str, scenario: str) -> None:
        self._url = store
        self._run = run
        self._scenario = scenario

    def enter(self, stock: Mapping[str, int]) -> bool:
        """Make the run with these units by SKU; True if it is there already and goes on.

        Raises:
            RunDiffers: it was begun with another scenario, seed or `--set`.
        """
        with closing(open_store(self._url)) as store:
            if store.create(self._run, stock):
                return False
        for _ in self.outcomes():  # the first tells whose run it is
            break
        return True

    def outcomes(self) -> Iterator[StoredOrder]:
        """Every order that has had its effect.

        Raises:
            RunDiffers: it belongs to another scenario, seed or `--set`.
        """
        with closing(open_store(self._url)) as store:
            for _, outcome in store.outcomes(self._run):
                try:
                    stored = decode(outcome)
                except Poison as poison:
                    raise RunDiffers(
                        f"the store has outcomes of run {self._run!r} that this version cannot "
                        f"read ({poison}): continue it with the version that it was begun with, "
                        "or give this run another id"
                    ) from poison
                if not isinstance(stored, StoredOrder) or stored.job.scenario != self._scenario:
                    raise RunDiffers(
                        f"run {self._run!r} was begun with another scenario, seed or --set: "
                        "continue it with the same, or give this run another id"
                    )
                yield stored

    def rows(self) -> list[StockRow]:
        """The stock of every product."""
        with closing(open_store(self._url)) as store:
            return store.rows(self._run)

    def count(self) -> int:
        """How many orders have had their effect."""
        with closing(open_store(self._url)) as store:
            return sum(1 for _ in store.outcomes(self._run))
