"""What the README says of Docker, done: where an engine, Compose and the images are at hand.

An engine is not something that CI installs, so what is missing is a reason to skip everywhere.
Nothing is pulled, and a project of its own name is made and removed: nobody's queues or stock.
"""

from __future__ import annotations

import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final

import pytest
import yaml
from dockerfile import ROOT, instructions
from readme_blocks import lines

FILE: Final = ROOT / "docker-compose.yml"
OLDEST: Final = (2, 20)  # reads `required` of depends_on
PAGE: Final = ("127.0.0.1", 15672)

Environment = Mapping[str, str]


def told(*command: str, environment: Environment | None = None) -> str:
    """What a command says, its standard error in between. Raises CalledProcessError."""
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    ).stdout


def tried(*command: str) -> str:
    """What a command says; nothing, if it fails."""
    with suppress(subprocess.CalledProcessError):
        return told(*command)
    return ""


def images() -> set[str]:
    """Whatever the files name and we do not build."""
    services = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"].values()
    (version,) = [i.rest for i in instructions("ARG") if i.rest.startswith("PYTHON=")]
    return {
        f"python:{version.removeprefix('PYTHON=')}",
        *(service["image"] for service in services if "build" not in service),
    }


def missing() -> str:
    """Why it cannot be run here; nothing, if it can."""
    if not (shutil.which("docker") and shutil.which("docker-compose")):
        return "docker or docker-compose is not installed"
    version = re.match(r"v?(\d+)\.(\d+)", tried("docker-compose", "version", "--short"))
    if version is None or (int(version[1]), int(version[2])) < OLDEST:
        return "docker-compose is older than 2.20"
    if not tried("docker", "version"):
        return "no Docker engine answers"
    absent = sorted(image for image in images() if not tried("docker", "image", "inspect", image))
    if absent:
        return f"images are not at hand: docker pull {' '.join(absent)}"
    return "" if free() else "the compose file's containers or its page's port are in use"


def free() -> bool:
    """Whether the names and the port that the file insists on are nobody's."""
    names = re.findall(r"container_name: (\w+)", FILE.read_text(encoding="utf-8"))
    with socket.socket() as port:
        port.settimeout(1)
        taken = port.connect_ex(PAGE) == 0
    return not taken and not any(tried("docker", "container", "inspect", name) for name in names)


@pytest.fixture
def project() -> Iterator[Environment]:
    """An environment in which Compose makes a project of the test's own."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    name = f"stocksim-test-{secrets.token_hex(4)}"
    environment = {**os.environ, "COMPOSE_PROJECT_NAME": name}
    try:
        yield environment
    finally:
        told("docker-compose", "--profile=workers", "down", "--volumes", environment=environment)
    label = f"--filter=label=com.docker.compose.project={name}"
    for kind in ("container", "volume", "network"):
        all_of_them = ["--all"] if kind == "container" else []
        assert not told("docker", kind, "ls", "--quiet", label, *all_of_them)


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize(("command", "workers"), [(0, 2), (1, 3)], ids=["alone", "with workers"])
def test_up_plays_a_run_to_its_end(project: Environment, command: int, workers: int) -> None:
    words = shlex.split(lines("docker", "docker-compose")[command])
    up = subprocess.run(
        [*words, "--exit-code-from", "app_service"],
        cwd=ROOT,
        env=project,
        capture_output=True,
        text=True,
        timeout=350,
        check=False,
    )
    # A busy machine may well fail a threshold; nothing else may go wrong.
    assert up.returncode in (0, 99), up.stdout + up.stderr
    log = told("docker", "logs", "app_service")
    assert "\x1b[" in log  # in colour, though no terminal is there
    assert "audit holds" in log
    assert f"{workers} workers" in log
