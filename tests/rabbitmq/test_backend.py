"""A broker is another backend: what a Simulation takes and promises, it takes and promises here."""

from __future__ import annotations

import json
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import ClassVar

import pytest
from playing import Play, assert_exact, run_id, text_of
from private_broker import PrivateBroker
from private_server import free_ports
from typing_extensions import override

from actors import Simulation, load_text
from actors.client import OpenClient
from actors.collector import Collector
from actors.decisions.routing import STRATEGIES
from actors.errors import BrokerUnreachable, RuntimeMisuse, UsageError
from actors.inventory import Inventory
from actors.messages import Outcome, Place, Processed, Serve
from actors.processor import Processor
from actors.rabbitmq.run.backend import BrokerBackend
from actors.rabbitmq.run.site import Site
from actors.ref import Ref
from actors.router import Router
from actors.runtime.interception import Interceptor, Transit
from actors.simulation import Cast

pytestmark = pytest.mark.slow

pytest_plugins = ("server_fixtures",)


def site(folder: Path, broker: str = "amqp://localhost/") -> Site:
    return Site(broker, f"sqlite:{folder}/stock.db", run_id(), patience_s=0.5)


# --- Roles ----------------------------------------------------------------------------------


class Lazy(OpenClient):
    """Places every second order that is due."""

    keeps_schedule: ClassVar[bool] = False
    due_orders = 0

    @override
    def place(self, scheduled: float, phase: str, reply_to: Ref[Outcome] | None = None) -> None:
        self.due_orders += 1
        if self.due_orders % 2:
            super().place(scheduled, phase, reply_to)


class Noting(Router):
    """Keeps who has sent what came."""

    senders: ClassVar[Counter[str]] = Counter()

    @override
    def place(self, place: Place) -> None:
        Noting.senders[place.sender] += 1
        super().place(place)


class Counting(Collector):
    """Counts, in a way of its own."""

    taken: ClassVar[list[str]] = []

    @override
    def processed(self, done: Processed) -> None:
        Counting.taken.append(done.serve.order.id)
        super().processed(done)


class Losing(Collector):
    """Loses one order."""

    @override
    def processed(self, done: Processed) -> None:
        if done.serve.order.id != "web-1-3":
            super().processed(done)


def test_clients_router_and_collector_may_be_played_by_other_classes(
    broker: PrivateBroker, tmp_path: Path
) -> None:
    roles = Cast(open_client=Lazy, router=Noting, collector=Counting)
    play = Play(text_of(100), broker.url, f"sqlite:{tmp_path}/stock.db", roles=roles)
    assert_exact(play.start().result(), 50, play)
    assert Noting.senders == {f"client/web-{number}": 10 for number in range(1, 6)}
    assert len(set(Counting.taken)) == len(Counting.taken) == 50


def test_the_audit_finds_a_mistake_in_a_role_as_it_does_anywhere(
    broker: PrivateBroker, tmp_path: Path
) -> None:
    roles = Cast(collector=Losing)
    play = Play(text_of(50), broker.url, f"sqlite:{tmp_path}/stock.db", roles=roles)
    result = play.start().result()
    assert result.exit_code == 98
    failed = {check.name: check.detail for check in result.audit.checks if not check.ok}
    assert "web-1-3 is lost" in failed["one outcome an order"]
    assert "collector" in failed["orders flow"]


class Careless(Processor):
    """Another processor."""


class Bottomless(Inventory):
    """Another inventory."""


@pytest.mark.parametrize(
    ("roles", "complaint"),
    [
        (Cast(processor=Careless), "a Cast with processor=Careless is not possible over a br"),
        (Cast(inventory=Bottomless), "a Cast with inventory=Bottomless is not possible over a b"),
        (Cast(strategies={**STRATEGIES, "mine": STRATEGIES["random"]}), "a Cast with strategies"),
    ],
)
def test_roles_that_are_the_workers_are_refused(
    roles: Cast, complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=complaint):
        Simulation(
            load_text(text_of(50), name="faults"),
            backend=BrokerBackend(site(tmp_path)),
            roles=roles,
        )
    assert list(tmp_path.iterdir()) == []


def test_one_of_several_replications_is_refused(tmp_path: Path) -> None:
    loaded = load_text(text_of(50), name="faults")
    with pytest.raises(UsageError, match="--replication"):
        Simulation(loaded, backend=BrokerBackend(site(tmp_path)), replication=1)


# --- Beginning and end ------------------------------------------------------------------------


def test_nothing_is_opened_before_the_block_begins(tmp_path: Path) -> None:
    loaded = load_text(text_of(50), name="faults")
    Simulation(loaded, backend=BrokerBackend(site(tmp_path, "amqp://nowhere.invalid/")))
    assert list(tmp_path.iterdir()) == []


def test_a_broker_that_is_not_there_ends_the_run_and_leaves_no_actor(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    backend = BrokerBackend(site(tmp_path, f"amqp://guest:guest@127.0.0.1:{port}/"))
    simulation = Simulation(load_text(text_of(50), name="faults"), backend=backend)
    with pytest.raises(BrokerUnreachable):
        simulation.run()
    router = simulation.participants.router.actor_ref
    assert not router.is_alive()
    with pytest.raises(RuntimeMisuse, match="played once"):
        simulation.run()


def test_actors_are_there_in_the_block_and_stopped_after_it(
    broker: PrivateBroker, tmp_path: Path
) -> None:
    play = Play(text_of(50), broker.url, f"sqlite:{tmp_path}/stock.db")
    with play.simulation as simulation:
        shards = [each.name for each in simulation.participants.processors]
        assert shards == [f"shard/{number:02}" for number in range(16)]
        result = simulation.run()
    assert_exact(result, 50, play)
    assert result.runtime == "rabbitmq"
    assert not simulation.participants.router.actor_ref.is_alive()


# --- What a scenario promises -------------------------------------------------------------------

# One processor, and everything at once: all but the first orders wait in the worker's line.
BURST = """\
stocksim: 1
products: {{P-01..20: {{stock: 1000}}}}
processors: {{count: 1, service_time: 20ms, line_time: 10ms}}
router: {{queue_limit: {limit}}}
clients:
  web:
    phases: {{day: {{duration: 1ms, rate: 1/s, burst: 30}}}}
    orders: {{lines: 2, priority: {{0: 50, 7: 50}}}}
"""


def test_the_highest_priority_that_a_worker_has_in_hand_is_served_first(
    broker: PrivateBroker, tmp_path: Path
) -> None:
    records = BytesIO()
    text = BURST.format(limit=1_000)
    play = Play(text, broker.url, f"sqlite:{tmp_path}/stock.db", records=records)
    result = play.start().result()
    assert result.audit.ok
    priorities = [json.loads(line)["priority"] for line in records.getvalue().splitlines()]
    waited = priorities[3:]  # those before were served when the others were still on their way
    assert len(set(waited)) == 2
    assert waited == sorted(waited, reverse=True)


def test_an_order_is_served_for_the_time_that_it_has_anywhere(
    broker: PrivateBroker, tmp_path: Path
) -> None:
    text = BURST.format(limit=1_000)
    text = text.replace("20ms", "exponential 5ms").replace("10ms", "exponential 2ms")
    result = Play(text, broker.url, f"sqlite:{tmp_path}/stock.db").start().result()
    local = Simulation(load_text(text, name="faults"), runtime="virtual").run()
    assert result.service_s.mean == pytest.approx(local.service_s.mean)
    assert result.service_s.max == pytest.approx(local.service_s.max)


def test_what_finds_the_line_full_is_refused(broker: PrivateBroker, tmp_path: Path) -> None:
    play = Play(
        BURST.format(limit=10).replace("20ms", "90ms"), broker.url, f"sqlite:{tmp_path}/stock.db"
    )
    result = play.start().result()
    assert result.audit.ok
    assert result.orders.placed == 30
    # Ten wait and one is in service; how many end meanwhile is the machine's business.
    assert 15 <= result.orders.rejected_by["overloaded"] <= 19
    assert result.processors.queue.max == 10


class Watching(Interceptor):
    """Counts the orders that it sees on their way to shards."""

    def __init__(self) -> None:
        self.orders: list[str] = []

    @override
    def send(self, transit: Transit) -> None:
        if isinstance(transit.message, Serve) and transit.receiver.startswith("shard/"):
            self.orders.append(transit.message.order.id)
        transit.deliver()


def test_an_interceptor_sees_the_messages_of_the_runs_own_actors(
    broker: PrivateBroker, tmp_path: Path
) -> None:
    watching = Watching()
    play = Play(text_of(50), broker.url, f"sqlite:{tmp_path}/stock.db", interceptor=watching)
    assert_exact(play.start().result(), 50, play)
    assert len(set(watching.orders)) == len(watching.orders) == 50
