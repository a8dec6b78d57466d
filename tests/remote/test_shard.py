"""A shard sends off what has come, together, and waits for nothing."""

from __future__ import annotations

from functools import partial

from actors.broker.wire import Bundle, decode
from actors.messages import Line, Order, Place, Serve
from actors.orders import encode_order
from actors.remote.shard import CREDIT, TOGETHER, Shard
from actors.runtime.virtual import VirtualRuntime


def serve(number: int) -> Serve:
    order = Order(id=f"o-{number}", client="c", placed_at=0.0, lines=(Line("TEA", 1),))
    place = Place(order.id, encode_order(order), 0.0, "client/c", "g", "p", waits=False)
    return Serve(order, place, queued=False, attempt=1)


def sent_off(*bursts: int) -> tuple[Shard, list[list[str]]]:
    """The shard, and the ids in each message, when so many orders come at once, time and again."""
    bodies: list[bytes] = []
    runtime = VirtualRuntime()
    runtime.spawn("shard/00", partial(Shard, "s", bodies.append, {}))
    numbers = iter(range(sum(bursts)))
    for burst in bursts:
        for _ in range(burst):
            runtime.tell("shard/00", serve(next(numbers)))
        runtime.run()
    shard = runtime.actor("shard/00")
    assert isinstance(shard, Shard)
    bundles = [letter for letter in map(decode, bodies) if isinstance(letter, Bundle)]
    return shard, [
        [each.order.id for each in bundle.letters if not isinstance(each.order, str)]
        for bundle in bundles
    ]


def test_an_order_that_comes_alone_leaves_alone() -> None:
    assert sent_off(1, 1)[1] == [["o-0"], ["o-1"]]


def test_orders_that_come_together_leave_together_and_in_order() -> None:
    _, messages = sent_off(2 * TOGETHER + 3, 2)
    assert [len(message) for message in messages] == [TOGETHER, TOGETHER, 3, 2]
    assert sum(messages, []) == [f"o-{number}" for number in range(2 * TOGETHER + 5)]  # noqa: RUF017


def test_no_more_orders_leave_than_there_is_room_for_abroad() -> None:
    shard, messages = sent_off(CREDIT + 5)
    assert sum(map(len, messages)) == CREDIT
    assert shard.in_hand == shard.sent == CREDIT + 5
