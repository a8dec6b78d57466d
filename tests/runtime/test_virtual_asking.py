"""Questions in virtual time: they play as far as the answer, and no handler may wait for one."""

from __future__ import annotations

from collections.abc import Iterator

import pykka
import pytest
from scribes import Log, scribes
from speaker import Speaker

from actors.errors import BlockingInHandler
from actors.runtime.virtual import VirtualRuntime


@pytest.fixture
def log() -> Log:
    return []


@pytest.fixture
def virtual() -> Iterator[VirtualRuntime]:
    runtime = VirtualRuntime()
    yield runtime
    runtime.stop()


def test_asking_stops_at_the_answer(virtual: VirtualRuntime, log: Log) -> None:
    scribes(virtual, log, "a", "b")
    virtual.tell("b", lambda actor: actor.at(10.0, "later"))
    assert virtual.actor("a").actor_ref.ask("question") == "question"
    assert virtual.now == 0.0
    virtual.tell("b", "after")
    assert [entry[2] for entry in log] == ["question"]
    assert virtual.run() == "quiescent"
    assert [entry[2] for entry in log] == ["question", "after", "later"]


def test_a_handler_that_asks_is_told_to_send_instead(virtual: VirtualRuntime, log: Log) -> None:
    scribes(virtual, log, "a", "b")
    caught: list[BaseException] = []

    def ask(_actor: Speaker) -> None:
        try:
            virtual.actor("b").actor_ref.ask("question")
        except BlockingInHandler as error:
            caught.append(error)

    virtual.tell("a", ask)
    assert virtual.run() == "quiescent"
    assert "send a message and handle its answer instead" in str(caught[0])
    assert log == [(0.0, "b", "question")]  # the question itself arrives


def test_an_interruption_while_somebody_asks_is_kept_for_the_run(
    virtual: VirtualRuntime, log: Log
) -> None:
    scribes(virtual, log, "a", "b")
    virtual.interrupt()
    reference = virtual.actor("a").actor_ref
    future = reference.ask("question", block=False)
    with pytest.raises(pykka.Timeout, match="interrupted"):
        future.get()
    assert log == []
    assert virtual.run() == "interrupted"
    assert virtual.run() == "quiescent"
    assert future.get() == "question"
    assert virtual.run() == "quiescent"


def test_an_interruption_in_the_very_answer_is_kept_for_the_run(
    virtual: VirtualRuntime, log: Log
) -> None:
    scribes(virtual, log, "a")

    def interrupt_and_answer(_actor: Speaker) -> int:
        virtual.interrupt()
        return 5

    assert virtual.actor("a").actor_ref.ask(interrupt_and_answer) == 5
    assert virtual.run() == "interrupted"
    assert virtual.run() == "quiescent"


def test_a_question_that_nothing_left_can_answer_raises(virtual: VirtualRuntime, log: Log) -> None:
    scribes(virtual, log, "a")
    never = virtual.actor("a")._create_future()
    never.runtime = virtual  # type: ignore[attr-defined]  # as for a question that got lost
    with pytest.raises(pykka.Timeout, match="nothing is left to run"):
        never.get()


def test_ctrl_c_inside_a_handler_goes_through_and_the_run_can_go_on(
    virtual: VirtualRuntime, log: Log
) -> None:
    scribes(virtual, log, "a")

    def press(_actor: Speaker) -> None:
        raise KeyboardInterrupt

    virtual.tell("a", press)
    virtual.tell("a", "next")
    with pytest.raises(KeyboardInterrupt):
        virtual.run()
    assert virtual.crashes == 0
    assert virtual.run() == "quiescent"
    assert log == [(0.0, "a", "next")]
