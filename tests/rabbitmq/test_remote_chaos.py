"""Everything that can go wrong, in one run of 30,000 orders."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from playing import channel_to, command, run_id, text_of
from private_broker import PrivateBroker
from private_server import until

from actors.errors import UnknownRun
from actors.rabbitmq.both.topology import Topology
from actors.stores.opening import open_store

pytest_plugins = ("server_fixtures",)

ORDERS = 30_000


class Chaos:
    """A run of the command, and the hand that interferes with it."""

    def __init__(self, broker: PrivateBroker, store: str, folder: Path) -> None:
        self.broker = broker
        self.store = store
        self.run = run_id()
        self.folder = folder
        (folder / "chaos.yaml").write_text(text_of(ORDERS, rate=1_000, service="0ms"), "utf-8")

    @contextmanager
    def playing(self) -> Iterator[subprocess.Popen[bytes]]:
        """The run's own process, with two local workers."""
        arguments = ["chaos.yaml", "--runtime", "rabbitmq", "--workers", "2", "--run", self.run]
        with command(
            *arguments,
            "-q",
            "--json",
            "result.json",
            broker=self.broker.url,
            store=self.store,
            folder=self.folder,
        ) as process:
            yield process

    def until_stored(self, orders: int) -> None:
        """Wait until the store has so many outcomes."""
        until(lambda: self.stored() >= orders, within=120, what=f"{orders} orders stored")

    def stored(self) -> int:
        """How many outcomes the store has."""
        with closing(open_store(self.store)) as store, suppress(UnknownRun):
            return sum(1 for _ in store.outcomes(self.run))
        return 0

    def kill_a_worker(self, process: subprocess.Popen[bytes]) -> None:
        """Kill one of the run's workers; the run starts another."""
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        os.kill(int(children.split()[0]), signal.SIGKILL)

    def poison(self, *bodies: bytes) -> None:
        """Put messages into the shards that nobody can use."""
        with channel_to(self.broker.url) as channel:
            for shard, body in enumerate(bodies):
                channel.basic_publish(Topology(self.run).orders, str(shard), body)

    def buried(self) -> set[bytes]:
        """What is in the queue of dead letters."""
        bodies = set()
        with channel_to(self.broker.url) as channel:
            while (body := channel.basic_get(Topology(self.run).dead)[2]) is not None:
                bodies.add(body)
        return bodies


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_thirty_thousand_orders_survive_everything_at_once(
    broker: PrivateBroker, postgres_url: str, tmp_path: Path
) -> None:
    chaos = Chaos(broker, postgres_url, tmp_path)
    with chaos.playing() as process:
        chaos.until_stored(2_000)
        chaos.kill_a_worker(process)
        chaos.poison(b"one", b"two", b"three")
        chaos.until_stored(5_000)
        broker.stop()
        broker.start()
        chaos.until_stored(9_000)
        process.kill()
    with chaos.playing() as process:
        chaos.until_stored(14_000)
        chaos.kill_a_worker(process)
        chaos.poison(b"four", b"five")
        chaos.until_stored(18_000)
        broker.kill()
        broker.start()
        assert process.wait(150) == 0
    result = json.loads((tmp_path / "result.json").read_bytes())
    checks = {check["name"]: check for check in result["audit"]["checks"]}
    assert all(check["ok"] for check in checks.values())
    assert "lost 0, duplicated 0, unexpected 0" in checks["one outcome an order"]["detail"]
    assert result["orders"]["placed"] == ORDERS == chaos.stored()
    assert set(result["orders"]["rejected_by"]) <= {"out_of_stock"}
    assert result["broker"]["recovered"] >= 9_000
    # One that was being buried while the broker went down is buried again.
    assert result["broker"]["dead_letters"] >= 5
    assert chaos.buried() == {b"one", b"two", b"three", b"four", b"five"}
    with closing(open_store(postgres_url)) as store:
        for row in store.rows(chaos.run):
            assert row.on_hand == row.initial + row.returned - row.sold >= 0
