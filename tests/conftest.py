"""What tests of actors share: runtimes, each stopped at the end of its test."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import pytest
from hypothesis import settings

from actors.runtime.base import Runtime
from actors.runtime.pool import PoolRuntime
from actors.runtime.threads import ThreadsRuntime
from actors.runtime.virtual import VirtualRuntime
from actors.testing import Stage

MakeRuntime = Callable[..., Runtime]

# How long an example takes is the machine's business: pytest-timeout ends what hangs.
settings.register_profile("stocksim", deadline=None)
settings.load_profile("stocksim")

# The hectic ones let threads change places after every few bytecodes, so that races show; and a
# hectic pool loses patience with almost any handler.
KINDS: Final[dict[str, Callable[..., Runtime]]] = {
    "virtual": VirtualRuntime,
    "threads": ThreadsRuntime,
    "pool": PoolRuntime,
    "hectic threads": ThreadsRuntime,
    "hectic pool": partial(PoolRuntime, patience=1e-4),
}


@contextmanager
def _runtimes(kind: str) -> Iterator[MakeRuntime]:
    made: list[Runtime] = []
    interval = sys.getswitchinterval()

    def make(**settings: object) -> Runtime:
        runtime = KINDS[kind](**settings)
        made.append(runtime)
        return runtime

    if kind.startswith("hectic"):
        sys.setswitchinterval(1e-6)
    try:
        yield make
    finally:
        sys.setswitchinterval(interval)
        for runtime in made:
            runtime.stop()


@pytest.fixture(params=KINDS)
def make_runtime(request: pytest.FixtureRequest) -> Iterator[MakeRuntime]:
    """Makes runtimes of one kind, with the settings a test wants."""
    with _runtimes(request.param) as make:
        yield make


@pytest.fixture
def runtime(make_runtime: MakeRuntime) -> Runtime:
    """A runtime; the test runs once on each kind."""
    return make_runtime()


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A stage in virtual time, for tests of single actors."""
    stage = Stage()
    yield stage
    stage.close()
