"""Runs over a broker from the command line: what a person sees, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from pika.exceptions import ChannelClosedByBroker
from playing import ROOT, channel_to, run_id, text_of
from private_broker import PrivateBroker
from private_server import free_ports

from actors.cli.app import app
from actors.cli.ending import exit_with
from actors.errors import UnknownRun
from actors.rabbitmq.both.topology import Topology
from actors.stores.opening import open_store

pytest_plugins = ("server_fixtures",)

ENDLESS = text_of(60_000, rate=100)
# An order takes a minute: nothing that is open can end soon.
STUCK = text_of(60_000, rate=100, service="1min")

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(broker: PrivateBroker, tmp_path: Path) -> Iterator[Start]:
    """Starts commands, with broker and store in the environment; ended with the test."""
    started: list[subprocess.Popen[str]] = []
    environment = {
        **os.environ,
        "STOCKSIM_BROKER": broker.url,
        "STOCKSIM_STORE": f"sqlite:{tmp_path}/stock.db",
        "PYTHONUTF8": "1",
    }

    def begin(*words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "stocksim.py"), *words],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def scenario(tmp_path: Path) -> Callable[[str], str]:
    """Writes a scenario; returns the words that play it over the broker."""

    def write(text: str) -> str:
        (tmp_path / "shop.yaml").write_text(text, "utf-8")
        return "shop.yaml"

    return write


def play_words(scenario: str, *more: str) -> list[str]:
    return [scenario, "--runtime", "rabbitmq", "--json", "result.json", *more]


def wait_for(process: subprocess.Popen[str], cue: str) -> str:
    """Read the log up to the line that has the cue."""
    assert process.stderr is not None
    read = ""
    for line in process.stderr:
        read += line
        if cue in line:
            return read
    raise AssertionError(f"it ended without {cue!r}:\n{read}")


def test_the_summary_says_how_it_went_between_run_and_workers(
    start: Start, scenario: Callable[[str], str], tmp_path: Path
) -> None:
    run = run_id()
    words = play_words(scenario(text_of(200)), "--workers", "1", "--run", run, "--color", "always")
    out, log = (process := start(*words)).communicate(timeout=60)
    assert process.returncode == 0
    assert f"RUN         {run}" in _plain(out)
    assert "16 by product, in place of router.strategy shared_queue" in out
    assert "1 workers" in out
    assert "\x1b[32m▶ joined" in log  # green
    assert "worker/local-1" in log
    report = json.loads((tmp_path / "result.json").read_bytes())["broker"]
    assert report["run"] == run
    assert report["workers"][0]["orders"] == 200
    assert set(report) >= {"batches", "redeliveries", "dead_letters", "reconnects"}


def _plain(text: str) -> str:
    return text.replace("\x1b[1m", "").replace("\x1b[0m", "")


@pytest.mark.slow
def test_a_worker_without_a_run_serves_one_after_the_other(
    start: Start, scenario: Callable[[str], str], tmp_path: Path
) -> None:
    worker = start("worker", "--name", "standing")
    path = scenario(text_of(100))
    for _ in range(2):
        process = start(*play_words(path))
        process.communicate(timeout=60)
        assert process.returncode == 0
        report = json.loads((tmp_path / "result.json").read_bytes())["broker"]
        assert [each["worker"] for each in report["workers"]] == ["standing"]
    worker.send_signal(signal.SIGTERM)
    _, log = worker.communicate(timeout=30)
    assert worker.returncode == 0
    assert log.count("joined") == log.count("left") == 2
    assert "100 orders in" in log


@pytest.mark.slow
def test_a_worker_that_is_told_to_end_gives_back_what_it_holds(
    start: Start, scenario: Callable[[str], str], tmp_path: Path
) -> None:
    run = run_id()
    leaving = start("worker", "--run", run, "--name", "leaving")
    playing = start(*play_words(scenario(text_of(600, rate=150)), "--run", run))
    wait_for(playing, "fulfilled")
    leaving.send_signal(signal.SIGTERM)
    leaving.communicate(timeout=30)
    assert leaving.returncode == 0
    wait_for(playing, "left")
    start("worker", "--run", run, "--name", "staying", "-q")
    playing.communicate(timeout=60)
    assert playing.returncode == 0
    result = json.loads((tmp_path / "result.json").read_bytes())
    assert result["orders"]["placed"] == 600
    assert result["broker"]["lost"] == 0
    assert result["broker"]["joined"] == 2


@pytest.mark.slow
def test_a_signal_drains_a_run_and_a_second_one_cuts_it(
    start: Start, scenario: Callable[[str], str], tmp_path: Path
) -> None:
    drained = start(*play_words(scenario(ENDLESS), "--workers", "1"))
    wait_for(drained, "fulfilled")
    drained.send_signal(signal.SIGINT)
    out, _ = drained.communicate(timeout=30)
    assert drained.returncode == 130
    assert "audit holds" in out
    run = run_id()
    cut = start(*play_words(scenario(STUCK), "--workers", "1", "--run", run, "-v"))
    wait_for(cut, "sent to the broker")
    cut.send_signal(signal.SIGINT)
    wait_for(cut, "draining")
    cut.send_signal(signal.SIGINT)
    out, log = cut.communicate(timeout=30)
    assert cut.returncode == 130
    assert "Traceback" not in log
    orders = json.loads((tmp_path / "result.json").read_bytes())["orders"]
    assert orders["rejected_by"].keys() == {"interrupted"}


@contextmanager
def nobody_listens() -> Iterator[str]:
    """A broker's URL where there is none."""
    (port,) = free_ports(1)
    yield f"amqp://guest:sesame@127.0.0.1:{port}/"


def test_a_refused_connection_says_where_how_often_and_what_to_check(start: Start) -> None:
    with nobody_listens() as url:
        process = start("broker", "clean", "gone", "--broker", url)
        out, complaint = process.communicate(timeout=60)
    assert process.returncode == 2
    assert out == ""
    assert f"no RabbitMQ at {url.rpartition('@')[2].rstrip('/')}" in complaint
    for words in ("tried once", "Is it running", "password and virtual host in --broker right?"):
        assert words in complaint
    assert "sesame" not in complaint
    assert "Traceback" not in complaint


def test_a_wrong_password_is_not_tried_again(
    start: Start, scenario: Callable[[str], str], broker: PrivateBroker, tmp_path: Path
) -> None:
    wrong = broker.url.replace("guest:guest", "guest:sesame")
    words = play_words(scenario(text_of(10)), "--broker", wrong)
    out, complaint = (process := start(*words)).communicate(timeout=60)
    assert process.returncode == 2
    assert "ACCESS_REFUSED" in complaint
    assert "tries: 1, in 0 s" in complaint
    assert "sesame" not in complaint + out
    assert not (tmp_path / "result.json").exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--runtime", "rabbitmq", "--broker", ""], "RabbitMQ must be named"),
        (["--runtime", "rabbitmq", "--broker", "localhost"], "not an AMQP URL"),
        (["--runtime", "rabbitmq", "--run", "../x"], "cannot name a run"),
        (["--runtime", "rabbitmq", "--workers", "-1"], "'--workers'"),
        (["--runtime", "rabbitmq", "--store", "mysql://h/d"], "no store"),
        (["--workers", "2"], "need --runtime rabbitmq"),
        (["--run", "x"], "need --runtime rabbitmq"),
    ],
)
def test_a_wrong_flag_is_told_in_one_line(
    words: list[str],
    complaint: str,
    scenario: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STOCKSIM_BROKER", "amqp://localhost/")
    arguments = [scenario(text_of(10)), *words]
    with pytest.raises(SystemExit) as leaving:
        exit_with(lambda: app.main(arguments, prog_name="stocksim", standalone_mode=False))
    assert leaving.value.code == 2
    said = capsys.readouterr()
    assert complaint in said.err
    assert said.out == ""
    assert "Traceback" not in said.err


def test_a_store_that_cannot_be_used_ends_the_run_before_it_begins(
    start: Start, scenario: Callable[[str], str], tmp_path: Path
) -> None:
    (tmp_path / "orders.jsonl").write_text("of a run before")
    words = play_words(scenario(text_of(10)), "--workers", "1", "--store", "sqlite:/dev/null/x")
    _, log = (process := start(*words, "--orders", "orders.jsonl")).communicate(timeout=60)
    assert process.returncode == 2
    assert (tmp_path / "orders.jsonl").read_text() == "of a run before"
    assert "sqlite:/dev/null/x" in log
    assert "Traceback" not in log


@pytest.mark.slow
def test_clean_removes_a_run_that_was_left_behind(
    start: Start, scenario: Callable[[str], str], broker: PrivateBroker, tmp_path: Path
) -> None:
    run = run_id()
    left = start(*play_words(scenario(ENDLESS), "--workers", "1", "--run", run))
    wait_for(left, "fulfilled")
    left.kill()
    left.wait()
    out, _ = (process := start("broker", "clean", run)).communicate(timeout=60)
    assert process.returncode == 0
    assert f"{run}: queues removed" in out
    assert f"{run}: forgotten by the store" in out
    with channel_to(broker.url) as channel, pytest.raises(ChannelClosedByBroker):
        channel.queue_declare(Topology(run).dead, passive=True)
    with closing(open_store(f"sqlite:{tmp_path}/stock.db")) as store, pytest.raises(UnknownRun):
        store.rows(run)
