"""Probe and Stage, for authors of actors."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from speaker import Speaker

from actors.errors import UnknownActor
from actors.runtime.actor import receives
from actors.runtime.base import Runtime
from actors.testing import Probe, Stage


class Ping(NamedTuple):
    """A message."""

    number: int


class Pong(NamedTuple):
    """Its answer."""

    number: int


class Echo(Speaker):
    """Answers a ping after a second."""

    def __init__(self) -> None:
        super().__init__()
        self.pings = 0

    @receives(Ping)
    def ping(self, ping: Ping) -> None:
        """Answer later."""
        self.pings += 1
        self.after(1.0, Pong(ping.number))

    @receives(Pong)
    def pong(self, pong: Pong) -> None:
        """Answer now."""
        self.tell("caller", pong)


def test_a_probe_remembers_what_it_is_told_and_when(stage: Stage) -> None:
    caller = stage.probe("caller")
    echo = stage.spawn("echo", Echo)
    stage.tell("echo", Ping(1))
    stage.tell("caller", "hello")
    stage.tell("echo", Ping(2))
    assert stage.play() == "quiescent"
    assert caller.heard == ["hello", Pong(1), Pong(2)]
    assert caller.heard_at == [0.0, 1.0, 1.0]
    assert echo.pings == 2


def test_a_probe_can_be_asked_for_one_class(stage: Stage) -> None:
    caller = stage.probe("caller")
    for message in (Pong(1), "noise", Ping(2), Pong(3)):
        stage.tell("caller", message)
    stage.play()
    assert caller.of(Pong) == [Pong(1), Pong(3)]
    assert caller.of(str) == ["noise"]
    assert caller.of(int) == []


def test_spawn_gives_back_the_actor_itself(stage: Stage) -> None:
    echo = stage.spawn("echo", Echo)
    assert isinstance(echo, Echo)
    assert stage.runtime.actor("echo") is echo
    assert isinstance(stage.probe("caller"), Probe)
    with pytest.raises(UnknownActor):
        stage.runtime.actor("nobody")


def test_a_stage_is_set_on_any_runtime(runtime: Runtime) -> None:
    stage = Stage(runtime)
    assert stage.runtime is runtime
    caller = stage.probe("caller")
    stage.tell("caller", "hello")
    stage.play()
    assert caller.heard == ["hello"]
    assert len(caller.heard_at) == 1


def test_closing_a_stage_stops_its_actors(stage: Stage) -> None:
    caller = stage.probe("caller")
    stage.close()
    assert not caller.actor_ref.is_alive()
    stage.tell("caller", "too late")
    assert caller.heard == []
    assert stage.runtime.dead_letters == 1
