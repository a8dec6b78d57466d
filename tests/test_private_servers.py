"""The tests' own servers: they survive a restart with their data, and not the tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pika
import psycopg
import pytest
from private_broker import PrivateBroker
from private_postgres import PrivatePostgres
from private_server import PrivateServer, ServerMissing, free_ports, private, until

pytest_plugins = ("server_fixtures",)

HERE = Path(__file__).parent


def declare(broker: PrivateBroker, *, passive: bool) -> int:
    """Declare a durable queue; how many messages it holds."""
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        arguments = {"x-queue-type": "quorum"}
        found = channel.queue_declare("kept", passive=passive, durable=True, arguments=arguments)
        if not passive:
            channel.basic_publish("", "kept", b"order")
        return int(found.method.message_count)


@pytest.mark.slow
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_what_the_broker_confirmed_is_there_after_a_restart(
    broker: PrivateBroker, end: str
) -> None:
    declare(broker, passive=False)
    getattr(broker, end)()
    assert not broker.running
    assert not broker.answers()
    broker.start()
    until(lambda: declare(broker, passive=True) > 0, within=20, what="the message is back")


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_what_postgres_committed_is_there_after_a_restart(
    postgres: PrivatePostgres, end: str
) -> None:
    url = postgres.new_database()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
    getattr(postgres, end)()
    assert not postgres.answers()
    postgres.start()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (7,)


KILLED_TESTS = """
import os, signal, sys
sys.path.insert(0, {here!r})
from {module} import {kind}
server = {kind}()
server.start()
print(server.folder, server.port, server._pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(
    "kind", [pytest.param(PrivateBroker, marks=pytest.mark.slow), PrivatePostgres]
)
def test_a_server_ends_with_the_tests_even_if_they_are_killed(kind: type[PrivateServer]) -> None:
    program = KILLED_TESTS.format(here=str(HERE), module=kind.__module__, kind=kind.__name__)
    killed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert killed.returncode == -9, killed.stderr
    folder, _port, pid = killed.stdout.split()
    until(lambda: not Path(folder).exists(), within=20, what="the folder is gone")
    assert not Path(f"/proc/{pid}").exists()


def test_free_ports_are_different_and_out_of_the_clients_range() -> None:
    ports = free_ports(50)
    assert len(set(ports)) == 50
    lowest_of_clients = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert max(ports) < lowest_of_clients


def missing() -> PrivatePostgres:
    raise ServerMissing("PostgreSQL is not installed: apt-get install postgresql")


def test_a_missing_package_skips_on_a_laptop_and_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install postgresql"):
        private(missing)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install postgresql"):
        private(missing)
