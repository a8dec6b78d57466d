"""Runs a server that does not outlive the tests, however they end.

    python guard.py FOLDER SIGNAL COMMAND…

Its standard input is a pipe from the tests. The pipe closes when they are over, fail, are killed
or run into their time limit; then the server gets SIGNAL, what is left of its process group is
killed, and its folder is removed. A server that ends by itself ends its guard, folder kept.

Prints the server's process id, which is also its group's.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
from contextlib import suppress

GRACE = 5.0  # seconds from SIGNAL to SIGKILL


def main(folder: str, signal_name: str, *command: str) -> None:
    """Start the server, wait until it ends or the tests do, and leave nothing behind."""
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=2, start_new_session=True)
    print(server.pid, flush=True)  # noqa: T201 — the answer to the tests
    ended = os.pidfd_open(server.pid)
    ready, _, _ = select.select([sys.stdin, ended], [], [])
    tests_are_over = ended not in ready
    if tests_are_over:
        server.send_signal(signal.Signals[signal_name])
        with suppress(subprocess.TimeoutExpired):
            server.wait(GRACE)
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()
    if tests_are_over:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
