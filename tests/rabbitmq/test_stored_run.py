"""What a previous start has left in the store, and whether this one may go on from it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from actors.errors import RunDiffers
from actors.messages import Line, Order
from actors.rabbitmq.both.wire import Job, OrderEnd, StoredOrder, encode
from actors.rabbitmq.run.stored_run import StoredRun
from actors.stores.opening import open_store

STOCK = {"TEA": 10}
ORDER = Order(id="web-1-1", client="web-1", placed_at=0.0, lines=(Line("TEA", 1),))
STORED = StoredOrder(
    job=Job(scenario="mine", order=ORDER, scheduled=0.0, sender="client/w", group="w", phase="p"),
    end=OrderEnd(worker="w", status="fulfilled", filled=(1,), queued=False, busy_s=0.0, held_s=0.0),
)


def stored(folder: Path, outcome: bytes) -> StoredRun:
    """A run that has applied one order."""
    url = f"sqlite:{folder}/stock.db"
    with closing(open_store(url)) as store:
        store.create("r", STOCK)
        store.commit("r", [], ["web-1-1"], lambda batch: batch.write([], {"web-1-1": outcome}))
    return StoredRun(url, "r", "mine")


def test_a_run_goes_on_with_what_has_had_its_effect(tmp_path: Path) -> None:
    run = stored(tmp_path, encode(STORED))
    assert run.enter(STOCK)
    assert list(run.outcomes()) == [STORED]


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (encode(STORED).replace(b'"mine"', b'"yours"'), "another scenario"),
        (encode(STORED).replace(b'"v":4', b'"v":2'), "this version cannot read"),
        (encode(STORED.job), "another scenario"),
    ],
)
def test_a_run_that_was_begun_otherwise_is_refused(
    outcome: bytes, why: str, tmp_path: Path
) -> None:
    with pytest.raises(RunDiffers, match=why):
        stored(tmp_path, outcome).enter(STOCK)
