"""Outages that take their time: of the broker, of PostgreSQL, of the run itself, of a worker."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import psycopg
import pytest
from playing import PROGRAM, Play, assert_exact, command, run_id, text_of, worker
from private_broker import PrivateBroker
from private_postgres import PrivatePostgres
from private_server import until

from actors.errors import UnknownRun
from actors.rabbitmq.run.coordinator import Coordinator
from actors.stores.opening import open_store

pytest_plugins = ("server_fixtures",)

pytestmark = pytest.mark.slow

ORDERS = 2_000


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_the_broker_goes_and_comes_back(how: str, broker: PrivateBroker, postgres_url: str) -> None:
    play = Play(text_of(ORDERS), broker.url, postgres_url, workers=2).start()
    play.until_finished(500)
    getattr(broker, how)()
    broker.start()
    result = play.result()
    assert_exact(result, ORDERS, play)
    assert result.broker is not None
    assert result.broker.reconnects >= 2
    assert play.kinds()["restored"] >= 1


def test_postgresql_is_restarted(broker: PrivateBroker, postgres: PrivatePostgres) -> None:
    play = Play(text_of(ORDERS), broker.url, postgres.new_database(), workers=2).start()
    play.until_finished(500)
    postgres.kill()
    postgres.start()
    play.until_finished(1_000)
    postgres.stop()
    postgres.start()
    assert_exact(play.result(), ORDERS, play)


def stored(store: str, run: str) -> int:
    """How many orders have their outcome in the store."""
    with closing(open_store(store)) as opened, suppress(UnknownRun):
        return sum(1 for _ in opened.outcomes(run))
    return 0


@pytest.mark.parametrize("kind", ["open", "closed"])
def test_the_run_itself_is_killed_and_goes_on_under_its_id(
    kind: str, broker: PrivateBroker, store_url: str, tmp_path: Path
) -> None:
    text = text_of(ORDERS)
    if kind == "closed":  # how many orders it places depends on how fast they are answered
        text += "  shop: {count: 3, think: 20ms}\n"
    (tmp_path / "faults.yaml").write_text(text, "utf-8")
    run = run_id()
    arguments = ["faults.yaml", "--runtime", "rabbitmq", "--workers", "2", "--run", run, "-q"]
    playing = partial(command, *arguments, broker=broker.url, store=store_url, folder=tmp_path)
    with playing() as process:
        until(lambda: stored(store_url, run) > 500, within=60, what="the first 500 orders")
        process.kill()
        process.wait()
    with playing("--json", "result.json") as process:
        assert process.wait(90) == 0
    result = json.loads((tmp_path / "result.json").read_bytes())
    assert result["audit"]["ok"]
    assert result["broker"]["recovered"] > 500
    placed = result["orders"]["placed"]
    assert placed == stored(store_url, run)
    assert placed == ORDERS if kind == "open" else placed > ORDERS


# Workers whose store has no row locks and no time-out for idle transactions: the fence alone.
FENCE_ALONE = """
from actors.stores import postgres
postgres.LOCKED = postgres.LOCKED.replace("FOR UPDATE", "")
postgres.PostgresStore.__init__.__kwdefaults__["idle_s"] = 600.0
"""
# The same, and whoever comes last wins.
NO_FENCE = (
    FENCE_ALONE
    + """
from actors.stores import sql
postgres.UPDATE = postgres.UPDATE.replace("AND old.version = new.version", "")
def write(batch, rows, outcomes):
    rows = list(rows)
    if rows:
        batch._store._update(batch._cursor, batch._run, rows)
    if outcomes:
        batch._store._remember(batch._cursor, batch._run, outcomes)
sql.SqlBatch.write = write
"""
)


@pytest.mark.parametrize(
    ("store_is", "holds"),
    [("", True), (FENCE_ALONE, True), (NO_FENCE, False)],
    ids=["locks and fence", "fence alone", "neither"],
)
def test_a_worker_that_was_frozen_in_a_batch_does_no_harm_when_it_goes_on(
    store_is: str, holds: bool, broker: PrivateBroker, postgres: PrivatePostgres
) -> None:
    url = postgres.new_database()
    heartbeat = f"{broker.url}?heartbeat=1"
    text = text_of(3_000, rate=150, service="0ms")
    play = Play(text, heartbeat, url, workers=0, expected=2)
    program = f"{store_is}\n{PROGRAM}"
    zombie_url = f"{url}?application_name=zombie"
    flags = ["--run", play.run, "--quiet"]
    with (
        worker(heartbeat, zombie_url, *flags, "--name", "zombie", program=program) as zombie,
        worker(heartbeat, url, *flags, "--name", "heir", program=program),
    ):
        play.start().until_finished(300)
        freeze_in_a_batch(zombie, url)
        frozen_at = play.simulation.progress().finished
        play.until(lambda: play.kinds().get("lost", 0) > 0, "the zombie is missed")
        play.until_finished(frozen_at + 900)  # what it held has had its effect through its heir
        zombie.send_signal(signal.SIGCONT)
        result = play.result()
    if holds:
        assert_exact(result, 3_000, play)
    else:
        assert not result.audit.ok
        assert result.exit_code == 98


def freeze_in_a_batch(process: subprocess.Popen[bytes], url: str) -> None:
    """Stop a worker when it has read the stock and has not written it yet."""
    with psycopg.connect(url, autocommit=True) as connection:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            process.send_signal(signal.SIGSTOP)
            until(lambda: _session(connection)[0] != "active", within=10, what="it stands still")
            state, query = _session(connection)
            if state == "idle in transaction" and "FROM stocksim_" in query:
                return
            process.send_signal(signal.SIGCONT)
            time.sleep(0.003)
    raise TimeoutError("the worker was never caught in a batch")


def _session(connection: psycopg.Connection[tuple[object, ...]]) -> tuple[str, str]:
    rows = connection.execute(
        "SELECT state, query FROM pg_stat_activity WHERE application_name = 'zombie'"
    ).fetchall()
    return (str(rows[0][0]), str(rows[0][1])) if rows else ("", "")


def test_a_broker_that_is_gone_at_the_very_end_costs_no_result(
    broker: PrivateBroker, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dismiss = Coordinator.dismiss

    def dismiss_and_lose_the_broker(coordinator: Coordinator) -> None:
        dismiss(coordinator)
        broker.kill()

    monkeypatch.setattr(Coordinator, "dismiss", dismiss_and_lose_the_broker)
    play = Play(text_of(200), broker.url, postgres_url)
    assert_exact(play.start().result(), 200, play)
    assert any("stocksim broker clean" in event.text for event in play.events)
