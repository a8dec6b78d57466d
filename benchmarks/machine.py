"""What a measurement depends on beside what is measured: the machine, the versions, the commit."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import msgspec

from actors.common.compiled import find_twins
from actors.common.version import VERSION
from benchmarks.fresh import ROOT

__all__ = ["Circumstances", "look_around"]

PACKAGES: Final = ("SimPy", "salabim", "Ciw", "Pykka", "msgspec")


class Circumstances(msgspec.Struct, frozen=True):
    """When and where something was measured.

    Attributes:
        at: the moment of the beginning, UTC.
        commit: what was checked out, with a + if anything was changed.
        system: the operating system.
        processor: its name.
        cores: how many this process may use.
        load: how many others were running, on average over the last minute.
        versions: of Python, stocksim and its peers.
    """

    at: str
    commit: str
    system: str
    processor: str
    cores: int
    load: float | None
    versions: Mapping[str, str]

    @property
    def moment(self) -> str:
        """When, of which commit, and how busy the machine was."""
        load = "unknown" if self.load is None else f"{self.load:.1f}"
        return f"{self.at}, commit {self.commit}, load {load}"

    @property
    def place(self) -> str:
        """Machine and versions."""
        versions = ", ".join(f"{name} {number}" for name, number in self.versions.items())
        return f"{self.processor}, {self.cores} cores, {self.system}; {versions}"


def look_around() -> Circumstances:
    """The circumstances of what is measured next."""
    return Circumstances(
        at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        commit=_commit(),
        system=f"{platform.system()} {platform.machine()}",
        processor=_processor(),
        cores=_cores(),
        load=_load(),
        versions=_versions(),
    )


def _commit() -> str:
    short = _git("rev-parse", "--short", "HEAD")
    return short + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")


def _git(*arguments: str) -> str:
    """What git says, or "unknown" outside of a repository."""
    command = ["git", *arguments]
    try:
        run = subprocess.run(  # noqa: S603 — fixed arguments
            command, cwd=ROOT, check=True, capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return run.stdout.strip()


def _processor() -> str:
    """The processor's name where Linux tells it, otherwise its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _load() -> float | None:
    try:
        return os.getloadavg()[0]
    except OSError:
        return None


def _versions() -> dict[str, str]:
    how = "plain" if find_twins() is None else "compiled"
    found = {
        platform.python_implementation(): platform.python_version(),
        "stocksim": f"{VERSION} ({how})",
    }
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
