"""A server of the tests' own: in a temporary folder, on free loopback ports, under a guard."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final, TypeVar

import pytest

__all__ = ["PrivateServer", "ServerMissing", "free_ports", "private", "until"]

GUARD: Final = Path(__file__).with_name("guard.py")
# Below what the kernel hands out to clients: a client that knocks again and again at the port of
# a stopped server could otherwise be given that port itself, and be connected to itself.
PORTS: Final = range(20_000, 32_000)

Server = TypeVar("Server", bound="PrivateServer")


class ServerMissing(Exception):
    """The server's package is not installed; the text says which."""


def until(condition: Callable[[], bool], *, within: float, what: str) -> None:
    """Wait for a condition, looking often. Raises TimeoutError that says what was awaited."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {within:g} s: {what}")
        time.sleep(0.02)


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on, all different."""
    with ExitStack() as stack:
        ports: list[int] = []
        while len(ports) < count:
            port = random.SystemRandom().choice(PORTS)
            taken = stack.enter_context(socket.socket())
            with suppress(OSError):
                taken.bind(("127.0.0.1", port))
                ports.append(port)
        return ports


class PrivateServer(ABC):
    """A server that tests may stop, kill and start again, and that ends with them.

    Raises:
        ServerMissing: the package is not installed.
    """

    name: str
    stop_signal: signal.Signals  # ends it cleanly
    end_signal: signal.Signals  # ends it at once, leaving nothing behind

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"stocksim-{self.name}-"))
        self.log = self.folder / "server.log"
        self._guard: subprocess.Popen[str] | None = None
        self._pid = 0

    @abstractmethod
    def command(self) -> list[str]:
        """What starts it, in the foreground."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether a client gets through to it."""

    def environment(self) -> Mapping[str, str]:
        """What its command needs in the environment beside what is there."""
        return {}

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._guard is not None and self._guard.poll() is None

    def start(self) -> None:
        """Start it and wait until a client gets through."""
        with self.log.open("a") as log:
            self._guard = subprocess.Popen(
                [
                    *(sys.executable, str(GUARD), str(self.folder), self.end_signal.name),
                    *self.command(),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, **self.environment()},
                text=True,
                start_new_session=True,  # Ctrl-C is for the tests; the guard follows them
            )
        assert self._guard.stdout is not None
        self._pid = int(self._guard.stdout.readline())
        try:
            until(self._up_or_dead, within=60, what=f"{self.name} answers")
        finally:
            if not self.running:
                self._say_why()

    def _up_or_dead(self) -> bool:
        return not self.running or self.answers()

    def _say_why(self) -> None:
        tail = "".join(self.log.read_text(errors="replace").splitlines(keepends=True)[-30:])
        raise RuntimeError(f"{self.name} ended at its start:\n{tail}")

    def stop(self) -> None:
        """End it cleanly, as its operator would."""
        os.kill(self._pid, self.stop_signal)
        self._gone()

    def kill(self) -> None:
        """End it as a power failure would, as far as processes go."""
        os.killpg(self._pid, signal.SIGKILL)
        self._gone()

    def _gone(self) -> None:
        assert self._guard is not None
        self._guard.wait(60)
        self._release_pipes()

    def close(self) -> None:
        """End it at once and remove its folder."""
        self._release_pipes()
        if self._guard is not None:
            self._guard.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _release_pipes(self) -> None:
        if self._guard is not None:
            for pipe in (self._guard.stdin, self._guard.stdout):
                assert pipe is not None
                pipe.close()


def private(kind: Callable[[], Server]) -> Server:
    """A running server, or the end of the test.

    Where its package is missing, tests are skipped on a laptop and fail in CI. It is started up
    to three times on ports of its own: between choosing and using one, somebody may take it.
    """
    for tries_left in (2, 1, 0):
        try:
            server = kind()
        except ServerMissing as error:
            if os.environ.get("CI"):
                pytest.fail(str(error), pytrace=False)
            pytest.skip(str(error))
        try:
            server.start()
        except (RuntimeError, TimeoutError):
            server.close()
            if not tries_left:
                raise
        else:
            return server
    raise AssertionError("the last try returns or raises")
