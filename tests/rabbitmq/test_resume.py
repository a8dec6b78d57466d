"""What a previous start had done is placed again as it was."""

from __future__ import annotations

from actors.decisions.order_json import decode_order
from actors.measure.ledger import Ledger
from actors.messages import Line, Luck, Order, Place
from actors.rabbitmq.both.wire import Job
from actors.rabbitmq.run.resume import PlaceAgain, ResumingClient
from actors.testing import Stage

ORDER = Order(id="shop-1-7", client="shop-1", placed_at=4.5, lines=(Line("TEA", 2),))
JOB = Job(
    scenario="s",
    order=ORDER,
    scheduled=4.5,
    sender="client/shop-1",
    group="shop",
    phase="day",
    luck=(0.1, 0.2, 0.3),
)


def test_an_order_is_placed_again_for_its_moment_group_and_phase_with_its_luck(
    stage: Stage,
) -> None:
    router, ledger = stage.probe("router"), Ledger()
    client = stage.spawn("client/resumed", lambda: ResumingClient("", router.actor_ref, ledger))
    stage.tell(client.name, PlaceAgain((JOB,)))
    stage.play()
    client.at(6.0, PlaceAgain((JOB,)))
    stage.play()
    early, place = router.of(Place)
    assert early.scheduled == 0.0  # it has had its outcome: it cannot be scheduled for later
    ledger.ended([early])
    assert decode_order(place.body) == ORDER
    assert (place.scheduled, place.group, place.phase) == (4.5, "shop", "day")
    assert place.luck == Luck(0.1, 0.2, 0.3)
    assert not place.waits  # whoever waited is not there any more
    assert ledger.open() == [place]
