"""CPU time by party: the seconds that a process and all it started have used, from /proc (Linux).

A server is found by the port that it listens on, so it must run on this machine and not in a
container, and must be ours to look at. What cannot be seen is None, never a guess.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

__all__ = ["listener", "seconds_of", "server_of"]

PROC: Final = Path("/proc")
LISTENING: Final = "0A"
PORTS: Final[Mapping[str, int]] = {
    "amqp": 5672,
    "amqps": 5671,
    "postgresql": 5432,
    "postgres": 5432,
}
LOCAL: Final = ("localhost", "127.0.0.1", "::1")
# Listens in a container's place: its own CPU time would say nothing about the server's.
STAND_INS: Final = ("docker-proxy", "rootlessport", "slirp4netns")


class Process(NamedTuple):
    """A process: its parent, and the CPU seconds of itself and of its children that ended."""

    pid: int
    parent: int
    name: str
    seconds: float


def seconds_of(*parties: Collection[int]) -> list[float]:
    """CPU seconds that each party has used: its processes, all they started, those that ended.

    All parties in one look at the machine, because looking takes a while.
    """
    everybody = list(_processes())
    return [_seconds(everybody, set(party)) for party in parties]


def _seconds(everybody: Collection[Process], tree: set[int]) -> float:
    # Parents have smaller numbers nearly always, but numbers start again: until nothing is added.
    while added := {each.pid for each in everybody if each.parent in tree} - tree:
        tree |= added
    return sum(each.seconds for each in everybody if each.pid in tree)


def server_of(url: str) -> int | None:
    """The process that serves an AMQP or PostgreSQL URL; None: it cannot be seen from here."""
    parts = urlsplit(url)
    port = parts.port or PORTS.get(parts.scheme)
    if port is None or (parts.hostname or "localhost") not in LOCAL:
        return None
    return listener(port)


def listener(port: int) -> int | None:
    """The process that listens on a TCP port; of a family of them the eldest."""
    sockets = {f"socket:[{inode}]" for inode in _listening(port)}
    holders = {each.pid: each for each in _processes() if _holds(each.pid, sockets)}
    for each in holders.values():
        if each.parent not in holders:
            return None if each.name in STAND_INS else each.pid
    return None


def _processes() -> Iterator[Process]:
    tick = os.sysconf("SC_CLK_TCK")
    for folder in PROC.glob("[0-9]*"):
        with suppress(OSError):  # it has ended in the meantime
            # The name stands in parentheses and may hold any sign, even these.
            before, _, after = (folder / "stat").read_text(errors="replace").rpartition(")")
            fields = after.split()
            ticks = sum(map(int, fields[11:15]))
            name = before.partition("(")[2]
            yield Process(int(folder.name), int(fields[1]), name, ticks / tick)


def _listening(port: int) -> Iterator[str]:
    """The inodes of the sockets that listen on a port."""
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in (PROC / "net" / table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9]


def _holds(pid: int, sockets: set[str]) -> bool:
    with suppress(OSError):
        for entry in (PROC / str(pid) / "fd").iterdir():
            with suppress(OSError):
                if str(entry.readlink()) in sockets:
                    return True
    return False
