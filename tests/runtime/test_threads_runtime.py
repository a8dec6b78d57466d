"""True concurrency: a thread for each actor, and none left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from doers import doer
from speaker import Speaker
from typing_extensions import override

from actors.errors import UsageError
from actors.runtime.thread_mailbox import ThreadMailbox
from actors.runtime.threads import ThreadsRuntime


@pytest.fixture
def runtime() -> Iterator[ThreadsRuntime]:
    runtime = ThreadsRuntime()
    yield runtime
    runtime.stop()


def test_each_actor_runs_on_one_thread_of_its_own(runtime: ThreadsRuntime) -> None:
    seen: dict[str, set[str]] = {"a": set(), "b": set()}

    def look(actor: Speaker) -> None:
        seen[actor.name].add(threading.current_thread().name)
        actor.after(0.0001, look_again)

    def look_again(actor: Speaker) -> None:
        seen[actor.name].add(threading.current_thread().name)

    for name in seen:
        doer(runtime, name)
        runtime.tell(name, look)
    runtime.run()
    assert seen == {"a": {"a"}, "b": {"b"}}


def test_a_message_that_passes_the_watcher_by_is_not_overlooked() -> None:
    # While the watcher adds up, one message is handled that it has seen sent, and sends one
    # that it has not: read in the wrong order, the sums would agree.
    first, second = threading.Event(), threading.Event()

    class Watched(ThreadsRuntime):
        @override
        def _settled(self) -> int:
            first.set()
            watched_box = watched.find("a")
            assert isinstance(watched_box, ThreadMailbox)
            while watched_box.settled <= 0:
                time.sleep(0)
            return super()._settled()

    def hand_on(actor: Speaker) -> None:
        first.wait(60)
        actor.tell("b", lambda _: second.wait(60))

    watched = Watched()
    doer(watched, "a")
    doer(watched, "b")
    watched.tell("a", hand_on)
    assert not watched.quiet()
    second.set()
    assert watched.run() == "quiescent"
    assert watched.counts().handled == 2
    watched.stop()


def test_too_many_actors_are_refused_with_the_way_out(
    runtime: ThreadsRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ThreadsRuntime.most_actors == 5_000
    monkeypatch.setattr(ThreadsRuntime, "most_actors", 3)
    for name in ("a", "b", "c"):
        doer(runtime, name)
    with pytest.raises(UsageError, match=r"over 3 actors .* use --runtime pool"):
        doer(runtime, "d")
    assert runtime.find("d") is None
    runtime.tell("c", "still here")
    assert runtime.run() == "quiescent"


def test_a_machine_without_threads_left_is_reported(
    runtime: ThreadsRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    other = doer(runtime, "other")
    with monkeypatch.context() as machine:
        machine.setattr(threading.Thread, "start", refuse)
        with pytest.raises(UsageError, match="no thread left for a: use --runtime pool"):
            doer(runtime, "a")
    assert runtime.find("a") is None
    runtime.tell("other", "still here")
    runtime.tell("a", "nobody")
    assert runtime.run() == "quiescent"
    assert other.heard == ["still here"]
    assert runtime.dead_letters == 1


class LateBell(threading.Event):
    """Has the runtime stopped just before it is cleared: the worst moment for whoever rings."""

    def __init__(self, runtime: ThreadsRuntime) -> None:
        super().__init__()
        self._runtime = runtime

    @override
    def clear(self) -> None:
        self._runtime.timers.ended = True
        self.set()
        super().clear()


def test_a_clock_that_is_told_to_end_between_two_looks_ends() -> None:
    runtime = ThreadsRuntime()
    doer(runtime, "a")
    assert runtime._clock is not None
    bell, runtime._bell = runtime._bell, LateBell(runtime)
    bell.set()
    runtime._clock.join(timeout=10)
    assert not runtime._clock.is_alive()
    runtime.stop()
