"""A scenario over a broker has the outcome that it has everywhere."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from pika.exceptions import ChannelClosedByBroker
from playing import Play, assert_exact, channel_to, text_of
from private_broker import PrivateBroker

from actors import Simulation, load_text
from actors.errors import BrokerRefused, RunDiffers, UsageError
from actors.measure.result import Result
from actors.rabbitmq.run.limits import refuse_scenario

pytest_plugins = ("server_fixtures",)


def totals(result: Result) -> dict[str, object]:
    """What does not depend on time."""
    return {
        "orders": result.orders,
        "products": {
            sku: (item.sold, item.returned, item.restocked, item.final)
            for sku, item in result.products.items()
        },
    }


@pytest.mark.slow
def test_totals_are_those_of_threads_where_time_does_not_matter(
    broker: PrivateBroker, store_url: str
) -> None:
    # Single units of single products: however the orders race, the same number of them succeeds.
    text = text_of(900, lines="1", service="0ms")
    text = text.replace("sale: 90, return: 10", "sale: 1").replace("1..3", "1")
    text = text.replace("stock: 150", "stock: 40").replace("stock: 250", "stock: 60")
    play = Play(text, broker.url, store_url, workers=2)
    result = play.start().result()
    assert_exact(result, 900, play)
    assert result.orders.rejected > 0
    local = Simulation(load_text(text, name="local"), runtime="threads").run()
    assert totals(result) == totals(local)


def test_a_run_that_is_over_leaves_no_queue(broker: PrivateBroker, tmp_path: Path) -> None:
    play = Play(text_of(50), broker.url, f"sqlite:{tmp_path}/stock.db")
    play.start().result()
    for queue in play.topology.queues:
        with channel_to(broker.url) as channel, pytest.raises(ChannelClosedByBroker) as caught:
            channel.queue_declare(queue, passive=True)
        assert caught.value.reply_code == 404


@pytest.mark.slow
def test_a_finished_run_can_be_asked_again_and_answers_from_the_store(
    broker: PrivateBroker, tmp_path: Path
) -> None:
    store = f"sqlite:{tmp_path}/stock.db"
    first = Play(text_of(300), broker.url, store)
    before = first.start().result()
    again = Play(text_of(300), broker.url, store, run=first.run)
    after = again.start().result()
    assert_exact(after, 300, again)
    assert totals(after) == totals(before)
    assert after.broker is not None
    assert after.broker.recovered == 300
    assert sum(worker.orders for worker in after.broker.workers) == 0


def test_a_run_is_not_continued_with_another_seed(broker: PrivateBroker, tmp_path: Path) -> None:
    store = f"sqlite:{tmp_path}/stock.db"
    first = Play(text_of(50), broker.url, store)
    first.start().result()
    with pytest.raises(RunDiffers, match="another scenario, seed"):
        Play(
            text_of(50).replace("seed: 5", "seed: 6"), broker.url, store, run=first.run
        ).start().result()


@pytest.mark.slow
def test_two_processes_cannot_play_one_run(broker: PrivateBroker, tmp_path: Path) -> None:
    store = f"sqlite:{tmp_path}/stock.db"
    first = Play(text_of(2_000, rate=100), broker.url, store).start()
    first.until_finished(1)
    with pytest.raises(BrokerRefused, match="another process"):
        Play(text_of(2_000, rate=100), broker.url, store, run=first.run).start().result()
    first.simulation.stop()
    assert first.result().audit.ok


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("processors.fulfilment=backorder", "backorder is not possible"),
        ("inventory.service_time=2ms", "inventory.service_time is not possible"),
    ],
)
def test_what_cannot_be_had_over_a_broker_is_refused(change: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        refuse_scenario(load_text(text_of(50), overrides=[change], name="faults"))


def test_what_a_run_says_of_its_workers(broker: PrivateBroker, tmp_path: Path) -> None:
    play = Play(text_of(400), broker.url, f"sqlite:{tmp_path}/stock.db", workers=2)
    result = play.start().result()
    report = result.broker
    assert report is not None
    assert {worker.worker for worker in report.workers} == {"local-1", "local-2"}
    assert sum(worker.orders for worker in report.workers) == 400
    assert all(worker.orders > 50 for worker in report.workers)
    assert report.joined == 2
    assert report.lost == report.dead_letters == report.reconnects == report.recovered == 0
    assert 0 < report.batches <= 400
    assert result.processors.count == 4
    assert play.kinds()["joined"] == 2


def test_orders_for_one_product_have_their_effect_in_the_order_in_which_they_were_sent(
    broker: PrivateBroker, tmp_path: Path
) -> None:
    # Eight processors, and service times that differ: without care the quick ones overtake.
    text = """\
stocksim: 1
products: {TEA: {stock: 150}}
processors: {count: 8, service_time: exponential 10ms}
clients: {web: {arrivals: even, phases: {day: {duration: 1s, rate: 300/s}}}}
"""
    records = BytesIO()
    play = Play(text, broker.url, f"sqlite:{tmp_path}/stock.db", workers=2, records=records)
    assert play.start().result().audit.ok
    outcomes = {
        int(record["id"].rpartition("-")[2]): record["outcome"]
        for record in map(json.loads, records.getvalue().splitlines())
    }
    assert [outcomes[number] for number in sorted(outcomes)] == (
        ["fulfilled"] * 150 + ["rejected"] * 150
    )


def test_workers_say_how_long_they_had_an_order_in_hand_and_the_rest_is_waiting(
    broker: PrivateBroker, tmp_path: Path
) -> None:
    # One processor for 20 orders at once, 20 ms each: the last has waited for all the others.
    text = """\
stocksim: 1
products: {P-01..20: {stock: 100}}
processors: {count: 1, service_time: 20ms}
clients: {web: {phases: {day: {duration: 1ms, rate: 1/s, burst: 20}}}}
"""
    result = Play(text, broker.url, f"sqlite:{tmp_path}/stock.db").start().result()
    assert result.service_s.max == pytest.approx(0.020)
    assert result.wait_s.max is not None
    assert result.latency_s.max is not None
    assert 19 * 0.020 <= result.wait_s.max <= result.latency_s.max - 0.020
    assert result.processors.queue.max >= 15
