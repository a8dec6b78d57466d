"""Foreign text in everything that the command says: it is shown, and cannot act on a terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from command import QUICK, ROOT, Outcome, environment, stocksim
from hostile_text import HOSTILE, dangers, escaped

from actors.cli.working import _teller

pytest_plugins = ("command_fixtures",)

Here = Callable[..., Outcome]

# Which of them a scenario takes for a part of a name; the others are mistakes in its text.
NAMES = "\u202e\u202a\u2067\u061c\u200b\u200d\u2060\ufeff\xad\U000e0001\U000e0041\ufe0f\U000e0100"
NAMES += "\u180e\u180b\u3164\u115f\u1160\uffa0\u034f\u17b4\u2800\U0001d159\U0001bca0\U0001d173"
NAMES += "\ue000"  # Those of which a file's name may be made.
NAMING = [text for text in HOSTILE.values() if text != "\ud800"]


def assert_tame(outcome: Outcome, *shown: str) -> None:
    """Nothing acts on the terminal, and each of the texts is there to be seen."""
    said = outcome.out + outcome.err
    assert not dangers(said), ascii(dangers(said))
    for text in shown:
        assert text in said


def shop(text: str) -> str:
    """The quick scenario with a name of this kind wherever it has one."""
    named = (
        QUICK.replace("name: quick", f'name: "a{text}b"')
        .replace("TEA:", f'"TEA{text}A":')
        .replace("day:", f'"day{text}y":')
        .replace("web:", f'"w{text}b":')
        .replace("10s, rate", "1s, rate")
    )
    return named.replace("[latency p99 < 10s]", f'["sold of TEA{text}A > 0"]')


# --- Flags and arguments ------------------------------------------------------------------

REMOTE = ("quick.yaml", "--runtime", "rabbitmq", "--broker")
USES: dict[str, Callable[[str], Sequence[str]]] = {
    "command": lambda text: [f"vali{text}date"],
    "scenario": lambda text: ["run", f"no{text}thing.yaml"],
    "second scenario": lambda text: ["quick.yaml", f"x{text}y"],
    "unknown flag": lambda text: ["quick.yaml", f"--js{text}on"],
    "seed": lambda text: ["quick.yaml", "--seed", f"1{text}2"],
    "speed": lambda text: ["quick.yaml", "--speed", f"1{text}2"],
    "runtime": lambda text: ["quick.yaml", "--runtime", f"thr{text}eads"],
    "color": lambda text: ["quick.yaml", "--color", f"al{text}ways"],
    "set": lambda text: ["quick.yaml", "--set", f"x{text}y"],
    "set key": lambda text: ["quick.yaml", "--set", f"clients.w{text}b.count=1"],
    "set value": lambda text: ["quick.yaml", "--set", f"processors.count=1{text}2"],
    "json in no folder": lambda text: ["quick.yaml", "--json", f"no{text}where/x.json"],
    "json is a folder": lambda text: ["quick.yaml", "--json", f"x{text}y/"],
    "orders in no folder": lambda text: ["quick.yaml", "--orders", f"no{text}where/x"],
    "both the same": lambda text: ["quick.yaml", "--orders", f"x{text}y", "--json", f"x{text}y"],
    "keep": lambda text: ["quick.yaml", "--replications", "2", "--keep", f"no{text}where/x"],
    "resume": lambda text: ["quick.yaml", "--replications", "2", "--resume", f"no{text}where"],
    "executor": lambda text: ["quick.yaml", "--replications", "2", "--executor", f"da{text}sk"],
    "run id": lambda text: [*REMOTE, "amqp://localhost/", "--run", f"x{text}y"],
    "broker": lambda text: [*REMOTE, f"am{text}qp://localhost/"],
    "store": lambda text: ["worker", "--broker", "amqp://x/", "--store", f"sql{text}ite:x"],
    "store file": lambda text: ["worker", "--broker", "amqp://x/", "--store", f"sqlite:n{text}o/x"],
    "worker": lambda text: ["worker", "--broker", "amqp://localhost/", "--name", f"x{text}y"],
    "clean": lambda text: ["broker", "clean", f"x{text}y", "--broker", "amqp://localhost/"],
    "validate": lambda text: ["validate", f"no{text}thing.yaml"],
    "new in no folder": lambda text: ["new", f"no{text}where/shop"],
    "new of no template": lambda text: ["new", "x", "--template", f"pe{text}ak"],
}
SECRETS = {"broker"}  # what a URL says is never repeated
LINES = {"set", "set value"}  # only the line with the mistake is shown


@pytest.mark.parametrize("use", USES)
@pytest.mark.usefixtures("quick")
def test_an_argument_is_quoted_without_a_character_that_acts(use: str, here: Here) -> None:
    for text in HOSTILE.values() if use != "store file" else NAMING:
        outcome = here(*USES[use](text))
        assert outcome.code == 2
        unseen = use in SECRETS or (use in LINES and text in "\n\r")
        assert_tame(outcome, *([] if unseen else [escaped(text)]))


@pytest.mark.parametrize("use", sorted(set(USES) - SECRETS - LINES))
@pytest.mark.usefixtures("quick")
def test_a_line_break_in_an_argument_makes_no_line_of_the_message(use: str, here: Here) -> None:
    outcome = here(*USES[use]("\nall is well "))
    assert outcome.code == 2
    assert r"\nall is well " in outcome.err
    assert not [line for line in outcome.err.splitlines() if line.startswith("all is well")]


# --- Files --------------------------------------------------------------------------------


SPOTS: dict[str, Callable[[str], str]] = {
    "key": lambda text: QUICK.replace("count: 2, service", f'"co{text}unt": 2, service'),
    "value": lambda text: QUICK.replace("rate: 10/s", f'rate: "10x{text}/s"'),
    "name": lambda text: QUICK.replace("count: 2, phases", f'"a{text}/b": 2, phases'),
    "replay": lambda text: QUICK.replace(
        "count: 2, phases", f'replay: {{file: "x{text}y.csv"}}, phases'
    ),
}


@pytest.mark.parametrize("spot", SPOTS)
def test_a_mistake_quotes_its_line_without_a_character_that_acts(
    spot: str, here: Here, quick: Path
) -> None:
    for text in HOSTILE.values():
        quick.write_bytes(SPOTS[spot](text).encode("utf-8", "surrogatepass"))
        for command in ("validate", "run"):
            outcome = here(command, quick)
            assert outcome.code == 2
            seen = text not in "\n\r\ud800\udcff"  # those break lines, or are no UTF-8
            assert_tame(outcome, *([escaped(text)] if seen else []))


def test_a_file_that_is_fine_is_named_without_a_character_that_acts(
    here: Here, quick: Path
) -> None:
    for text in NAMING:
        file = quick.with_name(f"x{text}y.yaml")
        file.write_text(QUICK, "utf-8")
        assert_tame(here("validate", file), f"x{escaped(text)}y.yaml: ok")
        shop = quick.with_name(f"f{text}f") / "shop"
        shop.parent.mkdir()
        for told in ("", " is there already"):
            assert_tame(here("new", shop), f"f{escaped(text)}f/shop.yaml{told}")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_output_that_fails_is_named_without_a_character_that_acts(
    here: Here, quick: Path
) -> None:
    quick.write_text(QUICK.replace("10s, rate", "1s, rate"), "utf-8")
    for text in NAMING:
        link = quick.with_name(f"x{text}y")
        link.symlink_to("/dev/full")
        for flag in ("--json", "--orders"):
            outcome = here(quick, flag, link, "-q")
            assert outcome.code == 1
            assert_tame(outcome, f"x{escaped(text)}y")


def test_rows_of_a_log_are_reported_without_a_character_that_acts(here: Here, quick: Path) -> None:
    columns = "{order: id, time: at, sku: sku, quantity: n}"
    quick.write_text(
        "stocksim: 1\nprocessors: {service_time: 1ms}\n"
        f"clients: {{log: {{replay: {{file: log.jsonl, columns: {columns}, stock: 9}}}}}}\n",
        "utf-8",
    )
    for text in HOSTILE.values():
        rows = [
            {"id": "A", "at": 0, "sku": "x", "n": 1},
            {"id": f"B{text}", "at": f"so{text}on", "sku": "x", "n": 1},
            {"id": f"C{text}", "at": 1, "sku": f"x{text}x", "n": f"1{text}"},
        ]
        quick.with_name("log.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
        outcome = here(quick, "-v")
        assert outcome.code == 0
        seen = text not in "\ud800\udcff"  # no JSON has half a pair
        assert_tame(outcome, *([f"so{escaped(text)}on"] if seen else []))


def test_columns_that_a_log_lacks_are_named_without_a_character_that_acts(
    here: Here, quick: Path
) -> None:
    log = quick.with_name("log.csv")
    log.write_text("id,at,s\u202eku,n,\u3164\n", "utf-8")
    columns = "{order: id, time: at, sku: sku, quantity: n}"
    quick.write_text(
        "stocksim: 1\nprocessors: {service_time: 1ms}\n"
        f"clients: {{log: {{replay: {{file: log.csv, columns: {columns}, stock: 9}}}}}}\n",
        "utf-8",
    )
    assert_tame(here(quick), r"did you mean s\u202eku?")


# --- Log and summaries --------------------------------------------------------------------


def test_names_are_shown_in_log_and_summary_without_a_character_that_acts(
    here: Here, quick: Path
) -> None:
    for text in NAMES:
        quick.write_text(shop(text), "utf-8")
        outcome = here(quick, "-v", "--set", f"clients.w{text}b.count=3")
        assert outcome.code == 0
        shown = escaped(text)
        assert_tame(Outcome(0, outcome.out, ""), f"a{shown}b", f"TEA{shown}A", f"day{shown}y")
        assert_tame(Outcome(0, "", outcome.err), f"inventory/TEA{shown}A", f"w{shown}b-1-1")
        assert f"clients.w{shown}b.count=3" in outcome.out


def all_names() -> str:
    """A scenario in which every hostile character is in a product, a phase, a group or its name."""
    products = ", ".join(f'"T{text}{number}": {{stock: 9}}' for number, text in enumerate(NAMES))
    groups = ", ".join(
        f'"w{text}{number}": {{phases: {{"d{text}{number}": {{duration: 1s, rate: 9/s}}}}}}'
        for number, text in enumerate(NAMES)
    )
    return (
        f'stocksim: 1\nname: "a{NAMES}b"\nproducts: {{{products}}}\n'
        f"processors: {{service_time: 9ms}}\nclients: {{{groups}}}\n"
        f'thresholds: ["sold of T{NAMES[0]}0 >= 0"]\n'
    )


def test_a_set_of_replications_shows_names_without_a_character_that_acts(quick: Path) -> None:
    quick.write_text(all_names(), "utf-8")
    for flags in ([], ["-v"]):
        outcome = stocksim(quick, "--replications", "2", "--jobs", "1", *flags)
        assert outcome.code == 0
        assert_tame(outcome, escaped(NAMES[:3]))
    assert "T" + escaped(NAMES[0]) + "0" in outcome.out


@pytest.mark.slow
@pytest.mark.parametrize("flags", [["-v"], ["--replications", "2", "--jobs", "1", "-v"]])
def test_a_terminal_of_ascii_is_told_in_ascii(flags: list[str], quick: Path) -> None:
    quick.write_text(all_names().replace("T", "Tž").replace('"a', '"ž'), "utf-8")
    for encoding in ("ascii", "latin-1"):
        outcome = stocksim(quick, *flags, PYTHONUTF8="0", PYTHONIOENCODING=encoding)
        assert outcome.code == 0
        assert outcome.out.isascii()
        assert outcome.err.isascii()
        assert "\\u017e" in outcome.out


@pytest.mark.parametrize(
    "arguments", [["validate", "é.yaml"], ["é.yaml", "--json", "é/x"], ["--é"], ["new", "é/x"]]
)
def test_complaints_to_a_terminal_of_ascii_are_in_ascii(arguments: list[str], quick: Path) -> None:
    quick.with_name("é.yaml").write_text(QUICK.replace("TEA:", "TÉ: {stuck: 1}, TEA:"), "utf-8")
    for encoding in ("ascii", "latin-1"):
        outcome = stocksim(
            *arguments,
            cwd=quick.parent,
            PYTHONUTF8="0",
            LC_ALL="C.UTF-8",
            PYTHONIOENCODING=encoding,
        )
        assert outcome.code == 2
        assert outcome.err.isascii()
        assert "\\xe9" in outcome.err


@pytest.mark.parametrize("command", ["run", "worker", "validate", "new", "broker", "compile"])
def test_help_is_in_ascii(command: str, here: Here) -> None:
    outcome = here(command, "--help")
    assert outcome.code == 0
    assert outcome.out.isascii()


def test_the_caret_points_at_the_mistake_on_a_terminal_of_ascii_too(quick: Path) -> None:
    quick.write_text(QUICK.replace("TEA:", '"ČAJ\u3164日本": {stuck: 1}, TEA:'), "utf-8")
    for encoding, width in (("utf-8", 13), ("ascii", 26)):
        outcome = stocksim("validate", quick, PYTHONUTF8="0", PYTHONIOENCODING=encoding)
        said = outcome.err.splitlines()
        (caret,) = (number for number, line in enumerate(said) if line.strip() == "^" * 5)
        assert said[caret].index("^") == len('    products: {"') + width + len('": {')
        if encoding == "ascii":
            assert said[caret - 1][said[caret].index("^") :].startswith("stuck")


def test_a_worker_tells_of_runs_without_a_character_that_acts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = _teller("never")
    for text in HOSTILE.values():
        told("joined", f"run a{text}b")
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert_tame(Outcome(0, "", said), f"run a{escaped(text)}b")


# --- What nobody was to see ---------------------------------------------------------------

BROKEN = """
import os
from actors.cli import main
from actors.client import OpenClient
from actors.simulation import Simulation

def fail(self, *_, **__):
    raise ValueError("a\\u202e\\nstocksim: all is well")

if os.environ["HOW"] == "crash":
    OpenClient.place = fail
else:
    Simulation.run = fail
if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize("flags", [[], ["--replications", "1"]], ids=["run", "set"])
@pytest.mark.parametrize("how", ["crash", "internal"])
def test_a_mistake_of_our_own_is_reported_without_a_character_that_acts(
    how: str, flags: list[str], quick: Path
) -> None:
    quick.write_text(QUICK.replace("web:", '"w\u202eb":'), "utf-8")
    program = quick.with_name("broken.py")
    program.write_text(BROKEN, "utf-8")
    done = subprocess.run(
        [sys.executable, program, quick, *flags],
        cwd=quick.parent,
        env=environment(PYTHONPATH=str(ROOT), STOCKSIM_PURE="1", HOW=how),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    outcome = Outcome(done.returncode, done.stdout, done.stderr)
    assert outcome.code == 1
    assert_tame(outcome, r"ValueError: a\u202e\nstocksim: all is well", "Traceback")
    if how == "crash":
        assert r"client/w\u202eb-1 raised while handling Due" in outcome.err
