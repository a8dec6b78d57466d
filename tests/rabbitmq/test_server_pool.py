from __future__ import annotations

from random import Random
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pika.channel import Channel

from actors.common.random_streams import fork
from actors.messages import Line, Order
from actors.rabbitmq.both.wire import Job
from actors.rabbitmq.worker.server_pool import DeliveredMessage, DeliveredOrder, ServerPool
from actors.scenario.written_distributions import parse_distribution

CHANNEL, OTHER = cast("Channel", object()), cast("Channel", object())


def delivery(
    number: int,
    *skus: str,
    channel: Channel = CHANNEL,
    luck: tuple[float, float, float] = (0.5, 0.5, 0.5),
    priority: int = 0,
) -> DeliveredOrder:
    lines = tuple(Line(sku, 1) for sku in skus or ("TEA",))
    order = Order(id=f"o-{number}", client="c", placed_at=0.0, priority=priority, lines=lines)
    job = Job(
        scenario="s",
        order=order,
        scheduled=0.0,
        sender="client/c",
        group="g",
        phase="",
        luck=luck,
    )
    return DeliveredOrder(DeliveredMessage(0, channel, number), job)


def pool(processors: int, service: str = "1s", line: str = "0ms") -> ServerPool:
    return ServerPool(processors, parse_distribution(service), parse_distribution(line))


def tags(deliveries: list[DeliveredOrder]) -> list[int]:
    return [each.message.tag for each in deliveries]


def test_as_many_orders_are_in_service_as_there_are_processors() -> None:
    servers = pool(2)
    for number in range(3):
        servers.take(delivery(number, f"P-{number}"), 0.0)
    assert tags(servers.finish(0.999)) == []
    assert tags(servers.finish(1.0)) == [0, 1]
    assert tags(servers.finish(1.999)) == []
    assert tags(servers.finish(2.0)) == [2]


def test_an_order_that_finds_no_processor_free_is_queued() -> None:
    first, second = delivery(0, "TEA"), delivery(1, "RUM")
    servers = pool(1)
    servers.take(first, 0.0)
    servers.take(second, 0.25)
    servers.finish(5.0)
    assert not first.queued
    assert second.queued
    assert second.taken == 1.0  # when its processor became free, not when somebody looked


def test_lines_take_their_time() -> None:
    servers = pool(1, "1s", "500ms")
    servers.take(delivery(0), 0.0)
    assert servers.due == 1.5


@given(skus=st.lists(st.sampled_from("ABC"), max_size=40), processors=st.integers(1, 8))
def test_orders_of_one_product_come_out_as_they_came_in(skus: list[str], processors: int) -> None:
    servers, random = pool(processors, "exponential 1s"), Random(1).random
    for number, sku in enumerate(skus):
        servers.take(delivery(number, sku, luck=(random(), 0.5, 0.5)), number / 10)
    out: list[DeliveredOrder] = []
    while (due := servers.due) is not None:
        out += servers.finish(due)
    assert sorted(tags(out)) == list(range(len(skus)))
    for sku in "ABC":
        of_product = [each.message.tag for each in out if each.job.order.lines[0].sku == sku]
        assert of_product == sorted(of_product)
    assert servers.due is None


def test_what_a_closed_channel_brought_is_forgotten_and_the_rest_is_served() -> None:
    servers = pool(1)
    servers.take(delivery(0, channel=CHANNEL), 0.0)
    servers.take(delivery(1, channel=CHANNEL), 0.0)
    servers.take(delivery(2, "RUM", channel=OTHER), 0.0)
    assert tags(servers.withdraw(CHANNEL, 0.5)) == [1, 0]
    assert servers.due == 1.5
    assert tags(servers.finish(1.5)) == [2]


@pytest.mark.parametrize("processors", [1, 4])
def test_busy_time_is_that_of_finished_services(processors: int) -> None:
    servers = pool(processors)
    for number in range(4):
        servers.take(delivery(number, f"P-{number}"), 0.0)
    servers.finish(100.0)
    assert servers.busy_s == pytest.approx(4.0)


def test_an_order_is_served_as_long_as_its_own_luck_says() -> None:
    servers = pool(2, "uniform 0s..1s")
    servers.take(delivery(0, "RUM", luck=(0.75, 0.1, 0.1)), 0.0)
    servers.take(delivery(1, "TEA", luck=(0.25, 0.1, 0.1)), 0.0)
    assert servers.due == 0.25
    assert tags(servers.finish(0.5)) == [1]
    assert servers.due == 0.75


def test_each_line_has_a_number_forked_from_the_orders() -> None:
    time = parse_distribution("exponential 1s").times()
    servers = pool(1, "1s", "exponential 1s")
    servers.take(delivery(0, "A", "B", "A", luck=(0.5, 0.25, 0.5)), 0.0)
    assert servers.due == pytest.approx(1 + sum(time(fork(0.25, number)) for number in range(3)))


def test_the_highest_priority_that_waits_is_served_first_the_oldest_of_several() -> None:
    servers = pool(1)
    for number, priority in enumerate([0, 0, 5, 9, 5]):
        servers.take(delivery(number, f"P-{number}", priority=priority), 0.0)
    assert tags(servers.finish(5.0)) == [0, 3, 2, 4, 1]


def test_of_one_product_too_the_more_important_order_comes_out_first() -> None:
    servers = pool(1)
    for number, priority in enumerate([0, 0, 9]):
        servers.take(delivery(number, "TEA", priority=priority), 0.0)
    assert tags(servers.finish(3.0)) == [0, 2, 1]
