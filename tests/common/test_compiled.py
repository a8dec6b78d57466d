"""Compiled twins are used when, and only when, they are of the sources that are there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Final

import pytest

from actors.common import compiled
from actors.common.compiled import MANIFEST, MODULES, TwinFinder, digest, twins_folder
from actors.runtime import safepoint

ROOT: Final = Path(__file__).parents[2]

SAY_WHETHER_IN_USE: Final = "import actors.common.compiled; print(actors.common.compiled.in_use())"
PLAY: Final = """
import sys
from io import BytesIO
from actors import Simulation, load_text
from actors.messages import Place
from actors.processor import Processor
from actors.runtime.virtual import VirtualRuntime
text = open(sys.argv[1]).read()
records = BytesIO()
result = Simulation(load_text(text, name="shop"), records=records).run()
print(*(type(thing).__name__ for thing in (Processor.served, VirtualRuntime._deliver, Place)))
print(result.orders, result.latency_s, result.audit.ok)
print(records.getvalue().decode())
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package without twins, in a folder of its own."""
    ignored = shutil.ignore_patterns("__pycache__", "__compiled__")
    shutil.copytree(ROOT / "actors", tmp_path / "actors", ignore=ignored)
    return tmp_path


def python(home: Path, code: str, *arguments: str, **settings: str) -> str:
    """What a fresh interpreter prints that finds the package in `home`."""
    environment = {name: value for name, value in os.environ.items() if name != "STOCKSIM_PURE"}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=home,
        env=environment | {"PYTHONPATH": str(home)} | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def forge(home: Path, manifest: str) -> None:
    """A folder of twins that has nothing but this manifest."""
    folder = home / "actors" / "__compiled__" / twins_folder().name
    folder.mkdir(parents=True)
    (folder / MANIFEST).write_text(manifest, "utf-8")


def test_without_twins_all_is_plain_python(package: Path) -> None:
    assert python(package, SAY_WHETHER_IN_USE).strip() == "False"


def test_twins_of_these_very_sources_are_used(package: Path) -> None:
    forge(package, json.dumps({"sources": digest(), "files": {}}))
    assert python(package, SAY_WHETHER_IN_USE).strip() == "True"


def test_the_environment_can_forbid_twins(package: Path) -> None:
    forge(package, json.dumps({"sources": digest(), "files": {}}))
    assert python(package, SAY_WHETHER_IN_USE, STOCKSIM_PURE="1").strip() == "False"


def test_a_changed_source_is_never_shadowed_by_its_twin(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "PACKAGE", package / "actors")
    seen = {digest()}
    for name in MODULES:
        source = package / (name.replace(".", os.sep) + ".py")
        source.write_text(source.read_text("utf-8") + "\n", "utf-8")
        seen.add(digest())
    assert len(seen) == len(MODULES) + 1


def test_twins_of_other_sources_are_not_used(package: Path) -> None:
    forge(package, json.dumps({"sources": digest(), "files": {}}))
    with (package / "actors" / "router.py").open("a", encoding="utf-8") as source:
        source.write("\n")
    assert python(package, SAY_WHETHER_IN_USE).strip() == "False"


@pytest.mark.parametrize(
    "manifest", ["", "{", "[]", "7", "{}", '{"sources": "0"}', '{"files": {}}', '{"sources": 1}']
)
def test_a_damaged_folder_is_no_folder(manifest: str, package: Path) -> None:
    forge(package, manifest)
    assert python(package, SAY_WHETHER_IN_USE).strip() == "False"


def test_the_finder_finds_twins_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / ("actors.router" + EXTENSION_SUFFIXES[0])
    finder = TwinFinder({"actors.router": file})
    spec = finder.find_spec("actors.router")
    assert spec is not None
    assert spec.origin == str(file)
    assert finder.find_spec("actors.client") is None


def test_what_looks_after_signals_stays_uncompiled() -> None:
    assert safepoint.__name__ not in MODULES
    assert all((ROOT / (name.replace(".", os.sep) + ".py")).is_file() for name in MODULES)


def test_missing_mypyc_is_said_with_its_cure(package: Path) -> None:
    (package / "mypyc.py").write_text("", "utf-8")
    code = "import sys; sys.modules['mypyc'] = None; sys.argv[1:] = ['compile']\n"
    done = subprocess.run(
        [sys.executable, "-c", code + "from actors.cli import main; main()"],
        cwd=package,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "pip install 'stocksim[fast]'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_compiler_that_fails_leaves_everything_as_it_was(package: Path) -> None:
    forge(package, json.dumps({"sources": digest(), "files": {}}))
    broken = package / "no-compiler"
    broken.write_text("#!/bin/sh\necho no such machine >&2\nexit 1\n", "utf-8")
    broken.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", "from actors.cli import main; main()", "compile"],
        cwd=package,
        env=os.environ | {"CC": str(broken), "PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "the compiler failed" in done.stderr
    assert "no such machine" in done.stderr
    assert "Traceback" not in done.stderr.partition("It said:")[0]
    assert python(package, SAY_WHETHER_IN_USE).strip() == "True"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_twins_play_the_same_run_to_the_byte(package: Path, quick_shop: Path) -> None:
    said = python(package, "from actors.cli import main; main()", "compile")
    assert "used from now on" in said
    twins = python(package, PLAY, str(quick_shop)).splitlines()
    plain = python(package, PLAY, str(quick_shop), STOCKSIM_PURE="1").splitlines()
    assert twins[0] == "method_descriptor method_descriptor type"
    assert plain[0] == "function function StructMeta"
    assert twins[1:] == plain[1:]
    assert len(plain) > 100


@pytest.fixture
def quick_shop(tmp_path: Path) -> Path:
    """A scenario that takes every way an order can take."""
    path = tmp_path / "shop.yaml"
    path.write_text(
        """
stocksim: 1
products: {TEA: {stock: 30, price: 2}, RUM: {stock: 90}, SALT-1..8: {stock: 40}}
router: {strategy: least_loaded, queue_limit: 5}
processors: {count: 3, service_time: gamma 50ms 0.5, line_time: uniform 1ms..2ms,
             fulfilment: backorder}
inventory: {service_time: 1ms}
clients:
  web: {count: 4, phases: {day: {duration: 20s, rate: 40/s, ramp_to: 60/s}},
        orders: {lines: 1..4, kind: {sale: 9, return: 1}, priority: {0: 1, 5: 1}}}
  shop: {count: 2, think: lognormal 200ms 1, orders: {sku: zipf 1}}
""",
        "utf-8",
    )
    return path
