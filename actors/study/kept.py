"""Finished replications in a folder, so that a set cut short goes on where it stopped.

    set.json              what was played: scenario, logs, overrides, seed, version
    replication-17.json   the result of replication 17, as `--replication 17 --json` writes it

Each file is written whole or not at all. How many replications the set has is not part of what it
is: one of twenty can go on to forty.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final, Literal

import msgspec

from actors.common.version import VERSION
from actors.common.whole_files import write_whole
from actors.errors import ReplicationFailed, UsageError
from actors.measure.result import Result, to_json
from actors.scenario.loader import LoadedScenario

__all__ = ["Fingerprint", "Kept"]

MAX_BYTES: Final = 256 * 1024**2  # a result of 100,000 products has an eighth of it
_IDENTITY: Final = "set.json"


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """What decides the bytes of every replication of a set.

    `logs` has the SHA-256 of each log that is replayed, by file name.
    """

    replication_set: Literal[1] = 1
    version: str
    name: str
    sha256: str
    logs: tuple[tuple[str, str], ...]
    overrides: tuple[tuple[str, str], ...]
    seed: int

    @classmethod
    def of(cls, loaded: LoadedScenario, seed: int) -> Fingerprint:
        """The fingerprint of a scenario played with a seed."""
        replays = (group.replay for group in loaded.scenario.clients.values())
        files = sorted({replay.file for replay in replays if replay is not None})
        return cls(
            version=VERSION,
            name=loaded.scenario.name,
            sha256=loaded.sha256,
            logs=tuple((file.name, _digest(file)) for file in files),
            overrides=tuple(loaded.overrides.items()),
            seed=seed,
        )

    def difference(self, other: Fingerprint) -> str | None:
        """In words, the first thing in which they differ."""
        for field, words in _WORDS.items():
            mine, its = getattr(self, field), getattr(other, field)
            if mine != its:
                return words.format(_listed(mine), _listed(its))
        return None


_WORDS: Final = {
    "version": "by stocksim {1}, this is {0}",
    "name": "of a scenario named {1!r}, not {0!r}",
    "seed": "with seed {1}, not {0}",
    "overrides": "with --set {1}, not {0}",
    "sha256": "of another text of the scenario",
    "logs": "of another log",
}


class Kept:
    """A folder of finished replications of one set.

    Args:
        folder: the folder.
        fingerprint: of the set.
    """

    def __init__(self, folder: Path, fingerprint: Fingerprint) -> None:
        self._folder = folder
        self._fingerprint = fingerprint

    def check_new(self) -> None:
        """See to it that a set can begin in the folder, without making anything yet.

        Raises:
            UsageError: there is something in it, or no folder to make it in.
        """
        try:
            taken = self._folder.exists()
            full = taken and any(self._folder.iterdir())
            homeless = not self._folder.resolve().parent.is_dir()
        except (OSError, ValueError) as error:
            raise UsageError(f"--keep {self._folder}: {_why(error)}") from error
        if homeless:
            raise UsageError(f"--keep {self._folder}: there is no folder to make it in")
        if full:
            raise UsageError(
                f"--keep {self._folder}: there are files in it; to go on with a set that was "
                f"kept there, say --resume {self._folder}"
            )

    def begin(self) -> None:
        """Make the folder, or take an empty one.

        Raises:
            UsageError: it cannot be made or written to.
        """
        try:
            self._folder.mkdir(exist_ok=True)
            write_whole(self._folder.resolve() / _IDENTITY, to_json(self._fingerprint))
        except OSError as error:
            raise UsageError(f"--keep {self._folder}: {_why(error)}") from error

    def resume(self) -> None:
        """See to it that this very set is kept in the folder.

        Raises:
            UsageError: nothing is kept there, or another set.
        """
        try:
            kept = msgspec.json.decode(_read(self._folder / _IDENTITY), type=Fingerprint)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"--resume {self._folder}: no set of replications is kept there "
                f"({_IDENTITY}: {_why(error)}); begin one with --keep"
            ) from error
        difference = self._fingerprint.difference(kept)
        if difference is not None:
            raise UsageError(
                f"--resume {self._folder}: what is kept there was played {difference}; "
                "begin another set with --keep"
            )

    def find(self, number: int) -> bytes | None:
        """The result document of a replication, if it is kept.

        Raises:
            UsageError: the file cannot be read, or is no such result.
        """
        path = self._path(number)
        try:
            content = _read(path)
            found = msgspec.json.decode(content, type=Result)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise UsageError(f"{path}: {_why(error)}: {_CURE}") from error
        mine = self._fingerprint
        expected = (number, mine.seed, mine.sha256, mine.version)
        if (found.replication, found.seed, found.scenario.sha256, found.version) != expected:
            raise UsageError(f"{path}: the result of something else: {_CURE}")
        return content

    def save(self, number: int, content: bytes) -> None:
        """Keep the result document of a replication.

        Raises:
            ReplicationFailed: it cannot be written.
        """
        path = self._path(number)
        try:
            write_whole(path.resolve(), content)
        except OSError as error:
            raise ReplicationFailed(f"{path} could not be written: {_why(error)}") from error

    def _path(self, number: int) -> Path:
        return self._folder / f"replication-{number}.json"


_CURE: Final = "remove the file, and it is played again"


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"over {MAX_BYTES // 1024**2} MiB")
    return content


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _why(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _listed(value: object) -> object:
    """Overrides as they were written; anything else as it is."""
    if isinstance(value, tuple):
        return " ".join("=".join(pair) for pair in value) or "nothing"
    return value
