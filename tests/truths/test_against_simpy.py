"""The same shop in stocksim and in SimPy, fed the same random numbers: the same records."""

from __future__ import annotations

from collections import Counter
from io import BytesIO

import msgspec
import pytest
from simpy_small_shop import play_in_simpy

from actors import Simulation, load_text
from actors.measure.records import OrderRecord
from actors.scenario.loader import LoadedScenario

SHOP = """
stocksim: 1
products:
  HOT: {{stock: 150}}
  WARM: {{stock: 900}}
  COLD-1..6: {{stock: 700}}
router: {{strategy: shared_queue, queue_limit: 15}}
processors:
  count: 3
  service_time: lognormal 20ms 0.7
  line_time: exponential 4ms
  fulfilment: {fulfilment}
inventory: {{service_time: {shelf_time}}}
clients:
  web:
    count: 5
    phases: {{calm: {{duration: 20s, rate: 40/s}}, rush: {{duration: 12s, rate: 90/s}}}}
    orders:
      lines: 1..4
      quantity: 1..3
      sku: {{HOT: 2, WARM: 3, COLD-1..6: 7}}
      kind: {{sale: 92, return: 8}}
      priority: {{0: 8, 5: 2}}
  partners:
    count: 2
    phases: {{contract: {{duration: 30s, rate: 10/s}}}}
    orders: {{quantity: 1..5, sku: zipf 1, priority: 9}}
  depot:
    count: 2
    think: uniform 200ms..600ms
    phases: {{day: {{duration: 25s}}}}
    orders: {{kind: restock, quantity: 2..6, sku: {{HOT: 3, WARM: 1}}}}
"""


def records_of(loaded: LoadedScenario, seed: int) -> list[OrderRecord]:
    file = BytesIO()
    result = Simulation(loaded, seed=seed, runtime="virtual", records=file).run()
    assert result.audit.ok
    return msgspec.json.Decoder(OrderRecord).decode_lines(file.getvalue())


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("fulfilment", "shelf_time"), [("partial", "0ms"), ("all_or_nothing", "exponential 3ms")]
)
def test_every_record_is_the_same_as_from_simpy(
    fulfilment: str, shelf_time: str, seed: int
) -> None:
    loaded = load_text(SHOP.format(fulfilment=fulfilment, shelf_time=shelf_time), name="small shop")
    ours = records_of(loaded, seed)

    assert len(ours) >= 2_000
    assert ours == play_in_simpy(loaded, seed)  # to the last bit of every time


@pytest.mark.parametrize("fulfilment", ["all_or_nothing", "partial"])
def test_the_small_shop_knows_every_kind_of_end(fulfilment: str) -> None:
    loaded = load_text(SHOP.format(fulfilment=fulfilment, shelf_time="0ms"), name="small shop")
    records = records_of(loaded, seed=1)
    ends = Counter((record.kind, record.outcome, record.reason) for record in records)

    assert ends["sale", "fulfilled", None] > 1_000
    assert ends["sale", "rejected", "out_of_stock"] > 50
    assert ends["sale", "rejected", "overloaded"] > 20
    assert ends["return", "fulfilled", None] > 50
    assert ends["restock", "fulfilled", None] > 50
    assert (ends["sale", "partial", None] > 50) == (fulfilment == "partial")
