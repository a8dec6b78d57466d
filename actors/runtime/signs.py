"""What reaches a mailbox besides messages: questions from outside, and signs of the runtime.

A question is a message with somebody who waits for its answer. A sign is no message: the runtime
tells a mailbox what becomes of its actor, on the thread and at the moment at which the actor can
be touched. Signs are not counted.
"""

from __future__ import annotations

from typing import Any, Final

import pykka

__all__ = ["LOOK", "PAUSE", "RESTART", "RESUME", "START", "STOP", "Question", "Sign"]


class Question:
    """A message from outside that wants an answer: an `ask`, a proxy's call, a `stop`.

    Args:
        message: what is asked.
        reply: takes the answer, or the error.
    """

    __slots__ = ("message", "reply")

    def __init__(self, message: object, reply: pykka.Future[Any]) -> None:
        self.message = message
        self.reply = reply


class Sign:
    """What a runtime tells a mailbox; see the module's text."""

    __slots__ = ("what",)

    def __init__(self, what: str) -> None:
        self.what = what

    def __repr__(self) -> str:
        return f"<{self.what}>"


START: Final = Sign("start")  # run `on_start`: the first that a mailbox is told
STOP: Final = Sign("stop")  # run `on_stop` and close: the last
RESTART: Final = Sign("restart")  # put a new actor in the old one's place
PAUSE: Final = Sign("pause")  # lay what comes aside
RESUME: Final = Sign("resume")  # handle it
LOOK: Final = Sign("look")  # obey the signs that were given meanwhile, oldest first
