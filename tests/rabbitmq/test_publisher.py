"""The publisher against a real broker: order, room, and nowhere to go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

import pytest
from pika.adapters.blocking_connection import BlockingChannel
from playing import channel_to, run_id
from private_broker import PrivateBroker
from private_server import until

from actors.rabbitmq.both.publisher import Publisher

pytest_plugins = ("server_fixtures",)


@contextmanager
def publishing(broker: PrivateBroker) -> Iterator[Publisher]:
    publisher = Publisher(broker.url, lambda _kind, _words: None)
    publisher.link.start(10)
    with closing(publisher.link):
        yield publisher


def taken(channel: BlockingChannel, queue: str) -> list[bytes]:
    """Everything that is in a queue, taken out."""
    bodies = []
    while (body := channel.basic_get(queue, auto_ack=True)[2]) is not None:
        bodies.append(body)
    return bodies


def held(channel: BlockingChannel, queue: str) -> int:
    """How many messages are in a queue."""
    return channel.queue_declare(queue, passive=True).method.message_count


def bounded(channel: BlockingChannel, length: int) -> str:
    """A queue of its own that refuses what does not fit."""
    queue = run_id()
    limits = {"x-queue-type": "quorum", "x-max-length": length, "x-overflow": "reject-publish"}
    channel.queue_declare(queue, durable=True, arguments=limits)
    return queue


@pytest.mark.slow
def test_messages_arrive_in_order_and_are_confirmed(broker: PrivateBroker) -> None:
    confirmed: list[bytes] = []
    with channel_to(broker.url) as channel, publishing(broker) as publisher:
        queue = bounded(channel, 10_000)
        sent = [b"%d" % number for number in range(3_000)]
        for body in sent:
            publisher.send("", queue, body, done=partial(confirmed.append, body))
        until(publisher.idle, within=30, what="all is confirmed")
        assert taken(channel, queue) == sent
        channel.queue_delete(queue)
    assert sorted(confirmed) == sorted(sent)


def test_a_full_queue_gets_every_message_in_the_end_and_holds_up_nobody_else(
    broker: PrivateBroker,
) -> None:
    with channel_to(broker.url) as channel, publishing(broker) as publisher:
        full, other = bounded(channel, 10), bounded(channel, 10_000)
        for _ in range(20):
            channel.basic_publish("", full, b"filling")
        # Whoever comes later is told at once that it is full; who is there already, some time.
        until(lambda: held(channel, full) >= 10, within=30, what="the queue is full")
        sent = [b"%d" % number for number in range(100)]
        for body in sent:
            publisher.send("", full, body)
            publisher.send("", other, body)
        arrived: list[bytes] = []
        until(lambda: publisher.refusals > 10, within=30, what="messages are refused")
        assert taken(channel, other) == sent
        while len(arrived) - arrived.count(b"filling") < len(sent):
            arrived += taken(channel, full)
        until(publisher.idle, within=30, what="all is confirmed")
        for queue in (full, other):
            channel.queue_delete(queue)
    assert sorted(body for body in arrived if body != b"filling") == sorted(sent)


def test_a_message_that_finds_no_queue_waits_until_there_is_one(broker: PrivateBroker) -> None:
    queue = run_id()
    done = threading.Event()
    with channel_to(broker.url) as channel, publishing(broker) as publisher:
        publisher.send("", queue, b"early", done=done.set)
        until(lambda: publisher.refusals > 0, within=30, what="it comes back")
        assert not done.is_set()
        channel.queue_declare(queue)
        assert done.wait(30)
        assert taken(channel, queue) == [b"early"]
        channel.queue_delete(queue)


def test_what_will_be_told_again_is_forgotten_where_there_is_no_queue(
    broker: PrivateBroker,
) -> None:
    with publishing(broker) as publisher:
        publisher.send("", run_id(), b"here I am", must=False)
        until(publisher.idle, within=30, what="it is forgotten")
        assert publisher.refusals == 0
