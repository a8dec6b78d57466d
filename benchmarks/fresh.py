"""Measure in a fresh process, so that no run inherits another's warm caches or full heap."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from actors.common.compiled import PURE
from benchmarks.errors import BadMeasurement

__all__ = ["ROOT", "in_fresh_process"]

ROOT: Final = Path(__file__).resolve().parents[1]
PATIENCE_S: Final = 1_800  # the longest run, ten million orders, takes minutes

Found = TypeVar("Found")


def in_fresh_process(
    kind: type[Found], measure: str, *arguments: object, plain: bool = False
) -> Found:
    """What a measure of `benchmarks.child` finds; its complaints go where ours go.

    Args:
        kind: of what it finds.
        measure: its name.
        arguments: the measure's own.
        plain: without stocksim's compiled modules.

    Raises:
        BadMeasurement: it failed, or did not come to an end.
    """
    command = [sys.executable, "-m", "benchmarks.child", measure, *map(str, arguments)]
    words = " ".join(command[1:])
    try:
        run = subprocess.run(  # noqa: S603 — our own module
            command,
            cwd=ROOT,
            env=os.environ | ({PURE: "1"} if plain else {}),
            check=True,
            stdout=subprocess.PIPE,
            timeout=PATIENCE_S,
            start_new_session=True,  # Ctrl-C is for us: we end it and say so
        )
    except subprocess.CalledProcessError as error:
        raise BadMeasurement(f"python {words} failed with {error.returncode}") from error
    except subprocess.TimeoutExpired as error:
        raise BadMeasurement(f"python {words} was not done in {PATIENCE_S:,} s") from error
    return msgspec.json.decode(run.stdout, type=kind)
