"""python -m benchmarks [PART…] [--quick]: how fast stocksim is beside its peers, and how it grows.

Without a part, everything is measured. Results are kept in benchmarks/results.json and shown in
benchmarks/RESULTS.md; benchmarks/README.md says how to read them.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from actors.cli.compiling import compile_twins
from actors.common.compiled import PURE, find_twins
from actors.errors import UsageError
from benchmarks.errors import BadMeasurement, CannotMeasure
from benchmarks.machine import look_around
from benchmarks.parts import growth, messages, pipelines, replications, shop
from benchmarks.report import PLOT, report
from benchmarks.results import RESULTS, Measured, Results, load, save
from benchmarks.sizes import FULL, QUICK, Sizes

PARTS: Final[Mapping[str, Callable[[Sizes], object]]] = {
    "shop": shop.measure,
    "pipelines": pipelines.measure,
    "messages": messages.measure,
    "growth": growth.measure,
    "replications": replications.measure,
}


def measure_quickly(parts: Sequence[str]) -> None:
    """Measure next to nothing, print what would be written, keep nothing."""
    results = Results()
    for part in parts:
        results = _with(results, part, QUICK)
    print(report(results, plot=False))


def measure_fully(parts: Sequence[str]) -> None:
    """Measure, keep each part as soon as it is done, and write RESULTS.md and its picture.

    Raises:
        CannotMeasure: what was kept cannot be read, or there is nothing to draw with.
    """
    if find_spec("matplotlib") is None:
        raise CannotMeasure("the picture needs matplotlib: pip install -e '.[bench]'")
    compile_if_need_be()
    results = load(RESULTS)
    for part in parts:
        print(f"measuring {part}", file=sys.stderr)
        results = _with(results, part, FULL)
        save(RESULTS, results)
    write(results, RESULTS.parent)
    print(report(results, plot=False))


def compile_if_need_be() -> None:
    """Measure what users run: the compiled modules, unless they cannot be had or are forbidden."""
    if find_twins() is not None or os.environ.get(PURE):
        return
    print("compiling stocksim's busiest modules", file=sys.stderr)
    try:
        compile_twins()
    except UsageError as error:
        print(f"measuring plain Python: {error}", file=sys.stderr)


def write(results: Results, folder: Path) -> None:
    """Write RESULTS.md and its picture into a folder."""
    from benchmarks.plot import draw  # noqa: PLC0415 — a quick run needs no matplotlib

    draw(results, folder / PLOT)
    (folder / "RESULTS.md").write_text(report(results, plot=True), encoding="utf-8")


def _with(results: Results, part: str, sizes: Sizes) -> Results:
    """The results with one part measured anew."""
    circumstances = look_around()
    return replace(results, **{part: Measured(circumstances, PARTS[part](sizes))})


def _part(name: str) -> str:
    if name not in PARTS:
        raise argparse.ArgumentTypeError(f"no part {name!r}: take one of {', '.join(PARTS)}")
    return name


def main() -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", type=_part, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="next to nothing: does it work?")
    asked = parser.parse_args()
    measure = measure_quickly if asked.quick else measure_fully
    try:
        measure(asked.parts or list(PARTS))
    except CannotMeasure as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    except BadMeasurement as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("benchmarks: interrupted; the parts that were done are kept", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
