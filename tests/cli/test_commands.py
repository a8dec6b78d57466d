from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command import COMMAND, QUICK, ROOT, Outcome, environment, stocksim

from actors.common.compiled import in_use
from actors.common.version import VERSION

pytest_plugins = ("command_fixtures",)

Here = Callable[..., Outcome]


def test_help_names_every_command_and_exit_code(here: Here) -> None:
    outcome = here("--help")
    assert outcome.code == 0
    assert outcome.err == ""
    for word in ("run", "validate", "schema", "new", "98", "99", "130"):
        assert word in outcome.out
    assert "\n  stocksim run --help          every flag of a run\n" in outcome.out
    assert here("-h") == outcome


def test_every_command_has_help_that_fits_a_terminal(here: Here) -> None:
    for command in ("run", "validate", "schema", "new"):
        outcome = here(command, "--help")
        assert outcome.code == 0
        assert outcome.out.startswith(f"Usage: stocksim {command} ")
        assert max(map(len, outcome.out.splitlines())) <= 100


def test_version_is_one_line(here: Here) -> None:
    how = "compiled" if in_use() else "plain Python"
    assert here("--version") == Outcome(0, f"stocksim {VERSION}, {how}\n", "")
    plain = stocksim("--version", STOCKSIM_PURE="1")
    assert plain == Outcome(0, f"stocksim {VERSION}, plain Python\n", "")


def test_help_imports_nothing_that_only_a_run_needs() -> None:
    script = (
        "import sys; from actors.cli import main\n"
        "sys.argv = ['stocksim', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in ('pydantic', 'yaml', 'msgspec', 'pykka') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_no_arguments_show_the_help_and_are_a_mistake() -> None:
    outcome = stocksim()
    assert outcome.code == 2
    assert "Usage:" in outcome.out + outcome.err


def test_run_may_be_left_out(here: Here, quick: Path) -> None:
    short, long = here(quick, "-q", "--json", "-"), here("run", quick, "-q", "--json", "-")
    assert short.code == long.code == 0
    one, other = json.loads(short.out), json.loads(long.out)
    del one["time"], other["time"]
    assert one == other


def test_flags_may_come_before_the_scenario(here: Here, quick: Path) -> None:
    outcome = here("-q", "--seed", "5", quick)
    assert outcome.code == 0
    assert "seed 5" in outcome.out


def test_schema_is_the_committed_file(here: Here) -> None:
    committed = ROOT / "scenarios" / "stocksim.schema.json"
    outcome = here("schema")
    assert outcome.code == 0
    assert outcome.err == ""
    assert outcome.out == committed.read_text("utf-8")


def test_validate_reports_every_error_of_every_file(here: Here, quick: Path) -> None:
    wrong = quick.with_name("wrong.yaml")
    wrong.write_text(
        QUICK.replace("rate: 10/s", "rat: 10/s").replace("stock: 30", "stock: -3"), "utf-8"
    )
    empty = quick.with_name("empty.yaml")
    empty.touch()
    outcome = here("validate", quick.name, wrong.name, "missing.yaml", empty.name)
    assert outcome.code == 2
    assert outcome.out == "quick.yaml: ok\n"
    for words in ("wrong.yaml:3:", "wrong.yaml:5:", "rate", "missing.yaml", "empty.yaml:1:1"):
        assert words in outcome.err
    assert "Traceback" not in outcome.err


def test_validate_is_content_with_good_files(here: Here) -> None:
    files = sorted((ROOT / "scenarios").glob("*.yaml"))
    outcome = here("validate", *files)
    assert outcome.code == 0
    assert outcome.err == ""
    assert outcome.out.splitlines() == [f"{file}: ok" for file in files]


@pytest.mark.parametrize("template", ["peak", "flash", "steady", "replay"])
def test_a_new_scenario_runs_and_passes(template: str, here: Here, quick: Path) -> None:
    made = here("new", "shop", "--template", template)
    assert made.code == 0
    assert made.out.splitlines()[0] == "wrote shop.yaml"
    assert here("validate", "shop.yaml").code == 0
    ran = here("shop.yaml", "-q")
    assert ran.code == 0
    assert ran.out.startswith("shop · virtual")
    assert "# " in quick.with_name("shop.yaml").read_text("utf-8")


@pytest.mark.parametrize("name", ["shop.yaml", "shop.yml", "ünïcode", "two words", "a.b", "-dash"])
def test_a_new_scenario_may_have_an_odd_name(name: str, here: Here, quick: Path) -> None:
    made = here("new", "--template", "replay", "--", name)
    assert made.code == 0
    paths = [quick.with_name(line.removeprefix("wrote ")) for line in made.out.splitlines()]
    assert len(paths) == 2
    assert here("-q", "--", paths[0].name).code == 0


def test_new_overwrites_nothing(here: Here, quick: Path) -> None:
    log = quick.with_name("shop_log.csv")
    log.write_text("precious", "utf-8")
    for arguments in (["quick"], ["quick.yaml"], ["shop", "--template", "replay"]):
        outcome = here("new", *arguments)
        assert outcome.code == 2
        assert "is there already" in outcome.err
        assert "nothing was written" in outcome.err
    assert quick.read_text("utf-8") == QUICK
    assert log.read_text("utf-8") == "precious"
    assert sorted(path.name for path in quick.parent.iterdir()) == ["quick.yaml", "shop_log.csv"]


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/", "no/such/folder", "a\nb", "\x1b[2Jx", "x" * 300]
)
def test_new_refuses_a_name_that_is_none(name: str, here: Here, quick: Path) -> None:
    outcome = here("new", "--", name)
    assert outcome.code == 2
    assert outcome.err.startswith("stocksim: ")
    assert len(outcome.err.splitlines()) == 1
    assert "\x1b" not in outcome.err
    assert list(quick.parent.iterdir()) == [quick]


def test_a_misspelt_command_is_reported_with_a_suggestion(here: Here, quick: Path) -> None:
    outcome = here("vlidate", quick)
    assert outcome.code == 2
    assert "did you mean validate?" in outcome.err
    assert "did you mean --help?" in here("help").err


def test_a_scenario_named_like_a_misspelt_command_runs(here: Here, quick: Path) -> None:
    shutil.copy(quick, quick.with_name("runn"))
    assert here("runn", "-q").code == 0


def test_the_installed_console_script_is_the_same_command() -> None:
    script = shutil.which("stocksim", path=os.pathsep.join([str(Path(sys.executable).parent)]))
    if script is None:
        assert "CI" not in os.environ, "stocksim is not installed"
        pytest.skip("stocksim is not installed in this environment")
    done = subprocess.run(
        [script, "--version"],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.returncode == 0
    assert done.stdout.startswith(f"stocksim {VERSION}, ")


def test_the_program_runs_from_any_folder(tmp_path: Path) -> None:
    outcome = stocksim(ROOT / "scenarios" / "replay.yaml", "-q", cwd=tmp_path)
    assert outcome.code == 0
    assert "INVALID     2 orders\n  line 19  INV-1013  a quantity is outside" in outcome.out
    assert not list(tmp_path.iterdir())
    assert COMMAND[1].endswith("stocksim.py")
