"""A shard sends off what has come, together, and waits for nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import chain
from threading import Timer
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from actors.decisions.order_json import encode_order
from actors.messages import Done, Line, Order, Place, Processed, Ready, Serve
from actors.rabbitmq.both.wire import Bundle, Job, OrderEnd, OrderEnded, StoredOrder, decode
from actors.rabbitmq.run.shard import CREDIT, TOGETHER, Arrived, Shard
from actors.runtime.base import Runtime
from actors.runtime.remote_work import RemoteWork
from actors.runtime.threads import ThreadsRuntime
from actors.testing import Stage


def serve(number: int) -> Serve:
    order = Order(id=f"o-{number}", client="c", placed_at=0.0, lines=(Line("TEA", 1),))
    place = Place(order.id, encode_order(order), 0.0, "client/c", "g", "p")
    return Serve(order, place, queued=False, attempt=1)


class Mishap(Exception):
    """What a publisher raises here."""


class LoneShard:
    """A shard between a router, a collector and a broker that may fail.

    Args:
        fails: of the messages to the broker, by number from 0, those that it raises at.
        known: orders that had their effect before.
    """

    def __init__(
        self,
        fails: Callable[[int], bool] = lambda _number: False,
        known: dict[str, StoredOrder] | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        self.stage = Stage(runtime)
        self.router, self.collector = self.stage.probe("router"), self.stage.probe("collector")
        self.work = runtime.remote_work() if isinstance(runtime, ThreadsRuntime) else RemoteWork()
        self.shard = self.stage.spawn(
            "shard/00",
            partial(
                Shard,
                self.router.actor_ref,
                self.collector.actor_ref,
                self.work,
                scenario="s",
                publish=self._publish,
                known=known or {},
            ),
        )
        self._fails = fails
        self._tries = 0
        self.messages: list[list[str]] = []

    def _publish(self, body: bytes) -> None:
        self._tries += 1
        if self._fails(self._tries - 1):
            raise Mishap
        bundle = decode(body)
        assert isinstance(bundle, Bundle)
        self.messages.append([each.order.id for each in bundle.letters if isinstance(each, Job)])

    @property
    def sent(self) -> list[str]:
        """The ids of all orders that were sent to the broker."""
        return list(chain.from_iterable(self.messages))

    def hear(self, *messages: object) -> None:
        """Let the shard have them all at once, and play to the end."""
        for message in messages:
            self.stage.tell("shard/00", message)
        self.stage.play()
        assert self.work.open == self.shard.in_hand

    @property
    def told(self) -> dict[str, str | None]:
        """Each order's reason, or how it ended; router and collector have heard the same, once."""
        done = self.router.of(Done)
        ends = {each.order_id: each.reason or each.status for each in done}
        stories = self.collector.of(Processed)
        assert {each.serve.order.id: each.reason or each.status for each in stories} == ends
        assert self.shard.finished == len(stories) == len(done) == len(ends)
        return dict(ends)

    def failed(self) -> list[str]:
        return [name for name, end in self.told.items() if end == "failed"]


def sent_off(*bursts: int) -> tuple[LoneShard, list[list[str]]]:
    """The shard, and the ids in each message, when so many orders come at once, time and again."""
    lone = LoneShard()
    numbers = iter(range(sum(bursts)))
    for burst in bursts:
        lone.hear(*[serve(next(numbers)) for _ in range(burst)])
    return lone, lone.messages


def test_an_order_that_comes_alone_leaves_alone() -> None:
    assert sent_off(1, 1)[1] == [["o-0"], ["o-1"]]


def test_orders_that_come_together_leave_together_and_in_order() -> None:
    _, messages = sent_off(2 * TOGETHER + 3, 2)
    assert [len(message) for message in messages] == [TOGETHER, TOGETHER, 3, 2]
    assert sum(messages, []) == [f"o-{number}" for number in range(2 * TOGETHER + 5)]  # noqa: RUF017


def test_no_more_orders_leave_than_there_is_room_for_at_the_broker() -> None:
    lone, messages = sent_off(CREDIT + 5)
    assert sum(map(len, messages)) == CREDIT
    assert lone.shard.in_hand == lone.work.sent == CREDIT + 5


def ids(*numbers: int) -> list[str]:
    return [f"o-{number}" for number in numbers]


def unsendable(number: int) -> Serve:
    """An order whose envelope no JSON can hold."""
    good = serve(number)
    place = Place(good.order.id, b"", 0.0, "client/c", "\ud800", "p")
    return Serve(good.order, place, queued=False, attempt=1)


def large(number: int) -> Serve:
    """An order of which two fit into a message, and three do not."""
    lines = tuple(Line(f"{'S' * 195}{n}", 1) for n in range(900))
    order = Order(id=f"o-{number}", client="c", placed_at=0.0, lines=lines)
    return Serve(order, Place(order.id, b"", 0.0, "client/c", "g", "p"), queued=False)


def outcome(number: int, *, held_s: object = 1.0) -> OrderEnded:
    end = OrderEnd(
        worker="w",
        status="fulfilled",
        filled=(1,),
        queued=False,
        busy_s=1.0,
        held_s=cast("float", held_s),
    )
    return OrderEnded(order=f"o-{number}", shard=0, end=end)


def untellable(number: int) -> OrderEnded:
    return outcome(number, held_s="for ever")


def test_a_shard_introduces_itself_to_the_router() -> None:
    lone = LoneShard()
    lone.hear()
    assert lone.router.heard == [Ready(lone.shard.actor_ref)]


def test_an_order_that_cannot_be_sent_has_failed_and_the_others_leave() -> None:
    lone = LoneShard()
    lone.hear(serve(0), unsendable(1), serve(2))
    assert lone.stage.crashes == 1
    assert lone.told == {"o-1": "failed"}
    assert lone.sent == ids(0, 2)
    assert (lone.shard.in_hand, lone.shard.given_up) == (2, 1)
    (story,) = lone.collector.of(Processed)
    assert (story.status, story.filled, story.busy) == ("rejected", (0,), 0.0)


def test_a_message_that_cannot_be_published_costs_its_orders_only() -> None:
    lone = LoneShard(lambda number: number == 0)
    lone.hear(*map(serve, range(2 * TOGETHER + 1)))
    assert lone.failed() == ids(*range(TOGETHER))
    assert lone.sent == ids(*range(TOGETHER, 2 * TOGETHER + 1))


def test_orders_that_wait_for_company_fail_when_they_cannot_be_sent_off() -> None:
    lone = LoneShard(lambda number: number == 0)
    lone.hear(serve(0), serve(1))
    lone.hear(serve(2))
    assert lone.told == {"o-0": "failed", "o-1": "failed"}
    assert lone.sent == ids(2)


def test_the_messages_after_one_that_cannot_be_published_still_leave() -> None:
    lone = LoneShard(lambda number: number == 0)
    lone.hear(*map(large, range(5)))
    assert lone.failed() == ids(0, 1)
    assert lone.sent == ids(2, 3, 4)


def test_an_outcome_after_all_is_a_repeat_and_told_to_nobody() -> None:
    lone = LoneShard(lambda number: number == 0)
    lone.hear(serve(0), serve(1))
    assert lone.shard.given_up == 2
    lone.hear(Arrived((outcome(0), outcome(0), outcome(7))))
    assert lone.told == {"o-0": "failed", "o-1": "failed"}
    assert lone.shard.repeats == 3
    assert lone.shard.given_up == 1  # the store has the other: it has had its effect


def test_the_other_outcomes_of_a_message_are_told_when_one_cannot_be() -> None:
    lone = LoneShard()
    lone.hear(*map(serve, range(5)))
    lone.hear(Arrived((outcome(0), untellable(1), outcome(2), untellable(3), outcome(4))))
    ends = {f"o-{n}": "failed" if n in (1, 3) else "fulfilled" for n in range(5)}
    assert lone.told == ends
    assert (lone.shard.in_hand, lone.shard.repeats, lone.shard.given_up) == (0, 0, 0)


def test_an_outcome_is_told_although_the_order_that_takes_its_place_cannot_be_sent() -> None:
    lone = LoneShard()
    lone.hear(*map(serve, range(CREDIT)), unsendable(CREDIT), serve(CREDIT + 1), serve(CREDIT + 2))
    assert len(lone.sent) == CREDIT
    lone.hear(Arrived((outcome(0),)))
    assert lone.told == {"o-0": "fulfilled", f"o-{CREDIT}": "failed"}
    assert lone.sent[CREDIT:] == ids(CREDIT + 1)


def test_orders_that_waited_for_room_keep_their_place_when_those_before_them_fail() -> None:
    last = -(-CREDIT // TOGETHER)

    def fails(number: int) -> bool:
        if number == last:
            lone.stage.tell("shard/00", serve(CREDIT + 3))
        return number == last

    lone = LoneShard(fails)
    lone.hear(serve(0))  # so that the last of those that follow do not fill a message
    for first in range(1, CREDIT - TOGETHER, TOGETHER):
        lone.hear(*map(serve, range(first, first + TOGETHER)))
    lone.hear(*map(serve, range(CREDIT - TOGETHER + 1, CREDIT + 3)))
    assert lone.failed() == ids(*range(CREDIT - TOGETHER + 1, CREDIT))
    assert lone.sent[-4:] == ids(*range(CREDIT, CREDIT + 4))


def test_an_order_that_has_ended_cannot_fail() -> None:
    lone = LoneShard(lambda _number: True)
    lone.hear(serve(0), Arrived((outcome(0),)))  # of a previous start of the run
    assert lone.stage.crashes == 1
    assert lone.told == {"o-0": "fulfilled"}
    assert lone.shard.given_up == 0


def test_a_recovered_order_that_cannot_be_told_has_failed() -> None:
    job = Job.of(serve(0), "s")
    lone = LoneShard(known={"o-0": StoredOrder(job=job, end=untellable(0).end)})
    lone.hear(serve(0), serve(1))
    assert lone.told == {"o-0": "failed"}
    assert (lone.work.sent, lone.work.answered, lone.shard.given_up) == (1, 0, 0)


def test_a_run_in_which_nothing_can_be_sent_comes_to_its_end() -> None:
    runtime = ThreadsRuntime()
    lone = LoneShard(lambda _number: True, runtime=runtime)
    runtime.start()
    rescue = Timer(10.0, runtime.interrupt)
    rescue.start()
    for number in range(40):
        lone.stage.tell("shard/00", serve(number) if number % 3 else unsendable(number))
    assert lone.stage.play() == "quiescent"
    rescue.cancel()
    lone.stage.close()
    assert sorted(lone.failed()) == sorted(ids(*range(40)))
    counts = runtime.counts()
    assert counts.sent == counts.handled + counts.dead_lettered


@settings(max_examples=60)
@given(data=st.data())
def test_every_order_is_told_once_whatever_fails(data: st.DataObject) -> None:
    broken = data.draw(st.sets(st.integers(0, 12)))
    lone = LoneShard(lambda number: number in broken)
    sent = 0
    for burst in data.draw(st.lists(st.integers(1, 20), min_size=1, max_size=5)):
        kinds = data.draw(st.lists(st.sampled_from([serve, serve, unsendable]), min_size=burst))
        lone.hear(*[kind(sent + place) for place, kind in enumerate(kinds)])
        sent += len(kinds)
        heard = data.draw(st.lists(st.integers(0, sent), max_size=30))
        ways = data.draw(st.lists(st.sampled_from([outcome, untellable]), min_size=30))
        lone.hear(Arrived(tuple(way(n) for way, n in zip(ways, heard, strict=False))))
    lone.hear(Arrived(tuple(map(outcome, range(sent)))))
    assert sorted(lone.told) == sorted(ids(*range(sent)))
    assert lone.shard.in_hand == 0
