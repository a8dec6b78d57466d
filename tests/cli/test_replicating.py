"""`--replications` as a user types it: outputs, exit codes, Ctrl-C, kill -9 and going on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from command import COMMAND, QUICK, Outcome, environment, stocksim

pytest_plugins = ("command_fixtures",)

Here = Callable[..., Outcome]

# A tenth of a second of work a replication, on a machine that has nothing else to do.
BUSY = QUICK.replace("10s, rate: 10/s", "10s, rate: 300/s").replace("50ms", "1ms")
STUCK = QUICK.replace("10s, rate: 10/s", "30d, rate: 300/s")
needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="finds children in /proc")


def document(path: Path) -> dict[str, object]:
    """The JSON document without the one part that may differ."""
    found: dict[str, object] = json.loads(path.read_bytes())
    assert found.pop("time")
    return found


def test_a_set_prints_means_with_intervals_and_says_where_it_is(quick: Path) -> None:
    outcome = stocksim(quick, "--replications", "6", "--jobs", "2")

    assert outcome.code == 0
    assert outcome.out.startswith("quick · virtual · seed 1 · stocksim")
    assert "6 replications · " in outcome.out
    assert "PASSED  1 of 1 thresholds kept, audit holds in each replication" in outcome.out
    (line,) = [line for line in outcome.out.splitlines() if line.startswith("  latency_s.mean ")]
    assert line.count("±") == 2
    assert " orders, latency p95 " in outcome.err
    assert "Traceback" not in outcome.err


def test_quiet_says_nothing_on_stderr_and_verbose_shows_every_figure(
    here: Here, quick: Path
) -> None:
    quiet = here(quick, "--replications", "2", "-q")
    verbose = here(quick, "--replications", "2", "-v")

    assert quiet.err == ""
    assert "groups.web.latency_s.p99" in verbose.out
    assert "groups.web.latency_s.p99" not in quiet.out


def test_one_and_two_processes_write_the_same_document(here: Here, quick: Path) -> None:
    for jobs in ("1", "2"):
        outcome = here(quick, "--replications", "5", "--jobs", jobs, "--json", f"{jobs}.json", "-q")
        assert outcome.code == 0

    one, two = document(Path("1.json")), document(Path("2.json"))
    assert one == two
    assert one["replication_set"] == 1
    assert one["finished"] == 5
    figures = one["figures"]
    assert isinstance(figures, dict)
    assert set(figures["latency_s.mean"]) == {"mean", "half_width", "n", "min", "max"}


def test_a_kept_replication_is_the_single_run_of_that_number(here: Here, quick: Path) -> None:
    assert here(quick, "--replications", "4", "--keep", "set", "-q").code == 0
    for number in ("0", "3"):
        alone = here(quick, "--replication", number, "--json", "alone.json", "-q")
        assert alone.code == 0
        assert document(Path("alone.json")) == document(Path(f"set/replication-{number}.json"))

    plain = here(quick, "--json", "plain.json", "-q")
    assert "replication" not in plain.out.splitlines()[0]
    assert document(Path("plain.json")) == document(Path("set/replication-0.json"))


def test_json_on_stdout_is_pure(here: Here, quick: Path) -> None:
    outcome = here(quick, "--replications", "2", "--json", "-")

    assert json.loads(outcome.out)["replications"] == 2


def test_a_threshold_that_the_mean_fails_is_exit_99(here: Here, quick: Path) -> None:
    strict = "thresholds=[latency p99 < 1ms]"
    outcome = here(quick, "--replications", "2", "-q", "--set", strict, "--json", "r.json")

    assert outcome.code == 99
    assert "FAILED" in outcome.out
    assert "2 replications are few" in outcome.out
    assert document(Path("r.json"))["exit_code"] == 99


REFUSED: list[tuple[Sequence[str], str]] = [
    (["--replications", "0"], "'0' is not a whole number from 1 to 100,000"),
    (["--replications", "many"], "'many' is not a whole number"),
    (["--replications", "100001"], "'100001' is not a whole number"),
    (["--replications", "2", "--jobs", "0"], "'0' is not a whole number from 1 to 1,000"),
    (["--replication", "-1"], "'-1' is not a whole number from 0"),
    (["--replications", "2", "--replication", "1"], "plays one of them alone"),
    (["--replications", "2", "--orders", "x.jsonl"], "--orders is for one run"),
    (["--replications", "2", "--speed", "2"], "--speed is for watching one run"),
    (["--replications", "2", "--runtime", "threads"], "add --runtime virtual"),
    (["--replications", "2", "--executor", "moon"], "there is no executor 'moon'"),
    (["--replications", "2", "--keep", ""], "--keep needs the name of a folder"),
    (["--replications", "2", "--keep", "."], "there are files in it"),
    (["--replications", "2", "--keep", "quick.yaml"], "Not a directory"),
    (["--replications", "2", "--keep", "gone/set"], "there is no folder to make it in"),
    (["--replications", "2", "--keep", "a\0b"], "a\\x00b"),
    (["--replications", "2", "--resume", "."], "no set of replications is kept there"),
    (["--replications", "2", "--resume", "a", "--keep", "b"], "give one of them"),
    (["--replications", "2", "--json", "quick.yaml"], "would overwrite a file"),
    (["--jobs", "2"], "--jobs is for a set: add --replications N"),
    (["--executor", "local"], "--executor is for a set"),
    (["--keep", "set"], "--keep is for a set"),
    (["--resume", "set"], "--resume is for a set"),
]


@pytest.mark.parametrize(("flags", "words"), REFUSED, ids=[" ".join(f)[:50] for f, _ in REFUSED])
def test_flags_that_cannot_be_used_are_one_message_and_nothing_runs(
    flags: Sequence[str], words: str, here: Here, quick: Path
) -> None:
    outcome = here(quick, *flags)

    assert outcome.code == 2
    assert words in outcome.err
    assert outcome.err.count("stocksim: ") == 1
    assert outcome.out == ""
    assert list(Path().iterdir()) == [Path("quick.yaml")]


def test_without_the_extra_a_cluster_is_one_message(quick: Path) -> None:
    program = (
        "import sys; sys.modules['distributed'] = None\n"
        "from actors.cli import main\n"
        "sys.argv = ['stocksim', *sys.argv[1:]]; main()"
    )
    cluster = ["--replications", "2", "--executor", "dask://127.0.0.1:8786"]
    done = subprocess.run(
        [sys.executable, "-c", program, str(quick), *cluster],
        cwd=COMMAND[1].rpartition("/")[0],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.strip() == (
        "stocksim: a Dask cluster needs the extra `dask`: pip install 'stocksim[dask]'"
    )


@contextmanager
def start(*arguments: str, scenario: str, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    """A set in a process group of its own, as a terminal makes them."""
    (cwd / "quick.yaml").write_text(scenario, "utf-8")
    process = subprocess.Popen(
        [*COMMAND, "quick.yaml", *arguments],
        cwd=cwd,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something is so, while the process runs."""
    while not condition():
        assert process.poll() is None, "it ended too soon"
        time.sleep(0.01)


def children(process: subprocess.Popen[str]) -> list[int]:
    text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii")
    return [int(number) for number in text.split()]


def alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text("ascii").rpartition(") ")[2][0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.slow
@needs_proc
def test_killed_and_resumed_a_set_is_as_if_never_interrupted(tmp_path: Path) -> None:
    kept = tmp_path / "set"
    flags = ("--replications", "6", "--jobs", "2", "-q")
    with start(*flags, "--keep", "set", scenario=BUSY, cwd=tmp_path) as process:
        until(lambda: len(list(kept.glob("replication-*.json"))) >= 2, process)
        process.kill()
        process.communicate()
    finished = {path: path.stat().st_mtime_ns for path in kept.glob("replication-*.json")}
    assert 2 <= len(finished) < 6

    resumed = stocksim("quick.yaml", *flags, "--resume", "set", "--json", "a.json", cwd=tmp_path)
    whole = stocksim("quick.yaml", *flags, "--json", "b.json", cwd=tmp_path)
    assert (resumed.code, whole.code) == (0, 0)
    assert document(tmp_path / "a.json") == document(tmp_path / "b.json")
    assert finished == {path: path.stat().st_mtime_ns for path in finished}


@needs_proc
def test_the_workers_of_a_killed_set_leave_in_the_middle_of_their_work(tmp_path: Path) -> None:
    with start("--replications", "4", "--jobs", "2", scenario=STUCK, cwd=tmp_path) as process:
        until(lambda: len(children(process)) >= 3, process)
        workers = children(process)
        process.kill()
    try:
        assert gone_within(30, workers), "they go on without their parent"
    finally:
        for worker in filter(alive, workers):
            os.kill(worker, signal.SIGKILL)


def gone_within(seconds: float, processes: Sequence[int]) -> bool:
    ends = time.monotonic() + seconds
    while any(map(alive, processes)) and time.monotonic() < ends:
        time.sleep(0.01)
    return not any(map(alive, processes))


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_lets_those_under_way_end_and_reports(
    number: signal.Signals, tmp_path: Path
) -> None:
    flags = ("--replications", "500", "--jobs", "2", "--keep", "set", "--json", "r.json")
    with start(*flags, scenario=BUSY, cwd=tmp_path) as process:
        until(lambda: any((tmp_path / "set").glob("replication-*.json")), process)
        os.killpg(process.pid, number)  # a terminal tells every process, and so may a supervisor
        out, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "INTERRUPTED" in out
    assert "of 500 replications" in out
    assert "replications are played to their end" in err
    assert "Traceback" not in err
    found = document(tmp_path / "r.json")
    assert found["interrupted"] is True
    assert found["finished"] == len(list((tmp_path / "set").glob("replication-*.json"))) >= 1


@needs_proc
def test_ctrl_c_again_drops_them(tmp_path: Path) -> None:
    with start("--replications", "4", "--jobs", "2", scenario=STUCK, cwd=tmp_path) as process:
        until(lambda: len(children(process)) >= 3, process)  # two, and Python's own helper
        workers = children(process)
        os.killpg(process.pid, signal.SIGINT)
        assert process.stderr is not None
        assert "interrupted: 2 replications are played to their end" in process.stderr.readline()
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "no replication finished" in out
    assert err == ""
    assert gone_within(30, workers)  # and Python's helper, which follows its parent


@needs_proc
def test_a_worker_that_is_killed_is_exit_1_and_one_message(tmp_path: Path) -> None:
    with start("--replications", "4", "--jobs", "2", scenario=STUCK, cwd=tmp_path) as process:
        until(lambda: len(children(process)) >= 3, process)
        os.kill(children(process)[-1], signal.SIGKILL)
        out, err = process.communicate(timeout=60)

    assert process.returncode == 1
    assert out == ""
    assert err.startswith("stocksim: a worker process died")
    assert "Traceback" not in err
