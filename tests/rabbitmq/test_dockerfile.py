"""The image: pinned, not root, and its steps work in a clean environment.

No Docker engine is needed: what RUN says is run in a new virtual environment instead.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import venv
from configparser import ConfigParser
from pathlib import Path

import pytest
from dockerfile import ROOT, environment, exec_form, instructions
from packaging.requirements import Requirement
from private_broker import PrivateBroker

pytest_plugins = ("server_fixtures",)

REQUIREMENTS = ROOT / ".docker" / "requirements.txt"


def pins() -> dict[str, str]:
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    given = [line.split("==") for line in lines if not line.startswith("#")]
    return {name.lower().replace("_", "-"): version for name, version in given}


def test_the_base_image_is_pinned_and_slim() -> None:
    bases = [instruction.rest for instruction in instructions("ARG", "FROM")]
    assert bases[1:] == ["python:${PYTHON}"]
    assert re.fullmatch(r"PYTHON=3\.\d+\.\d+-slim-\w+", bases[0])


def test_the_image_does_not_run_as_root() -> None:
    words = [instruction.word for instruction in instructions()]
    (user,) = instructions("USER")
    assert user.rest == "10001:10001"
    assert "RUN" not in words[words.index("USER") :]


def test_everything_that_the_commands_import_is_pinned() -> None:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = config["options.extras_require"]
    wanted = "\n".join(
        (config["options"]["install_requires"], extras["rabbitmq"], extras["postgres"])
    )
    for requirement in map(Requirement, filter(None, wanted.splitlines())):
        version = pins()[requirement.name.lower().replace("_", "-")]
        assert requirement.specifier.contains(version), requirement


def test_what_is_copied_is_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    for instruction in instructions("COPY"):
        *sources, _target = instruction.rest.split()
        for source in sources:
            assert (ROOT / source).exists()
            assert f"!{source}" in ignored


def build(image: Path) -> None:
    """Do in a folder and a new virtual environment what the Dockerfile says."""
    venv.create(image / "python", with_pip=True)
    app = image / "app"
    app.mkdir()
    for instruction in instructions("COPY", "RUN"):
        if instruction.word == "COPY":
            source, target = instruction.rest.split()
            copy(ROOT / source, app / target)
        else:
            step = instruction.rest.replace("/data", str(image / "data"))
            subprocess.run(["/bin/sh", "-ec", step], cwd=app, env=inside(image), check=True)


def copy(source: Path, target: Path) -> None:
    """As from a checkout that only its owner may read: an image keeps the permissions."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target = Path(shutil.copy(source, target))
    for path in (target, *target.rglob("*")):
        path.chmod(path.stat().st_mode & 0o700)


def unreadable(folder: Path) -> list[Path]:
    """What others than its owner cannot read, or can write."""
    return [path for path in folder.rglob("*") if path.stat().st_mode & 0o066 != 0o044]


def inside(image: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, **environment(), "PATH": f"{image}/python/bin:{os.environ['PATH']}"}


def run_in(image: Path, *arguments: str) -> str:
    """What the container says, its standard error in between."""
    done = subprocess.run(
        [*exec_form("ENTRYPOINT"), *arguments],
        cwd=image / "app",
        env=inside(image),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )
    # A busy machine may well fail a threshold; nothing else may go wrong.
    assert done.returncode in (0, 99), done.stdout
    return done.stdout


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.skipif(os.geteuid() != 0, reason="an image's steps are run by root")
def test_the_steps_make_a_program_that_runs_over_a_broker(
    tmp_path: Path, broker: PrivateBroker
) -> None:
    build(tmp_path)
    assert (tmp_path / "data").stat().st_uid == 10001
    assert not unreadable(tmp_path / "app")
    assert run_in(tmp_path, "--version").startswith("stocksim ")
    (scenario,) = exec_form("CMD")
    store = f"sqlite:{tmp_path}/data/stock.db"
    said = run_in(
        *(tmp_path, scenario, "--runtime=rabbitmq", "--workers=2", "--speed=5"),
        *("--broker", broker.url, "--store", store),
    )
    assert "\x1b[" in said  # in colour, though no terminal is there
    assert "laws hold" in said
