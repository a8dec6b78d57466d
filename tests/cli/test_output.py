"""What goes where: the log to stderr, the summary or the JSON to stdout, records to their file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from command import QUICK, Outcome, stocksim

pytest_plugins = ("command_fixtures",)

Here = Callable[..., Outcome]

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")


def test_the_log_is_on_stderr_and_the_summary_on_stdout(here: Here, quick: Path) -> None:
    outcome = here(quick)
    assert outcome.code == 0
    assert outcome.out.startswith("quick · virtual · seed 1")
    assert "PASSED" in outcome.out
    assert "fulfilled" in outcome.err
    assert "PASSED" not in outcome.err


def test_quiet_says_nothing_on_stderr(here: Here, quick: Path) -> None:
    loud, quiet = here(quick), here(quick, "-q")
    assert quiet.err == ""
    assert quiet.out.splitlines()[2:] == loud.out.splitlines()[2:]


def test_verbose_shows_every_event_of_every_order(here: Here, quick: Path) -> None:
    outcome = here(quick, "-v", "--orders", "orders.jsonl")
    ids = [json.loads(line)["id"] for line in open_text("orders.jsonl").splitlines()]
    lines = [line.split() for line in outcome.err.splitlines()]
    for word in ("placed", "taken"):
        assert sorted(line[2] for line in lines if word in line[3:5]) == sorted(ids)
    ended = [line[2] for line in lines if line[1] == "collector"]
    assert sorted(ended) == sorted(ids)
    assert "more" not in outcome.err
    assert "ACTORS" in outcome.out


def open_text(name: str) -> str:
    return Path(name).read_text("utf-8")


def test_json_on_stdout_is_pure_and_equal_to_the_file(here: Here, quick: Path) -> None:
    piped = here(quick, "--json", "-")
    filed = here(quick, "--json", "result.json")
    assert "fulfilled" in piped.err
    one, other = json.loads(piped.out), json.loads(open_text("result.json"))
    assert one.pop("time").keys() == other.pop("time").keys() == {"wall_s", "cpu_s"}
    assert one == other
    assert "PASSED" in filed.out


def test_the_result_has_every_part_that_is_promised(here: Here, quick: Path) -> None:
    result = json.loads(here(quick, "-q", "--json", "-").out)
    promised = (
        "result version scenario seed runtime time simulated_s orders latency_s wait_s service_s "
        "waited throughput_per_s in_system_mean groups phases products processors actors "
        "bottleneck messages replay audit thresholds exit_code"
    )
    assert set(promised.split()) <= set(result)
    assert result["exit_code"] == 0


def test_json_replaces_an_older_result_through_a_link(here: Here, quick: Path) -> None:
    old, link = quick.with_name("old.json"), quick.with_name("link.json")
    old.write_text("old", "utf-8")
    link.symlink_to(old)
    assert here(quick, "-q", "--json", "link.json").code == 0
    assert link.is_symlink()
    assert json.loads(old.read_text("utf-8"))["result"] == 1
    assert oct(old.stat().st_mode & 0o777) == oct(0o666 & ~umask())
    names = {path.name for path in quick.parent.iterdir()}
    assert names == {"quick.yaml", "old.json", "link.json"}


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_orders_replace_older_ones(here: Here, quick: Path) -> None:
    Path("orders.jsonl").write_text("old\n" * 10_000, "utf-8")
    assert here(quick, "-q", "--orders", "orders.jsonl").code == 0
    records = [json.loads(line) for line in open_text("orders.jsonl").splitlines()]
    assert {record["outcome"] for record in records} == {"fulfilled", "rejected"}


def test_a_failed_threshold_is_exit_99_and_shown_with_its_actual_value(
    here: Here, quick: Path
) -> None:
    outcome = here(quick, "-q", "--set", "thresholds=[latency p99 < 1ms]")
    assert outcome.code == 99
    assert "FAILED" in outcome.out
    assert "latency p99 < 1ms" in outcome.out


def test_without_thresholds_the_summary_says_so(here: Here, quick: Path) -> None:
    quick.write_text(QUICK.partition("thresholds")[0], "utf-8")
    outcome = here(quick, "-q")
    assert outcome.code == 0
    assert "no thresholds" in outcome.out


@pytest.mark.parametrize(
    ("flags", "settings", "coloured"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1", "TERM": "dumb"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        (["--color", "auto"], {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        ([], {"FORCE_COLOR": "0"}, False),
    ],
)
def test_colour_is_decided_by_flag_then_environment(
    flags: list[str],
    settings: dict[str, str],
    coloured: bool,
    here: Here,
    quick: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(*arguments: str) -> Outcome:
        # `here` has taken these away; they are what this test is about.
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        return here(quick, *arguments)

    outcome = run(*flags)
    assert ("\x1b[" in outcome.out) == coloured
    assert ("\x1b[" in outcome.err) == coloured


def test_an_ascii_stream_gets_the_same_in_ascii(quick: Path) -> None:
    outcome = stocksim(quick, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert outcome.code == 0
    assert "PASSED" in outcome.out
    assert (outcome.out + outcome.err).isascii()
    assert "\\u" not in outcome.out


@pytest.mark.parametrize(
    "then",
    [
        *("| head -1", ">&-", "2>&-", ">&- 2>&-", "2> /dev/null | true"),
        pytest.param(f"2> {FULL}", marks=needs_full),
    ],
)
def test_a_closed_stream_is_no_traceback_and_keeps_the_exit_code(then: str, quick: Path) -> None:
    failing = ("--set", "thresholds=[latency p99 < 1ms]")
    outcome = stocksim(quick, *failing, then=then)
    assert outcome.code == 99
    assert "Traceback" not in outcome.err
    assert "Error" not in outcome.err


def test_a_reader_who_leaves_during_a_long_log_is_no_traceback(quick: Path) -> None:
    outcome = stocksim(quick, "-v", "--set", "thresholds=[]", then="2>&1 | head -1")
    assert outcome.code == 0
    assert len(outcome.out.splitlines()) == 1


@needs_full
@pytest.mark.parametrize("rate", ["1/s", "900/s"])
def test_a_full_disk_for_orders_is_one_message_and_exit_1(rate: str, quick: Path) -> None:
    outcome = stocksim(
        quick, "-q", "--orders", FULL, "--set", f"clients.web.phases.day.rate={rate}"
    )
    assert outcome.code == 1
    assert outcome.err == "stocksim: --orders /dev/full is not complete: No space left on device\n"
    assert "audit holds" in outcome.out


@needs_full
def test_a_full_disk_for_the_result_still_prints_the_summary(quick: Path) -> None:
    outcome = stocksim(quick, "-q", "--json", FULL)
    assert outcome.code == 1
    assert (
        outcome.err == "stocksim: --json /dev/full could not be written: No space left on device\n"
    )
    assert "PASSED" in outcome.out


@needs_full
def test_a_full_stdout_is_one_message_and_the_result_is_still_written(quick: Path) -> None:
    outcome = stocksim(quick, "-q", "--json", "result.json", cwd=quick.parent, then="> /dev/full")
    assert outcome.code == 1
    assert outcome.err.startswith("stocksim: the summary could not be written: No space left")
    assert len(outcome.err.splitlines()) == 1
    assert json.loads(open_text("result.json"))["exit_code"] == 0


def test_orders_may_go_into_a_pipe(quick: Path) -> None:
    pipe = quick.with_name("pipe")
    os.mkfifo(pipe)
    outcome = stocksim(quick, "-q", "--json", "-", "--orders", pipe, then=f"& cat {pipe} | wc -l")
    lines = outcome.out.splitlines()
    assert any(line.strip().isdigit() and int(line) > 50 for line in lines)


def test_a_seed_given_is_the_seed_used(here: Here, quick: Path) -> None:
    one, other = (here(quick, "-q", "--seed", seed, "--json", "-") for seed in ("3", "4"))
    assert json.loads(one.out)["seed"] == 3
    assert json.loads(one.out)["latency_s"] != json.loads(other.out)["latency_s"]


def test_settings_are_recorded_as_they_were_written(here: Here, quick: Path) -> None:
    changes = ["processors.count=3", "clients.web.phases.day.rate=20/s"]
    outcome = here(quick, "-q", *(word for change in changes for word in ("--set", change)))
    assert f"with {', '.join(changes)}" in outcome.out
