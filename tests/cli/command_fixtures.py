"""What tests of the command share: a scenario that is over quickly, and the command in-process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from command import QUICK, Outcome

from actors.cli.app import app
from actors.cli.ending import exit_with

Here = Callable[..., Outcome]


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario file in a folder of its own, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "quick.yaml"
    path.write_text(QUICK, "utf-8")
    return path


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Here:
    """Runs the command in this process, where signals, pipes and terminals do not matter."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str | Path) -> Outcome:
        capsys.readouterr()
        words = list(map(str, arguments))
        with pytest.raises(SystemExit) as leaving:
            exit_with(lambda: app.main(words, prog_name="stocksim", standalone_mode=False))
        said = capsys.readouterr()
        code = leaving.value.code
        assert isinstance(code, int)
        return Outcome(code, said.out, said.err)

    return run
