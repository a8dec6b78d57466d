"""Ctrl-C: the first drains and still prints the summary, the second stops at once."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import struct
import subprocess
import sys
import termios
from collections import Counter
from pathlib import Path

import pytest
from command import Outcome, start

STEADY = """\
stocksim: 1
name: steady
products: {TEA: {stock: 100000}}
processors: {count: 2, service_time: 20ms}
clients:
  web: {count: 2, phases: {day: {duration: 10min, rate: 40/s}}}
  shop: {count: 2, think: 50ms}
"""

# Every order takes a minute: nothing that is open when a signal comes can end soon.
STUCK = STEADY.replace("20ms", "1min")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "steady.yaml").write_text(STEADY, "utf-8")
    (tmp_path / "stuck.yaml").write_text(STUCK, "utf-8")
    return tmp_path


def interrupted(
    scenario: str, folder: Path, cue: str, *signals: signal.Signals, flags: tuple[str, ...]
) -> Outcome:
    """Run until a log line has the cue, then send the signals, each once the last was noticed."""
    outputs = ("--json", "result.json", "--orders", "orders.jsonl")
    with start(scenario, "-v", *outputs, *flags, cwd=folder) as process:
        try:
            log = wait_for(process, cue)
            for number in signals:
                process.send_signal(number)
                log += wait_for(process, "interrupt")
            out, rest = process.communicate(timeout=30)
        finally:
            process.kill()
    return Outcome(process.returncode, out, log + rest)


def wait_for(process: subprocess.Popen[str], cue: str) -> str:
    """Read the log up to the line that has the cue."""
    read = ""
    assert process.stderr is not None
    for line in process.stderr:
        read += line
        if cue in line:
            return read
    raise AssertionError(f"the run ended without {cue!r}:\n{read[-2000:]}")


def result_in(folder: Path) -> dict[str, object]:
    result: dict[str, object] = json.loads((folder / "result.json").read_bytes())
    return result


def outcomes_in(folder: Path) -> Counter[tuple[str, str | None]]:
    lines = (folder / "orders.jsonl").read_bytes().splitlines()
    return Counter((record["outcome"], record["reason"]) for record in map(json.loads, lines))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "flags",
    [("--runtime", "threads"), ("--runtime", "pool"), ("--runtime", "virtual", "--speed", "1")],
    ids=["threads", "pool", "virtual"],
)
def test_a_signal_drains_and_prints_the_summary(
    number: signal.Signals, flags: tuple[str, ...], folder: Path
) -> None:
    outcome = interrupted("steady.yaml", folder, "fulfilled", number, flags=flags)
    assert outcome.code == 130
    assert "INTERRUPTED" in outcome.out
    assert "audit holds" in outcome.out
    assert "Traceback" not in outcome.err
    result = result_in(folder)
    assert result["interrupted"] is True
    assert result["exit_code"] == 130
    outcomes = outcomes_in(folder)
    assert outcomes["fulfilled", None] > 0
    assert ("rejected", "interrupted") not in outcomes


@pytest.mark.parametrize(
    "flags",
    [("--runtime", "threads"), ("--runtime", "pool"), ("--runtime", "virtual", "--speed", "1")],
    ids=["threads", "pool", "virtual"],
)
def test_a_second_signal_stops_at_once_and_open_orders_are_interrupted(
    flags: tuple[str, ...], folder: Path
) -> None:
    outcome = interrupted("stuck.yaml", folder, "taken", signal.SIGINT, signal.SIGINT, flags=flags)
    assert outcome.code == 130
    assert "INTERRUPTED" in outcome.out
    assert "audit holds" in outcome.out
    assert "Traceback" not in outcome.err
    outcomes = outcomes_in(folder)
    assert set(outcomes) == {("rejected", "interrupted")}
    orders = result_in(folder)["orders"]
    assert isinstance(orders, dict)
    assert orders["placed"] == orders["rejected"] == sum(outcomes.values()) > 0


@pytest.mark.skipif(sys.platform != "linux", reason="needs to see how full a pipe is")
def test_a_signal_in_the_middle_of_a_log_line_is_no_deadlock(folder: Path) -> None:
    with start("steady.yaml", "-v", "--runtime", "virtual", cwd=folder) as process:
        try:
            assert process.stderr is not None
            wait_until_full(process.stderr.fileno())  # the run stands still in the log's lock
            process.send_signal(signal.SIGINT)
            out, log = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "no more orders; draining" in log
    assert "audit holds" in out


def wait_until_full(pipe: int) -> None:
    """Return once a pipe that nobody reads takes not one more line."""
    room = fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ)
    while struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"    "))[0] < room - 4_096:
        os.sched_yield()
