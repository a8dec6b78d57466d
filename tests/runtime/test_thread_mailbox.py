"""A thread's mailbox ends without losing a message, whoever posts meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from doers import Doer, doer

from actors.runtime.thread_mailbox import ThreadMailbox
from actors.runtime.threads import ThreadsRuntime


@pytest.fixture
def runtime() -> Iterator[ThreadsRuntime]:
    runtime = ThreadsRuntime()
    yield runtime
    runtime.stop()


def test_posts_that_meet_the_stop_never_take_its_wake_up_call(runtime: ThreadsRuntime) -> None:
    # The receiver sleeps in its empty queue while others post and the runtime closes it.
    for number in range(40):
        name = f"receiver/{number}"
        doer(runtime, name)
        box = runtime.find(name)
        assert isinstance(box, ThreadMailbox)
        begin = threading.Barrier(3, timeout=60)

        def post(box: ThreadMailbox = box, begin: threading.Barrier = begin) -> None:
            begin.wait()
            for value in range(5):
                box.post(value)

        posters = [threading.Thread(target=post) for _ in range(2)]
        for poster in posters:
            poster.start()
        begin.wait()
        box.close()
        for poster in posters:
            poster.join()
        assert box.thread is not None
        box.thread.join(60)
        assert not box.thread.is_alive()
    counts = runtime.counts()
    assert counts.sent == counts.handled + counts.dead_lettered == 400


def test_who_posts_after_the_end_buries_it(runtime: ThreadsRuntime) -> None:
    quiet = ThreadMailbox("quiet", runtime, Doer, runtime.timers, runtime.tickets)
    quiet.end()
    quiet.post("late")
    assert runtime.dead_letters == 1
    assert quiet.queue.empty()


def test_the_mailbox_leaves_nothing_to_pykka_s_own_drain(runtime: ThreadsRuntime) -> None:
    doer(runtime, "a")
    box = runtime.find("a")
    assert box is not None
    assert box.empty()
    with pytest.raises(IndexError):
        box.get()


def test_queue_max_counts_what_waits(runtime: ThreadsRuntime) -> None:
    release = threading.Event()
    doer(runtime, "a")
    runtime.tell("a", lambda _: release.wait(60))
    for number in range(9):
        runtime.tell("a", number)
    release.set()
    runtime.run()
    box = runtime.find("a")
    assert box is not None
    assert 1 <= box.queue_max <= 10
