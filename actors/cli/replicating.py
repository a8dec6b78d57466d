"""`--replications N` from the command line: progress, signals, outputs, exit code."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from actors.cli.output import complain
from actors.cli.outputs import check_outputs
from actors.cli.reporting import look_of, report
from actors.cli.running import RunOptions
from actors.cli.stopping import stopping
from actors.errors import UsageError
from actors.report.set_progress import SetProgress
from actors.report.set_summary import render_set
from actors.report.terminal import Terminal
from actors.scenario.loader import LoadedScenario, load_scenario
from actors.study.document import ReplicationSet
from actors.study.replications import Replications
from actors.vocabulary.exit_codes import ExitCode

__all__ = ["SetOptions", "run_replications"]


@dataclass(frozen=True)
class SetOptions:
    """The flags of `run` that are about a set of replications, as given."""

    replications: int | None = None
    jobs: int | None = None
    executor: str | None = None
    keep: str | None = None
    resume: str | None = None

    def refuse_strays(self) -> None:
        """See to it that none of the others is given without `--replications`.

        Raises:
            UsageError: one is.
        """
        for flag in ("jobs", "executor", "keep", "resume"):
            if getattr(self, flag) is not None:
                raise UsageError(f"--{flag} is for a set: add --replications N")


def run_replications(options: RunOptions, several: SetOptions) -> int:
    """Play the set and report; returns the exit code.

    Raises:
        StocksimError: the scenario or a flag is wrong and nothing has run, or a worker died.
    """
    _refuse_single_flags(options)
    loaded = load_scenario(options.scenario, options.overrides)
    check_outputs(options.json_file, None, loaded)
    found = _play(options, several, loaded)
    summary = partial(render_set, found, everything=options.verbose)
    failures = report(found, summary, options.json_file, options.color)
    for failure in failures:
        complain(f"stocksim: {failure}")
    return ExitCode.INTERNAL if failures else found.exit_code


def _refuse_single_flags(options: RunOptions) -> None:
    single: Mapping[str, tuple[object, str]] = {
        "--replication": (options.replication, "plays one of them alone"),
        "--orders": (options.orders, "is for one run: play one alone, with --replication K"),
        "--speed": (options.speed, "is for watching one run: play one alone, with --replication K"),
    }
    for flag, (value, why) in single.items():
        if value is not None:
            raise UsageError(f"{flag} and --replications do not go together: {flag} {why}")


def _play(options: RunOptions, several: SetOptions, loaded: LoadedScenario) -> ReplicationSet:
    progress = SetProgress(Terminal(sys.stderr), look_of(options.color, sys.stderr))
    replications = Replications(
        loaded,
        several.replications or 0,
        seed=options.seed,
        runtime=options.runtime,
        jobs=several.jobs,
        executor=several.executor or "local",
        keep=_folder("--keep", several.keep),
        resume=_folder("--resume", several.resume),
        watch=None if options.quiet else progress,
    )
    try:
        with stopping(replications.stop):
            return replications.run()
    finally:
        progress.close()


def _folder(flag: str, name: str | None) -> Path | None:
    if name is None:
        return None
    if not name:
        raise UsageError(f"{flag} needs the name of a folder")
    return Path(name)
