"""What a measurement depends on beside the code: the machine, and the versions."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from actors.version import VERSION

__all__ = ["describe_machine"]


def describe_machine() -> str:
    """Versions, processor, cores and how busy they are, on two lines."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    versions = [f"stocksim {VERSION}", python]
    versions += [f"{name} {version(name)}" for name in ("SimPy", "Pykka", "msgspec")]
    place = [platform.system(), _processor(), f"{os.cpu_count()} cores", _load()]
    return ", ".join(versions) + "\n" + ", ".join(place)


def _processor() -> str:
    """The processor's name where Linux tells it, otherwise its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _load() -> str:
    try:
        return f"load {os.getloadavg()[0]:.1f}"
    except OSError:
        return "load unknown"
