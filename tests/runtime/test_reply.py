"""The answer to an `ask` behaves as Pykka's own future does, for all who wait for it."""

from __future__ import annotations

import queue
import sys
import threading
import time
import traceback
from typing import Any

import pykka
import pytest

from actors.runtime.future import Reply


@pytest.fixture(params=[Reply, pykka.ThreadingFuture])
def future(request: pytest.FixtureRequest) -> pykka.Future[Any]:
    """Ours, and Pykka's, which shows what is expected."""
    made: pykka.Future[Any] = request.param()
    return made


def test_a_value_can_be_had_again_and_again(future: pykka.Future[Any]) -> None:
    future.set(None)
    assert future.get() is future.get(timeout=0) is None


def test_an_answer_comes_once(future: pykka.Future[Any]) -> None:
    future.set(1)
    with pytest.raises(queue.Full):
        future.set(2)
    with pytest.raises(queue.Full):
        future.set_exception((ValueError, ValueError(), None))
    with pytest.raises(queue.Full):
        future.set_get_hook(lambda _: 3)
    assert future.get() == 1


def test_a_hook_answers_once_and_nothing_else_can(future: pykka.Future[Any]) -> None:
    calls: list[float | None] = []

    def hook(timeout: float | None) -> int:
        calls.append(timeout)
        return 5

    future.set_get_hook(hook)
    with pytest.raises(queue.Full):
        future.set(1)
    with pytest.raises(queue.Full):
        future.set_exception((ValueError, ValueError(), None))
    assert future.get(timeout=2.0) == future.get() == 5
    assert calls == [2.0]


def test_threads_that_ask_at_once_call_a_hook_once(future: pykka.Future[Any]) -> None:
    calls: list[int] = []
    got: list[object] = []

    def hook(_timeout: float | None) -> int:
        time.sleep(0.01)  # the others come meanwhile
        calls.append(1)
        return 5

    future.set_get_hook(hook)
    threads = [threading.Thread(target=lambda: got.append(future.get())) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == [1]
    assert got == [5] * 5


@pytest.mark.parametrize("timeout", [0, 0.01, -1.0])
def test_without_an_answer_in_time_it_is_a_timeout(
    future: pykka.Future[Any], timeout: float
) -> None:
    with pytest.raises(pykka.Timeout, match=f"{timeout} seconds"):
        future.get(timeout=timeout)
    future.set(3)
    assert future.get(timeout=timeout) == 3


def test_everybody_who_waits_gets_the_answer(future: pykka.Future[Any]) -> None:
    got: list[object] = []
    threads = [threading.Thread(target=lambda: got.append(future.get())) for _ in range(8)]
    for thread in threads:
        thread.start()
    future.set("answer")
    for thread in threads:
        thread.join(60)
    assert got == ["answer"] * 8


def test_answers_that_meet_their_waiting_threads_wake_them_all() -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(300):
            future = Reply()
            got: list[object] = []
            threads = [
                threading.Thread(target=lambda f=future, g=got: g.append(f.get())) for _ in range(3)
            ]
            for thread in threads:
                thread.start()
            future.set(1)
            for thread in threads:
                thread.join(60)
            assert got == [1, 1, 1]
    finally:
        sys.setswitchinterval(interval)


def test_of_many_who_answer_at_once_one_is_the_first() -> None:
    for _ in range(100):
        future = Reply()
        refused: list[int] = []
        begin = threading.Barrier(4, timeout=60)

        def answer(
            number: int,
            future: Reply = future,
            refused: list[int] = refused,
            begin: threading.Barrier = begin,
        ) -> None:
            begin.wait()
            try:
                future.set(number)
            except queue.Full:
                refused.append(number)

        threads = [threading.Thread(target=answer, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted([*refused, future.get()]) == [0, 1, 2, 3]


def test_an_exception_is_raised_with_the_traceback_it_came_with(future: pykka.Future[Any]) -> None:
    def fail() -> None:
        raise LookupError("nothing there")

    try:
        fail()
    except LookupError:
        future.set_exception()
    for _ in range(3):
        with pytest.raises(LookupError, match="nothing there") as raised:
            future.get()
        names = [frame.name for frame in traceback.extract_tb(raised.tb)]
        assert names[-1] == "fail"


def test_an_exception_given_by_its_class_alone_is_made(future: pykka.Future[Any]) -> None:
    future.set_exception((KeyError, None, None))
    with pytest.raises(KeyError):
        future.get()


def test_futures_made_from_others_work(future: pykka.Future[Any]) -> None:
    other = type(future)()
    joined = future.join(other)
    mapped = future.map(lambda value: value + 1)
    future.set(1)
    other.set(2)
    assert joined.get() == [1, 2]
    assert mapped.get() == 2
    assert isinstance(mapped, type(future))
