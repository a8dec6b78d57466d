"""Worker processes on this machine, started with a run and ended with it.

One that dies is replaced, as a process manager would. A worker ends when its standard input
does, so none outlives the run that started it, however that one ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from actors.errors import WorkerFailed
from actors.vocabulary.exit_codes import ExitCode

__all__ = ["WorkerProcesses"]

GRACE_S: Final = 10.0
HASTY_S: Final = 2.0  # one that ends sooner than that has not worked at all
HASTY_ENDS: Final = 3

PROGRAM: Final = "from actors.cli import main; main()"


@dataclass
class _Process:
    name: str
    popen: subprocess.Popen[bytes]
    stderr: IO[bytes]
    began: float

    def last_words(self) -> str:
        """The last line that it wrote."""
        self.stderr.seek(0)
        lines = self.stderr.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""


class WorkerProcesses:
    """So many worker processes.

    Args:
        count: how many.
        broker: its URL; handed over in the environment, where other users cannot read it.
        store: its URL; likewise.
        run: which they serve.
        processors: how many orders each serves at once.
    """

    def __init__(
        self,
        count: int,
        broker: str,
        store: str,
        run: str,
        *,
        processors: int,
    ) -> None:
        self._count = count
        self._prefix = ""
        self._environment = {
            **os.environ,
            "STOCKSIM_BROKER": broker,
            "STOCKSIM_STORE": store,
            "PYTHONPATH": _with_our_package(os.environ.get("PYTHONPATH")),
        }
        self._arguments = ["--run", run, "--processors", str(processors)]
        self._processes: list[_Process] = []
        self._starts = 0
        self._hasty = 0

    def start(self, prefix: str = "local") -> None:
        """Start them all; their names begin with the prefix."""
        self._prefix = prefix
        for _ in range(self._count):
            self._processes.append(self._start())

    def _start(self) -> _Process:
        self._starts += 1
        name = f"{self._prefix}-{self._starts}"
        stderr = tempfile.TemporaryFile()  # noqa: SIM115 — open as long as the process
        command = [sys.executable, "-c", PROGRAM, "worker", "--name", name, "--ends-with-stdin"]
        popen = subprocess.Popen(  # noqa: S603 — our own program
            [*command, "--quiet", *self._arguments],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,  # Ctrl-C is the run's: it tells its workers in good order
        )
        return _Process(name, popen, stderr, time.monotonic())

    def replace_dead(self) -> list[tuple[str, str]]:
        """Start another for each that has ended; returns who ended and why.

        Raises:
            WorkerFailed: they end as soon as they are started.
        """
        ended = []
        for place, process in enumerate(self._processes):
            code = process.popen.poll()
            if code is None:
                continue
            words = process.last_words()
            process.stderr.close()
            if process.popen.stdin is not None:
                process.popen.stdin.close()
            self._judge(process, code, words)
            ended.append((process.name, _how(code, words)))
            self._processes[place] = self._start()
        return ended

    def _judge(self, process: _Process, code: int, words: str) -> None:
        hasty = time.monotonic() - process.began < HASTY_S
        self._hasty = self._hasty + 1 if hasty else 0
        if code == ExitCode.USAGE or self._hasty >= HASTY_ENDS:
            raise WorkerFailed(f"a local worker cannot work: {words or _how(code, words)}")

    def stop(self) -> None:
        """End them in good order; who does not end in ten seconds is killed."""
        processes, self._processes = self._processes, []
        for process in processes:
            if process.popen.stdin is not None:
                process.popen.stdin.close()
        for process in processes:
            try:
                process.popen.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                process.popen.kill()
                process.popen.wait()
            process.stderr.close()

    @property
    def pids(self) -> list[int]:
        """Their process ids."""
        return [process.popen.pid for process in self._processes]


def _how(code: int, words: str) -> str:
    how = f"killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return f"{how}: {words}" if words else how


def _with_our_package(path: str | None) -> str:
    """A worker imports the same package as we do, wherever it is started."""
    ours = str(Path(__file__).parents[3])
    return ours if not path else os.pathsep.join((ours, path))
