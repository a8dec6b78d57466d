from __future__ import annotations

import subprocess
import sys

import pytest

import actors
from actors import errors


def test_every_public_name_can_be_imported() -> None:
    for name in actors.__all__:
        assert getattr(actors, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Simulator'"):
        actors.Simulator  # noqa: B018


def test_the_public_names_are_these() -> None:
    assert sorted(actors.__all__) == [
        "Actor",
        "Cast",
        "PoolRuntime",
        "Ref",
        "Result",
        "ScenarioError",
        "Simulation",
        "StocksimError",
        "ThreadsRuntime",
        "UsageError",
        "VirtualRuntime",
        "load_scenario",
        "load_text",
        "receives",
        "replicate",
        "to_json",
    ]


def test_every_error_is_a_stocksim_error() -> None:
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), errors.StocksimError)


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from actors.cli.app import app\n"
        "app.main(['--help'], standalone_mode=False)\n"
        "heavy = {'pydantic', 'msgspec', 'pykka', 'yaml'} & set(sys.modules)\n"
        "sys.exit(f'imported {sorted(heavy)}' if heavy else 0)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
