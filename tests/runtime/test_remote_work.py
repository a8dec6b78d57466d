"""A run on threads is not over while work is elsewhere."""

from __future__ import annotations

import threading
import time

from actors.runtime.actor import Actor, receives
from actors.runtime.remote_work import RemoteWork
from actors.runtime.threads import ThreadsRuntime


class Sender(Actor[str | int]):
    """Sends work away when told a word, and has it back when told a number."""

    def __init__(self, work: RemoteWork) -> None:
        super().__init__()
        self.work = work

    @receives(str)
    def send(self, _what: str) -> None:
        self.work.sent += 1

    @receives(int)
    def answered(self, _what: int) -> None:
        self.work.answered += 1


def test_the_run_lasts_until_the_answer_has_been_handled() -> None:
    runtime = ThreadsRuntime()
    work = runtime.remote_work()
    sender = runtime.spawn("sender", lambda: Sender(work))
    runtime.start()
    sender.tell("work")
    answer = threading.Timer(0.2, sender.tell, [1])
    answer.start()
    began = time.monotonic()
    assert runtime.run() == "quiescent"
    assert time.monotonic() - began >= 0.15
    assert work.open == 0
    counts = runtime.counts()
    assert (counts.sent, counts.handled, counts.dead_lettered) == (3, 3, 0)
    runtime.stop()


def test_what_is_never_answered_is_a_dead_letter_once_all_is_stopped() -> None:
    runtime = ThreadsRuntime()
    work = runtime.remote_work()
    sender = runtime.spawn("sender", lambda: Sender(work))
    runtime.start()
    sender.tell("work")
    threading.Timer(0.1, runtime.interrupt).start()
    assert runtime.run() == "interrupted"
    runtime.stop()
    counts = runtime.counts()
    assert (counts.sent, counts.handled, counts.dead_lettered) == (2, 1, 1)


class Slow(Actor[str]):
    """Takes its time, and then tells somebody."""

    told = False

    @receives(str)
    def work(self, _what: str) -> None:
        time.sleep(0.1)
        self.told = True


def test_the_run_lasts_until_the_last_handler_has_ended() -> None:
    runtime = ThreadsRuntime()
    slow = runtime.enlist("slow", Slow)
    runtime.start()
    slow.actor_ref.tell("work")
    assert runtime.run() == "quiescent"
    assert slow.told
    runtime.stop()
