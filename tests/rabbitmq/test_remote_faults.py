"""What a run over a broker survives; the longer ones are in `test_remote_outages`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pika.adapters.blocking_connection import BlockingChannel
from playing import Play, assert_exact, channel_to, text_of, worker
from private_broker import PrivateBroker

from actors.errors import WorkerFailed
from actors.messages import Line, Order
from actors.rabbitmq.both.wire import Bundle, Here, Job, Labours, OrderEnd, OrderEnded, encode
from actors.rabbitmq.run import worker_processes
from actors.rabbitmq.run.coordinator import Coordinator

pytest_plugins = ("server_fixtures",)
pytestmark = pytest.mark.slow

ORDERS = 1_200


@pytest.mark.slow
def test_workers_that_are_killed_are_replaced_and_nothing_is_lost(
    broker: PrivateBroker, store_url: str
) -> None:
    # Long enough for both to be missed and replaced on a busy machine.
    orders = 2 * ORDERS
    play = Play(text_of(orders, rate=150), broker.url, store_url, workers=2).start()
    play.until_finished(100)
    play.kill_worker()
    play.kill_worker()
    result = play.result()
    assert_exact(result, orders, play)
    assert result.broker is not None
    assert result.broker.lost == 2
    assert result.broker.joined == 4
    assert result.broker.redeliveries > 0
    assert play.kinds()["lost"] == 2


def test_every_order_sent_twice_has_one_effect(
    broker: PrivateBroker, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = Coordinator.publisher_of

    def twice(coordinator: Coordinator, shard: int) -> Callable[[bytes], None]:
        publish = once(coordinator, shard)

        def send(body: bytes) -> None:
            publish(body)
            publish(body)

        return send

    monkeypatch.setattr(Coordinator, "publisher_of", twice)
    play = Play(text_of(600), broker.url, store_url, workers=2)
    result = play.start().result()
    assert_exact(result, 600, play)
    assert result.broker is not None
    assert result.broker.repeats == 600


def job(sku: str = "TEA", quantity: int = 1) -> Job:
    order = Order(id="alien-1", client="alien", placed_at=0.0, lines=(Line(sku, quantity),))
    return Job(scenario="?", order=order, scheduled=0.0, sender="client/x", group="g", phase="p")


def outcome(shard: int = 0) -> OrderEnded:
    end = OrderEnd(worker="w", status="fulfilled", filled=(1,), queued=False, busy_s=0, held_s=0)
    return OrderEnded(order="alien-1", shard=shard, end=end)


def poisons() -> list[tuple[bytes, str]]:
    """Messages that nobody can use, each with a part of the reason that it is buried with."""
    text = encode(job())
    return [
        (b"\xff\x00 no JSON", "malformed"),
        (text.replace(b'"v":4', b'"v":2'), "Invalid enum value 2"),
        (encode(job(quantity=0)), "a quantity is outside"),
        (encode(job(sku="UNHEARD-OF")), "unknown product"),
        (encode(Here(worker="w", processors=1, labours=Labours())), "is nothing for a shard"),
        (encode(Bundle(letters=(job(), outcome()))), "OrderEnded is nothing for a shard"),
        (encode(Bundle(letters=(job(), job(quantity=0)))), "a quantity is outside"),
        (b'"' + b"x" * 2_000_000 + b'"', "over 1024 KiB"),
    ]


def test_poison_is_buried_with_its_reason_and_everything_else_goes_on(
    broker: PrivateBroker, tmp_path: Path
) -> None:
    play = Play(text_of(600), broker.url, f"sqlite:{tmp_path}/stock.db").start()
    play.until_finished(1)
    with channel_to(broker.url) as channel:
        for shard, (body, _) in enumerate(poisons()):
            channel.basic_publish(play.topology.orders, str(shard), body)
        nowhere = encode(Bundle(letters=(outcome(shard=99),)))
        channel.basic_publish("", play.topology.processed, nowhere)
        result = play.result()
        assert_exact(result, 600, play)
        assert result.broker is not None
        assert result.broker.dead_letters == len(poisons())
        buried = {}
        for _ in poisons():
            _, properties, found = channel.basic_get(play.topology.dead, auto_ack=True)
            assert properties is not None
            assert found is not None
            assert properties.headers is not None
            buried[found] = str(properties.headers["reason"])
    for body, reason in poisons():
        assert reason in buried[body]
    assert play.kinds()["dead_letter"] == len(poisons()) + 1
    assert any("no shard 99" in event.text for event in play.events)


def test_an_order_that_the_broker_gives_up_has_failed_and_is_not_lost(
    broker: PrivateBroker, tmp_path: Path
) -> None:
    play = Play(text_of(5, rate=100), broker.url, f"sqlite:{tmp_path}/stock.db", workers=0)
    with channel_to(broker.url) as channel:
        play.topology.declare(channel)
        show_up(channel, play)  # the run begins, and nobody serves its shards
        play.start()
        play.until(lambda: play.simulation.progress().placed == 5, "all orders are placed")
        give_up_one(channel, play)
        with worker(broker.url, play.store, "--run", play.run, "--quiet"):
            result = play.result()
    assert result.audit.ok
    assert result.orders.placed == 5
    assert result.orders.rejected_by == {"failed": 1}


def show_up(channel: BlockingChannel, play: Play) -> None:
    """Claim to be a worker."""
    here = Here(worker="ghost", processors=1, labours=Labours())
    channel.basic_publish("", play.topology.processed, encode(here))


def give_up_one(channel: BlockingChannel, play: Play) -> None:
    """Refuse one order for good, as the broker does when it has killed so many workers."""
    tags: list[int] = []
    for shard in range(16):
        channel.basic_consume(
            play.topology.shard(shard),
            lambda _c, method, _p, _b: tags.append(method.delivery_tag or 0),
        )
    while not tags:
        channel.connection.process_data_events(0.05)
    channel.basic_reject(tags[0], requeue=False)
    channel.close()


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("import sys; sys.exit('no such thing')", "no such thing"),  # each time it is started
        ("import sys; print('wrong flag', file=sys.stderr); sys.exit(2)", "wrong flag"),
    ],
)
def test_workers_that_cannot_work_end_the_run_with_their_own_complaint(
    program: str,
    why: str,
    broker: PrivateBroker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker_processes, "PROGRAM", program)
    play = Play(text_of(50), broker.url, f"sqlite:{tmp_path}/stock.db")
    with pytest.raises(WorkerFailed, match=why):
        play.start().result()


def test_a_full_line_refuses_and_the_run_waits_for_room(
    broker: PrivateBroker, tmp_path: Path
) -> None:
    play = Play(
        text_of(400, service="0ms"), broker.url, f"sqlite:{tmp_path}/stock.db", depth=20, workers=0
    )
    with channel_to(broker.url) as channel:
        play.topology.declare(channel)
        for shard in range(16):
            for _ in range(20):
                channel.basic_publish(play.topology.orders, str(shard), b"junk")
        show_up(channel, play)
        play.start()
        play.until(lambda: play.backend.side.coordinator.refusals > 50, "the lines are full")
        with worker(broker.url, play.store, "--run", play.run, "--quiet"):
            result = play.result()
    assert_exact(result, 400, play)
    assert result.broker is not None
    assert result.broker.dead_letters == 320
