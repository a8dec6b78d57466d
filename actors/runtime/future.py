"""The answer to an `ask`, on every runtime.

Pykka makes the future from the actor's class, before it knows the mailbox; the mailbox that
receives the question tells the future which runtime can bring the answer about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pykka import ThreadingFuture

if TYPE_CHECKING:
    from pykka._types import OptExcInfo

    from actors.runtime.base import Runtime

__all__ = ["Reply"]


class Reply(ThreadingFuture[Any]):
    """A future whose `get` lets the runtime work until the answer is there."""

    runtime: Runtime | None = None
    on_answer: Callable[[], None] | None = None

    def set(self, value: Any | None = None) -> None:  # noqa: ANN401 — Pykka's own signature
        """Answer the question, once."""
        super().set(value)
        if self.on_answer is not None:
            self.on_answer()

    def set_exception(self, exc_info: OptExcInfo | None = None) -> None:
        """Answer with an exception: the one given, or the one being handled."""
        super().set_exception(exc_info)
        if self.on_answer is not None:
            self.on_answer()

    @property
    def answered(self) -> bool:
        """Whether a value or an exception has been set."""
        return self._result is not None

    def get(self, *, timeout: float | None = None) -> Any:  # noqa: ANN401 — Pykka's own signature
        """The value, or the exception that the handler raised.

        Raises:
            pykka.Timeout: no answer within `timeout` real seconds, or, in virtual time, none
                although nothing is left to run.
            BlockingInHandler: a handler waited; it would stop the only thread that could answer.
        """
        if self.runtime is not None and not self.answered:
            self.runtime.await_reply(self)
        return super().get(timeout=timeout)
