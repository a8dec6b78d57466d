"""A PostgreSQL cluster of the tests' own, from the Debian package."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from itertools import count
from pathlib import Path
from typing import Final

import psycopg
from private_server import PrivateServer, ServerMissing, free_ports

__all__ = ["PrivatePostgres"]

PROGRAMS: Final = Path("/usr/lib/postgresql")


class PrivatePostgres(PrivateServer):
    """PostgreSQL at `url`. It does not wait for the disk: it survives kills, no power failure."""

    name = "postgresql"
    stop_signal = signal.SIGINT  # ends the clients' connections and writes all down
    end_signal = signal.SIGQUIT  # at once, but leaves no shared memory behind

    def __init__(self) -> None:
        self._programs = _newest_programs()
        super().__init__()
        (self.port,) = free_ports(1)
        self._numbers = count(1)
        self._password = secrets.token_urlsafe()
        self._make_cluster()
        self.url = self._url_of("postgres")

    def _url_of(self, database: str) -> str:
        return f"postgresql://tests:{self._password}@127.0.0.1:{self.port}/{database}"

    def _make_cluster(self) -> None:
        password_file = self.folder / "password"
        password_file.write_text(self._password)
        if os.geteuid() == 0:  # which PostgreSQL refuses to run as
            for path in (self.folder, password_file):
                shutil.chown(path, "postgres", "postgres")
        command = [
            *(str(self._programs / "initdb"), "--pgdata", str(self.folder / "data")),
            *("--username", "tests", "--auth", "scram-sha-256", "--pwfile", str(password_file)),
            *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
        ]
        subprocess.run(
            [*_as_its_user(), *command], check=True, cwd=self.folder, stdout=subprocess.DEVNULL
        )

    def command(self) -> list[str]:
        """The server, with no socket but the loopback port."""
        return [
            *_as_its_user(),
            *(str(self._programs / "postgres"), "-D", str(self.folder / "data"), "-F"),
            *("-p", str(self.port), "-c", "listen_addresses=127.0.0.1"),
            *("-c", "unix_socket_directories="),
        ]

    def answers(self) -> bool:
        """Whether a connection opens."""
        try:
            psycopg.connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._url_of(name)


def _newest_programs() -> Path:
    found = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not found:
        raise ServerMissing("PostgreSQL is not installed: apt-get install postgresql")
    return found[-1].parent


def _as_its_user() -> list[str]:
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
