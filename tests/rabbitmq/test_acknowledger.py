"""A message with several orders is acknowledged with the last of them, against a real broker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from queue import Queue

from pika.adapters.blocking_connection import BlockingChannel
from playing import channel_to, run_id
from private_broker import PrivateBroker
from private_server import until

from actors.messages import Line, Order
from actors.rabbitmq.both.consumer import Consumer, Handed, Source
from actors.rabbitmq.both.publisher import Publisher
from actors.rabbitmq.both.topology import Topology
from actors.rabbitmq.both.wire import Job
from actors.rabbitmq.worker.acknowledger import Acknowledger
from actors.rabbitmq.worker.server_pool import DeliveredMessage, DeliveredOrder

pytest_plugins = ("server_fixtures",)


@contextmanager
def handed_over(broker: PrivateBroker, topology: Topology) -> Iterator[tuple[Acknowledger, Handed]]:
    """The first message of shard 0 in a worker's hand; what it keeps goes back at the end."""
    inbox: Queue[Handed] = Queue()
    source = Source(topology.shard(0), prefetch=10)
    consumer = Consumer(
        broker.url, inbox.put, lambda _channel: None, lambda _kind, _words: None, [source]
    )
    publisher = Publisher(broker.url, lambda _kind, _words: None)
    # The publisher ends first: what it has confirmed by then is acknowledged before the other ends.
    with closing(consumer.link), closing(publisher.link):
        publisher.link.start(10)
        consumer.link.start(10)
        yield Acknowledger(publisher, consumer, topology, "w"), inbox.get(timeout=30)
        until(publisher.idle, within=30, what="all is confirmed")


def orders_in(handed: Handed, count: int) -> list[DeliveredOrder]:
    """A message's orders; what they order does not matter here."""
    message = DeliveredMessage(0, handed.channel, handed.tag, count)
    order = Order(id="o", client="c", placed_at=0.0, lines=(Line("TEA", 1),))
    job = Job(scenario="s", order=order, scheduled=0.0, sender="client/c", group="g", phase="")
    return [DeliveredOrder(message, job) for _ in range(count)]


def left(channel: BlockingChannel, topology: Topology) -> int:
    """How many messages nobody has acknowledged, once nobody consumes any more."""

    def state() -> tuple[int, int]:
        method = channel.queue_declare(topology.shard(0), passive=True).method
        return method.consumer_count, method.message_count

    until(lambda: state()[0] == 0, within=30, what="the consumer is gone")
    return state()[1]


def test_a_message_is_acknowledged_with_the_last_of_its_orders(broker: PrivateBroker) -> None:
    topology = Topology(run_id())
    with channel_to(broker.url) as channel:
        topology.declare(channel)
        channel.basic_publish(topology.orders, "0", b"three orders")
        with handed_over(broker, topology) as (acknowledger, handed):
            first, second, third = orders_in(handed, 3)
            acknowledger.tell([first, second], [b"1", b"2"])
        assert left(channel, topology) == 1
        with handed_over(broker, topology) as (acknowledger, handed):
            assert handed.redelivered
            first, second, third = orders_in(handed, 3)
            acknowledger.tell([first], [b"1"])
            acknowledger.bury(b"2", "nobody can use it", second.message)
            acknowledger.tell([third], [b"3"])
        assert left(channel, topology) == 0
        topology.remove(channel)
