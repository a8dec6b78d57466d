"""A shard sends off what has come, together, and waits for nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Timer
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from actors.decisions.order_json import encode_order
from actors.messages import Done, Line, Order, Place, Processed, Serve
from actors.rabbitmq.both.wire import Bundle, Job, OrderEnd, OrderEnded, Settled, decode
from actors.rabbitmq.run.runtime import RemoteRuntime
from actors.rabbitmq.run.shard import CREDIT, TOGETHER, Arrived, Shard
from actors.runtime.base import Runtime
from actors.runtime.virtual import VirtualRuntime
from actors.testing import Stage


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


# --- Mistakes -----------------------------------------------------------------------------


class Mishap(Exception):
    """What the tests below raise."""


class Pier:
    """A shard between a router, a collector and a broker that may fail.

    Args:
        fails: of the messages to the broker, by number from 0, those that it raises at.
        known: what was settled before.
    """

    def __init__(
        self,
        fails: Callable[[int], bool] = lambda _number: False,
        known: dict[str, Settled] | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        self.stage = Stage(runtime)
        self.router, self.collector = self.stage.probe("router"), self.stage.probe("collector")
        self.shard = self.stage.spawn("shard/00", partial(Shard, "s", self._publish, known or {}))
        self._fails = fails
        self._tries = 0
        self.abroad: list[str] = []

    def _publish(self, body: bytes) -> None:
        self._tries += 1
        if self._fails(self._tries - 1):
            raise Mishap
        bundle = decode(body)
        assert isinstance(bundle, Bundle)
        self.abroad += [each.order.id for each in bundle.letters if isinstance(each, Job)]

    def hear(self, *messages: object) -> None:
        """Let the shard have them all at once, and play to the end."""
        for message in messages:
            self.stage.tell("shard/00", message)
        self.stage.play()
        assert self.shard.sent - self.shard.met == self.shard.in_hand

    @property
    def told(self) -> dict[str, str | None]:
        """Each order's reason, or how it ended; router and collector have heard the same, once."""
        ends = {
            done.order_id: done.reason or done.status
            for done in self.router.of(Done)
            if done.order_id is not None
        }
        stories = self.collector.of(Processed)
        assert {each.serve.order.id: each.reason or each.status for each in stories} == ends
        assert self.shard.finished == len(stories) == len(self.router.heard) == len(ends)
        return dict(ends)

    def failed(self) -> list[str]:
        return [name for name, end in self.told.items() if end == "failed"]


def ids(*numbers: int) -> list[str]:
    return [f"o-{number}" for number in numbers]


def unsendable(number: int) -> Serve:
    """An order whose envelope no JSON can hold."""
    good = serve(number)
    place = Place(good.order.id, b"", 0.0, "client/c", "\ud800", "p", waits=False)
    return Serve(good.order, place, queued=False, attempt=1)


def large(number: int) -> Serve:
    """An order of which two fit into a message, and three do not."""
    lines = tuple(Line(f"{'S' * 195}{n}", 1) for n in range(900))
    order = Order(id=f"o-{number}", client="c", placed_at=0.0, lines=lines)
    return Serve(order, Place(order.id, b"", 0.0, "client/c", "g", "p"), queued=False)


def outcome(number: int, *, held_s: object = 1.0) -> OrderEnded:
    ending = OrderEnd(
        worker="w",
        status="fulfilled",
        filled=(1,),
        queued=False,
        busy_s=1.0,
        held_s=cast("float", held_s),
    )
    return OrderEnded(order=f"o-{number}", shard=0, ending=ending)


def untellable(number: int) -> OrderEnded:
    return outcome(number, held_s="for ever")


def test_an_order_that_cannot_be_sent_has_failed_and_the_others_leave() -> None:
    pier = Pier()
    pier.hear(serve(0), unsendable(1), serve(2))
    assert pier.stage.crashes == 1
    assert pier.told == {"o-1": "failed"}
    assert pier.abroad == ids(0, 2)
    assert (pier.shard.in_hand, pier.shard.given_up) == (2, 1)
    (story,) = pier.collector.of(Processed)
    assert (story.status, story.filled, story.busy) == ("rejected", (0,), 0.0)


def test_a_message_that_cannot_be_published_costs_its_orders_only() -> None:
    pier = Pier(lambda number: number == 0)
    pier.hear(*map(serve, range(2 * TOGETHER + 1)))
    assert pier.failed() == ids(*range(TOGETHER))
    assert pier.abroad == ids(*range(TOGETHER, 2 * TOGETHER + 1))


def test_orders_that_wait_for_company_fail_when_they_cannot_be_sent_off() -> None:
    pier = Pier(lambda number: number == 0)
    pier.hear(serve(0), serve(1))
    pier.hear(serve(2))
    assert pier.told == {"o-0": "failed", "o-1": "failed"}
    assert pier.abroad == ids(2)


def test_the_messages_after_one_that_cannot_be_published_still_leave() -> None:
    pier = Pier(lambda number: number == 0)
    pier.hear(*map(large, range(5)))
    assert pier.failed() == ids(0, 1)
    assert pier.abroad == ids(2, 3, 4)


def test_an_outcome_after_all_is_a_repeat_and_told_to_nobody() -> None:
    pier = Pier(lambda number: number == 0)
    pier.hear(serve(0), serve(1))
    assert pier.shard.given_up == 2
    pier.hear(Arrived((outcome(0), outcome(0), outcome(7))))
    assert pier.told == {"o-0": "failed", "o-1": "failed"}
    assert pier.shard.repeats == 3
    assert pier.shard.given_up == 1  # the store has the other: it has had its effect


def test_the_other_outcomes_of_a_message_are_told_when_one_cannot_be() -> None:
    pier = Pier()
    pier.hear(*map(serve, range(5)))
    pier.hear(Arrived((outcome(0), untellable(1), outcome(2), untellable(3), outcome(4))))
    ends = {f"o-{n}": "failed" if n in (1, 3) else "fulfilled" for n in range(5)}
    assert pier.told == ends
    assert (pier.shard.in_hand, pier.shard.repeats, pier.shard.given_up) == (0, 0, 0)


def test_an_outcome_is_told_although_the_order_that_takes_its_place_cannot_be_sent() -> None:
    pier = Pier()
    pier.hear(*map(serve, range(CREDIT)), unsendable(CREDIT), serve(CREDIT + 1), serve(CREDIT + 2))
    assert len(pier.abroad) == CREDIT
    pier.hear(Arrived((outcome(0),)))
    assert pier.told == {"o-0": "fulfilled", f"o-{CREDIT}": "failed"}
    assert pier.abroad[CREDIT:] == ids(CREDIT + 1)


def test_orders_that_waited_for_room_keep_their_place_when_those_before_them_fail() -> None:
    last = -(-CREDIT // TOGETHER)

    def fails(number: int) -> bool:
        if number == last:
            pier.stage.tell("shard/00", serve(CREDIT + 3))
        return number == last

    pier = Pier(fails)
    pier.hear(serve(0))  # so that the last of those that follow do not fill a message
    for first in range(1, CREDIT - TOGETHER, TOGETHER):
        pier.hear(*map(serve, range(first, first + TOGETHER)))
    pier.hear(*map(serve, range(CREDIT - TOGETHER + 1, CREDIT + 3)))
    assert pier.failed() == ids(*range(CREDIT - TOGETHER + 1, CREDIT))
    assert pier.abroad[-4:] == ids(*range(CREDIT, CREDIT + 4))


def test_an_order_that_has_ended_cannot_fail() -> None:
    pier = Pier(lambda _number: True)
    pier.hear(serve(0), Arrived((outcome(0),)))  # of an earlier start of the run
    assert pier.stage.crashes == 1
    assert pier.told == {"o-0": "fulfilled"}
    assert pier.shard.given_up == 0


def test_a_recovered_order_that_cannot_be_told_has_failed() -> None:
    job = Job.of(serve(0), "s")
    pier = Pier(known={"o-0": Settled(job=job, ending=untellable(0).ending)})
    pier.hear(serve(0), serve(1))
    assert pier.told == {"o-0": "failed"}
    assert (pier.shard.sent, pier.shard.met, pier.shard.given_up) == (1, 0, 0)


def test_a_run_in_which_nothing_can_be_sent_comes_to_its_end() -> None:
    runtime = RemoteRuntime()
    pier = Pier(lambda _number: True, runtime=runtime)
    runtime.shards = (pier.shard,)
    runtime.start()
    rescue = Timer(10.0, runtime.interrupt)
    rescue.start()
    for number in range(40):
        pier.stage.tell("shard/00", serve(number) if number % 3 else unsendable(number))
    assert pier.stage.play() == "quiescent"
    rescue.cancel()
    pier.stage.close()
    assert sorted(pier.failed()) == sorted(ids(*range(40)))
    counts = runtime.counts()
    assert counts.sent == counts.handled + counts.dead_lettered


@settings(max_examples=60)
@given(data=st.data())
def test_every_order_is_told_once_whatever_fails(data: st.DataObject) -> None:
    broken = data.draw(st.sets(st.integers(0, 12)))
    pier = Pier(lambda number: number in broken)
    sent = 0
    for burst in data.draw(st.lists(st.integers(1, 20), min_size=1, max_size=5)):
        kinds = data.draw(st.lists(st.sampled_from([serve, serve, unsendable]), min_size=burst))
        pier.hear(*[kind(sent + place) for place, kind in enumerate(kinds)])
        sent += len(kinds)
        heard = data.draw(st.lists(st.integers(0, sent), max_size=30))
        ways = data.draw(st.lists(st.sampled_from([outcome, untellable]), min_size=30))
        pier.hear(Arrived(tuple(way(n) for way, n in zip(ways, heard, strict=False))))
    pier.hear(Arrived(tuple(map(outcome, range(sent)))))
    assert sorted(pier.told) == sorted(ids(*range(sent)))
    assert pier.shard.in_hand == 0
